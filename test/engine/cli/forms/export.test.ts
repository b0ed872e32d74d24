import { execFileSync } from "node:child_process";
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { newFolder } from "../../../support/at-end";
import type { Finished } from "../../../support/engine/child";
import { type Emulator, seedUsers, startEmulator } from "../../../support/emulator";
import { readUserFile } from "../../../../src/user-files";
import { runCommand } from "../../../support/command";

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

test("writes the users of all pages in a form that a stack can read, and only lists", async () => {
  emulator.pool.add(...seedUsers(120));
  const file = join(folder, "staff.csv");
  const { code, stdout, stderr } = await run("--user-id-type", "email", "--output", file);

  expect({ code, stdout, stderr }).toEqual({
    code: 0,
    stdout: "",
    stderr: `120 users written to ${file}.\n`,
  });
  expect(new Set(emulator.calls.map(({ path }) => path))).toEqual(new Set(["/api/v3/list-users"]));
  expect(declared(file)).toEqual(seedUsers(120).map(({ email, name }) => ({ id: email, label: name })));
});

const ada = {
  userId: "6319a1504f3ab6c0f214dd5b",
  email: "ada@example.com",
  username: "ada",
  phone: "13800000001",
  phoneCountryCode: "+86",
  externalId: "HR-7",
  identities: [
    { extIdpId: "62f20932716fbcc10d966ee5", provider: "oidc", userIdInIdp: "oidc_ada" },
    { extIdpId: "63bff5307d4fa1af5a9d2f5a", provider: "lark", userIdInIdp: "ou_ada" },
  ],
};

test.each([
  { type: "user_id", id: "6319a1504f3ab6c0f214dd5b" },
  { type: "email", id: "ada@example.com" },
  { type: "username", id: "ada" },
  { type: "phone", id: "+8613800000001" },
  { type: "external_id", id: "HR-7" },
])("by $type, the id of Ada is $id", async ({ type, id }) => {
  emulator.pool.add(ada);
  const { stdout, stderr } = await run("--user-id-type", type, "--label", "username");
  expect(stdout).toBe(`id,label\n${id},ada\n`);
  expect(stderr).toBe("1 user written.\n");
});

test.each([
  { type: "identity", which: "first", source: [], id: "62f20932716fbcc10d966ee5:oidc_ada" },
  { type: "sync_relation", which: "first", source: [], id: "oidc:oidc_ada" },
  {
    type: "identity",
    which: "chosen",
    source: ["--source", "63bff5307d4fa1af5a9d2f5a"],
    id: "63bff5307d4fa1af5a9d2f5a:ou_ada",
  },
  { type: "sync_relation", which: "chosen", source: ["--source", "lark"], id: "lark:ou_ada" },
])("by $type, the id is of the $which of two identities: $id", async ({ type, source, id }) => {
  emulator.pool.add(ada);
  const { stdout } = await run("--user-id-type", type, ...source, "--label", "none");
  expect(stdout).toBe(`id,label\n${id},\n`);
});

test("ids are written in alphabetical order, and each as it is, also one that looks like a formula", async () => {
  emulator.pool.add(
    { userId: "1", username: 'quo"ted, name' },
    { userId: "2", username: "=1+1" },
    { userId: "3", username: "-rf" },
  );
  const file = join(folder, "staff.csv");
  await run("--user-id-type", "username", "--output", file);
  expect(declared(file).map(({ id }) => id)).toEqual(["-rf", "=1+1", 'quo"ted, name']);
});

test.each([
  { what: "blanks and a line break", name: " two\r\nlines ", label: "two lines" },
  { what: "a mark that turns the direction of text", name: "\u202eturned", label: "turned" },
  { what: "nothing but marks of direction", name: "\u202e\u2069", label: "" },
  { what: "a formula of a spreadsheet", name: '=HYPERLINK("/","Ada")', label: `'=HYPERLINK("/","Ada")` },
  { what: "a number with its sign, which is no formula", name: "+8613800000001", label: "+8613800000001" },
])("of a name with $what, the label is $label", async ({ name, label }) => {
  emulator.pool.add({ ...ada, name });
  const file = join(folder, "staff.csv");
  await run("--user-id-type", "username", "--output", file);
  expect(declared(file)).toEqual([{ id: "ada", label }]);
});

test("a user without an id of this type is left out and named, and nothing acts on the terminal", async () => {
  emulator.pool.add(ada, { userId: "nobody\u001b[31m" });
  const { stdout, stderr } = await run("--user-id-type", "username", "--label", "none");
  expect(stdout).toBe("id,label\nada,\n");
  expect(stderr).toBe(
    "1 user written.\n1 left out; no set can manage them by this id type:\n  User nobody\\u{1b}[31m has no username.\n",
  );
});

test("a phone that the pool writes with hyphens is left out, because no set would accept it", async () => {
  emulator.pool.add({ userId: "1", phone: "138-0000-0001" }, { userId: "2", phone: "13800000002" });
  const { stdout, stderr } = await run("--user-id-type", "phone", "--label", "none");
  expect(stdout).toBe("id,label\n13800000002,\n");
  expect(stderr).toBe(
    '1 user written.\n1 left out; no set can manage them by this id type:\n  The id "138-0000-0001" is a phone number with blanks or punctuation: write 13800000001. Correct it, or remove the entry.\n',
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
])("$title: no file, and an error that says why without the secret", async ({ prepare, says }) => {
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

test("a file that holds only a header is replaced in one step, also through a link", async () => {
  emulator.pool.add(ada);
  const file = join(folder, "staff.csv");
  const link = join(folder, "link.csv");
  writeFileSync(file, "id,label\n");
  symlinkSync(file, link);
  const reader = openSync(file, "r");
  expect(await run("--user-id-type", "username", "--label", "none", "--output", link)).toMatchObject({
    code: 0,
  });

  expect(readFileSync(file, "utf8")).toBe("id,label\nada,\n");
  expect(readdirSync(folder).sort()).toEqual(["link.csv", "staff.csv"]);
  // A program that had opened the file before still reads the old one, and never half of each.
  expect(readFileSync(reader, "utf8")).toBe("id,label\n");
  closeSync(reader);
});

test("a pipe is written to", async () => {
  emulator.pool.add(ada);
  const pipe = join(folder, "pipe");
  execFileSync("mkfifo", [pipe]);
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
  expect(await run("--user-id-type", "username", "--label", "none", "--output", pipe)).toMatchObject({
    code: 0,
  });
  expect(readFileSync(reader, "utf8")).toBe("id,label\nada,\n");
  closeSync(reader);
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
  expect(stderr).toContain("Allowed choices are name, username, email, phone, externalId, userId, none.");
});
