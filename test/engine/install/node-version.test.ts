import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { spawnSync } from "node:child_process";
import { runInNewContext } from "node:vm";
import { beforeEach, describe, expect, jest, test } from "@jest/globals";
import { parse } from "acorn";
import { newFolder } from "../../support/at-end";
import { seedUsers } from "../../support/emulator";
import { applySet } from "../../support/acceptance/removal-case";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";

const EXECUTABLE = resolve(__dirname, "../../../dist/terraform-provider-genauth");

let folder: string;
beforeEach(() => void (folder = newFolder()));

/** A PATH with this `node`, which reports another version; without a version, there is no `node`. */
function pathWithNode(version?: string): string {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  if (version !== undefined) {
    const pretend = `for (const [object, name, value] of [[process.versions, "node", "${version}"], [process, "version", "v${version}"]])
      Object.defineProperty(object, name, { value });`;
    const preload = join(folder, "pretend.cjs");
    writeFileSync(preload, pretend);
    writeFileSync(join(bin, "node"), `#!/bin/sh\nexec "${process.execPath}" -r "${preload}" "$@"\n`);
    chmodSync(join(bin, "node"), 0o755);
  }
  return bin;
}

const sentence = (found: string): string =>
  `The genauth provider needs Node.js 20.9 or later as node on the PATH of the user who runs Terraform or OpenTofu; found: ${found}.`;

/** The sentence of a shell, and that of a Node.js. Which ones are too old is below. */
const UNFIT = [
  { what: "without Node.js", version: undefined, found: "none" },
  { what: "with Node.js 0.12", version: "0.12.18", found: "v0.12.18" },
];

describe.each(engines())("on $name", (engine) => {
  const open = useScenarios(engine);

  test.each(UNFIT)(
    "a plan $what prints once, in one sentence, what the provider needs",
    async ({ version, found }) => {
      const { workspace } = await open({ provider: "process", environment: { PATH: pathWithNode(version) } });
      workspace.write({ users: ["ada"] });
      const { code, text } = await workspace.plan();
      expect(code).toBe(1);
      expect(unwrapped(text).split(sentence(found))).toHaveLength(2);
    },
  );
});

describe.each(engines())("with null_resource on $name", (engine) => {
  const open = useScenarios(engine, "null_resource");

  test("an apply without Node.js prints what the command needs, deletes nobody and keeps the set", async () => {
    const bin = pathWithNode("22.0.0");
    const pool = seedUsers(2);
    const { emulator, workspace } = await open({
      provider: "process",
      emulator: { users: pool },
      environment: { PATH: [bin, process.env.PATH].join(delimiter) },
    });
    const emails = pool.map(({ email }) => email ?? "");
    await applySet(workspace, { users: emails, user_id_type: "email" });
    workspace.write({ users: emails.slice(1), user_id_type: "email" });
    // Only for the command, because the null provider of the tests runs on Node.js too.
    const others = `[ -z "$TF_PLUGIN_MAGIC_COOKIE" ] || exec "${process.execPath}" "$@"`;
    writeFileSync(join(bin, "node"), `#!/bin/sh\n${others}\nexit 127\n`);

    const { code, text } = await workspace.apply();
    expect(code).toBe(1);
    expect(unwrapped(text)).toMatch(
      /Nobody was deleted: this needs Node\.js 20\.9 or later as node on the PATH .* found: none\./,
    );
    expect(emulator.calls).toEqual([]);
    expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual(emails);
  });
});

test.each(UNFIT)(
  "the provider $what, started by a person, prints it on standard error",
  ({ version, found }) => {
    const run = spawnSync(EXECUTABLE, { env: { PATH: pathWithNode(version) }, encoding: "utf8" });
    expect(run).toMatchObject({ status: 1, stdout: "", stderr: `${sentence(found)}\n` });
  },
);

/** What the executable loads, prints and ends with, for a person with this Node.js. */
function runOn(version: string) {
  const [load, say, exit] = [jest.fn(), jest.fn(), jest.fn()];
  runInNewContext(readFileSync(EXECUTABLE, "utf8"), {
    process: { versions: { node: version }, version: `v${version}`, env: {}, exit },
    console: { error: say },
    require: load,
  });
  return { loaded: load.mock.calls, said: say.mock.calls, ended: exit.mock.calls };
}

test.each(["0.12.18", "18.20.8", "20.8.1"])("Node.js %s is too old", (version) => {
  expect(runOn(version)).toEqual({ loaded: [], said: [[sentence(`v${version}`)]], ended: [[1]] });
});

test.each(["20.9.0", "20.20.2", "22.0.0", "100.1.0"])("Node.js %s is new enough", (version) => {
  expect(runOn(version)).toEqual({ loaded: [["./genauth-provider.js"]], said: [], ended: [] });
});

test("a Node.js of any version can run the check", () => {
  const program = readFileSync(EXECUTABLE, "utf8");
  expect(() => parse(program, { ecmaVersion: 5, allowHashBang: true })).not.toThrow();
});

test("the provider runs from any folder, and gets its arguments", () => {
  const env = { PATH: [pathWithNode("22.0.0"), resolve(EXECUTABLE, "..")].join(delimiter) };
  const run = spawnSync("terraform-provider-genauth", ["a b"], { cwd: folder, env, encoding: "utf8" });
  expect(run).toMatchObject({ status: 1, stderr: expect.stringContaining("They start it themselves") });
});

/** An engine's output without frames and line breaks. */
function unwrapped(text: string): string {
  return text.replace(/\s*\n[│\s]*/g, " ");
}
