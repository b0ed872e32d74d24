import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { newFolder } from "../../../support/at-end";
import type { Finished } from "../../../support/engine/child";
import { type Emulator, type PoolUser, seedUsers, startEmulator } from "../../../support/emulator";
import { readUserFile } from "../../../../src/user-files";
import { runCommand } from "../../../support/command";
import { IDS_OF_USER_1 } from "../../../support/emulator/seed-ids";

let folder: string;
let emulator: Emulator;
beforeEach(async () => {
  folder = newFolder();
  emulator = await startEmulator();
});

function run(...args: readonly string[]): Promise<Finished> {
  return runCommand(["export", ...args], emulator.environment());
}

/** The users of the written file, as a stack reads them. */
function declared(file: string) {
  return readUserFile(file, {}).map(({ id, label }) => ({ id, label }));
}

test("writes all users, 50 per call, in a form that a stack can read", async () => {
  emulator.pool.add(...seedUsers(120));
  const file = join(folder, "staff.csv");
  const { code, stdout, stderr } = await run("--user-id-type", "email", "--output", file);

  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: "",
    stderr: `120 users written to ${file}.\n`,
  });
  expect(emulator.calls.map(({ path }) => path)).toEqual(Array(3).fill("/api/v3/list-users"));
  expect(declared(file)).toEqual(seedUsers(120).map(({ email, name }) => ({ id: email, label: name })));
});

test.each(Object.entries({ ...IDS_OF_USER_1, sync_relation: "oidc:oidc_user001" }))(
  "by %s the id is %s",
  async (type, id) => {
    emulator.pool.add(...seedUsers(1));
    const { stdout, stderr } = await run("--user-id-type", type, "--label", "username");
    expect(stdout).toBe(`id,label\n${id},user001\n`);
    expect(stderr).toBe("1 user written.\n");
  },
);

test("--source selects one of several identities", async () => {
  emulator.pool.add(...seedUsers(1));
  const { stdout } = await run("--user-id-type", "sync_relation", "--source", "lark", "--label", "none");
  expect(stdout).toBe("id,label\nlark:ou_user001,\n");
});

test("unusual ids and labels are read back unchanged; users without such an id are omitted and named", async () => {
  const odd: PoolUser[] = [
    { userId: "1", username: 'quo"ted, name', name: " two\r\nlines " },
    { userId: "2", username: "=1+1", name: "\u202eturned" },
    { userId: "3", name: "Nobody\u001b[31m" },
    { userId: "4", username: "formula", name: '=HYPERLINK("https://evil.example","Ada")' },
    { userId: "6", username: "mark", name: "\u202e\u2069" },
    { userId: "5", username: "-rf", name: "+8613800000001" },
  ];
  emulator.pool.add(...odd);
  const file = join(folder, "staff.csv");
  const { code, stderr } = await run("--user-id-type", "username", "--output", file);

  expect(code).toBe(0);
  expect(declared(file)).toEqual([
    { id: "-rf", label: "+8613800000001" },
    // Without the mark that turned the direction of the text.
    { id: "=1+1", label: "turned" },
    { id: "formula", label: `'=HYPERLINK("https://evil.example","Ada")` },
    { id: "mark", label: "" },
    { id: 'quo"ted, name', label: "two lines" },
  ]);
  expect(stderr).toBe(
    `5 users written to ${file}.\n1 left out; no set can manage them by this id type:\n  User 3 has no username.\n`,
  );
});

test("a phone that the pool writes with hyphens is left out, because no set would accept it", async () => {
  emulator.pool.add({ userId: "1", phone: "138-0000-0001" }, { userId: "2", phone: "13800000002" });
  const { stdout, stderr } = await run("--user-id-type", "phone", "--label", "none");
  expect(stdout).toBe("id,label\n13800000002,\n");
  expect(stderr).toContain(
    '1 left out; no set can manage them by this id type:\n  The id "138-0000-0001" holds blanks',
  );
});

test.each([
  {
    title: "a page that GenAuth refuses",
    prepare: () =>
      void emulator.faults.add({ on: "list-users", nth: 2, then: { kind: "answer", statusCode: 403 } }),
    says: /^error: .*list page 2 of the users/,
  },
  {
    title: "two users with one id",
    prepare: () => {
      emulator.pool.add({ userId: "x", email: "One@example.com" }, { userId: "y", email: "one@example.com" });
    },
    says: /^error: Two users have the email One@example\.com and one@example\.com/,
  },
])("$title: no file, and an error with a message", async ({ prepare, says }) => {
  emulator.pool.add(...seedUsers(60));
  prepare();
  const file = join(folder, "staff.csv");
  const { code, stdout, stderr } = await run("--user-id-type", "email", "--output", file);
  expect({ code, stdout, files: readdirSync(folder) }).toEqual({ code: 1, stdout: "", files: [] });
  expect(stderr).toMatch(says);
  expect(stderr).not.toContain(emulator.accessKeySecret);
});

test.each([
  {
    title: "a folder that is not there",
    output: "none/staff.csv",
    says: /there is no folder .*none\. Create it/,
  },
  { title: "a folder", output: "folder", says: /it is a folder\. Name a file in it/ },
])("$title is reported before the pool is read", async ({ output, says }) => {
  mkdirSync(join(folder, "folder"));
  const { code, stderr } = await run("--user-id-type", "email", "--output", join(folder, output));
  expect({ code, calls: emulator.calls }).toEqual({ code: 1, calls: [] });
  expect(stderr).toMatch(/^error: .* cannot be written: /);
  expect(stderr).toMatch(says);
});

test("a file is replaced as a whole, even through a link, and a pipe is written to", async () => {
  emulator.pool.add(...seedUsers(1));
  const file = join(folder, "staff.csv");
  const link = join(folder, "link.csv");
  writeFileSync(file, "id,label\n");
  symlinkSync(file, link);
  const args = ["--user-id-type", "username", "--label", "none", "--output"];
  expect(await run(...args, link)).toMatchObject({ code: 0 });
  expect(readFileSync(file, "utf8")).toBe("id,label\nuser001,\n");
  expect(readdirSync(folder).sort()).toEqual(["link.csv", "staff.csv"]);
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const [text, { code }] = await Promise.all([readFile(pipe, "utf8"), run(...args, pipe)]);
  expect({ code, text }).toEqual({ code: 0, text: "id,label\nuser001,\n" });
});

test("a file that holds users is replaced only by force", async () => {
  emulator.pool.add(...seedUsers(1));
  const file = join(folder, "staff.csv");
  writeFileSync(file, "id,label\nada@example.com,Ada\n");
  const args = ["--user-id-type", "email", "--label", "none", "--output", file];
  const { code, stderr } = await run(...args);
  expect({ code, calls: emulator.calls }).toEqual({ code: 1, calls: [] });
  expect(stderr).toMatch(/^error: .*staff\.csv holds users already\. .*give --force to replace it\.\n$/);
  expect(declared(file)).toEqual([{ id: "ada@example.com", label: "Ada" }]);
  expect(await run(...args, "--force")).toMatchObject({ code: 0 });
  expect(declared(file)).toEqual([{ id: "user001@example.com", label: "" }]);
});

test("an unknown --label is refused, with the labels to choose from", async () => {
  const { code, stderr } = await run("--user-id-type", "email", "--label", "nickname");
  expect(code).toBe(1);
  expect(stderr).toContain("Allowed choices are");
});
