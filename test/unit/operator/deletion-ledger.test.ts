import { appendFileSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { openDeletionLedger, readProcess } from "../../../src/operator";
import { LedgerError } from "../../../src/operator/deletion-ledger";

let folder: string;
beforeEach(() => void (folder = newFolder()));

/** The ledger of one process of a run. */
function ledgerOf(run: string) {
  return openDeletionLedger({ TF_DATA_DIR: folder }, () => run);
}

test("all processes of a run count together, each person once, and a plan again adds nobody", () => {
  const first = ledgerOf("1-a");
  const second = ledgerOf("1-a");
  expect(first(["ada", "bob"])).toBe(2);
  expect(second(["eve"])).toBe(3);
  // Bob leaves two sets.
  expect(second(["bob", "eve"])).toBe(3);
  expect(first(["ada"])).toBe(3);
  expect(first(["ada", "ada", "dan"])).toBe(4);
  expect(ledgerOf("2-b")(["ada"])).toBe(1);
});

test("what would exceed the limit is told, and enters nobody", () => {
  const enter = ledgerOf("1-a");
  enter(["ada"]);
  expect(enter(["ada", "bob"], 2)).toBe(2);
  expect(enter(["bob", "eve"], 2)).toBe(3);
  expect(enter([])).toBe(2);
});

test("the file names nobody", () => {
  const file = join(folder, "genauth-deletions-1-a");
  const enter = ledgerOf("1-a");
  enter(["ada@example.com"]);
  // "ada" alone may be in the random name of an entry.
  expect(readFileSync(file, "utf8")).not.toMatch(/ada@|example/);
});

test("a run keeps the ledger of a concurrent run in the same folder, and removes ledgers of ended runs", () => {
  const running = readProcess(String(process.pid)).key;
  const ended = `${process.pid}-1`;
  const recent = "999999999-1";
  for (const run of [running, ended, recent]) ledgerOf(run)(["ada"]);
  const yesterday = Date.now() / 1000 - 25 * 3600;
  for (const run of [running, ended])
    utimesSync(join(folder, `genauth-deletions-${run}`), yesterday, yesterday);
  writeFileSync(join(folder, "environment"), "default");
  utimesSync(join(folder, "environment"), yesterday, yesterday);

  ledgerOf("3-c")(["ada"]);
  expect(readdirSync(folder).sort()).toEqual(
    ["environment", ...[running, recent, "3-c"].map((run) => `genauth-deletions-${run}`)].sort(),
  );
  expect(ledgerOf(running)(["bob"])).toBe(2);
});

const DAMAGED = [
  { what: "a line was cut off", content: '["1",' },
  { what: "something else is in the file", content: "1\n" },
  { what: "somebody counted a number", content: '["1",0]\n' },
  { what: "somebody named a number", content: '["1",[1]]\n' },
  { what: "somebody named nobody", content: '["1",null]\n' },
];
test.each(DAMAGED)("if $what, nobody may be deleted", ({ content }) => {
  writeFileSync(join(folder, "genauth-deletions-1-a"), content);
  expectRefused();
});

test("if there is no folder, nobody may be deleted", () => {
  rmSync(folder, { recursive: true });
  expectRefused();
});

function expectRefused(): void {
  const enter = () => ledgerOf("1-a")(["ada"]);
  expect(enter).toThrow(LedgerError);
  expect(enter).toThrow(/^Nobody was deleted: .*GENAUTH_MAX_DELETIONS.*[^.]\. Make that folder writable\./);
}

test("no entry in the file lowers the count, and removed entries are detected", () => {
  const first = ledgerOf("1-a");
  const second = ledgerOf("1-a");
  const file = join(folder, "genauth-deletions-1-a");
  expect(first(["ada", "bob"])).toBe(2);
  appendFileSync(file, '["1",[]]\n');
  expect(second(["eve"])).toBe(3);
  writeFileSync(file, '["1",[]]\n');
  expect(() => first(["dan"])).toThrow(/Entries that were counted before are gone/);
});
