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

interface LargeFile {
  readonly what: string;
  readonly ending: string;
  readonly make: () => string;
  /** The number of users, or what the refusal says. */
  readonly gives: number | string;
}

test.each<LargeFile>([
  {
    what: "text",
    ending: ".txt",
    make: () => lines(USERS, (user) => `${email(user)} ${"x".repeat(90)}`),
    gives: USERS,
  },
  {
    what: "CSV",
    ending: ".csv",
    make: () => `id,label\n${lines(USERS, (user) => `${email(user)},${"x".repeat(90)}`)}`,
    gives: USERS,
  },
  {
    what: "JSON with labels",
    ending: ".json",
    make: () => `[${lines(140_000, (user) => `{"id":"${email(user)}","label":"${"x".repeat(90)}"},`)}"last"]`,
    gives: 140_001,
  },
  {
    what: "a YAML map",
    ending: ".yaml",
    make: () => lines(USERS, (user) => `${email(user)}: ${"x".repeat(85)}`),
    gives: USERS,
  },
  {
    what: "a JSON list without lines",
    ending: ".json",
    make: () => `[${"1,".repeat(USERS)}1]`,
    gives: USERS + 1,
  },
  {
    what: "the costliest marks",
    ending: ".yaml",
    make: () => `[${":,".repeat(499_990)}]`,
    gives: "this object has no",
  },
])(
  `just under the limit, $what is read in a heap of ${HEAP} MiB, or refused with a message`,
  ({ ending, make, gives }) => {
    const file = join(folder, `users${ending}`);
    writeFileSync(file, make());
    const read = `
    const { readUserFile } = require("./read.cjs");
    try { console.log(readUserFile(process.argv[1], {}).length); } catch (error) { console.log(error.message); }`;
    const output = execFileSync(process.execPath, [`--max-old-space-size=${HEAP}`, "-e", read, file], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(output).toContain(String(gives));
  },
);
