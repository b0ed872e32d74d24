import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { buildSync } from "esbuild";
import { newFolder } from "../../../support/at-end";

/** The default heap limit of Node.js on a machine with 2 GiB, in MiB. */
const HEAP = 512;
const USERS = 249_900;

let folder: string;
beforeAll(() => {
  folder = newFolder();
  const entry = join(__dirname, "../../../../src/user-files/index.ts");
  buildSync({
    entryPoints: [entry],
    bundle: true,
    platform: "node",
    format: "cjs",
    outfile: join(folder, "read.cjs"),
  });
});

const email = (user: number): string => `firstname.lastname${user}@example.com`;
const lines = (count: number, write: (user: number) => string): string =>
  Array.from({ length: count }, (_, user) => write(user)).join("\n");

test.each<[string, string, () => string, number | string]>([
  ["text", ".txt", () => lines(USERS, (user) => `${email(user)} ${"x".repeat(90)}`), USERS],
  ["CSV", ".csv", () => `id,label\n${lines(USERS, (user) => `${email(user)},${"x".repeat(90)}`)}`, USERS],
  [
    "JSON with labels",
    ".json",
    () => `[${lines(140_000, (user) => `{"id":"${email(user)}","label":"${"x".repeat(90)}"},`)}"last"]`,
    140_001,
  ],
  ["a YAML map", ".yaml", () => lines(USERS, (user) => `${email(user)}: ${"x".repeat(85)}`), USERS],
  ["a JSON list without lines", ".json", () => `[${"1,".repeat(USERS)}1]`, USERS + 1],
  ["the costliest marks", ".yaml", () => `[${":,".repeat(499_990)}]`, "this object has no"],
])(
  `just under the limit, %s is read in a heap of ${HEAP} MiB, or refused with a message`,
  (_what, ending, make, expected) => {
    const file = join(folder, `users${ending}`);
    writeFileSync(file, make());
    const read = `
    const { readUserFile } = require("./read.cjs");
    try { console.log(readUserFile(process.argv[1], {}).length); } catch (error) { console.log(error.message); }`;
    const output = execFileSync(process.execPath, [`--max-old-space-size=${HEAP}`, "-e", read, file], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(output).toContain(String(expected));
  },
);
