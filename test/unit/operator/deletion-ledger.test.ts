import { appendFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
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

test("the deletions of all processes of a run are counted, and a set that is planned again with its largest number", () => {
  const [first, second] = [ledgerOf("1-a"), ledgerOf("1-a")];
  expect(first("one", 5)).toBe(5);
  expect(second("two", 3)).toBe(8);
  expect(first("one", 2)).toBe(8);
  expect(second("three", 1)).toBe(9);
  expect(second("two", 4)).toBe(10);
  expect(ledgerOf("2-b")("one", 7)).toBe(7);
});

test("a run keeps the ledger of a concurrent run in the same folder, and removes ledgers of ended runs", () => {
  const running = readProcess(String(process.pid)).key;
  const ended = `${process.pid}-1`;
  const recent = "999999999-1";
  for (const run of [running, ended, recent]) ledgerOf(run)("one", 1);
  const yesterday = Date.now() / 1000 - 25 * 3600;
  for (const run of [running, ended])
    utimesSync(join(folder, `genauth-deletions-${run}`), yesterday, yesterday);
  writeFileSync(join(folder, "environment"), "default");
  utimesSync(join(folder, "environment"), yesterday, yesterday);

  ledgerOf("3-c")("one", 1);
  expect(readdirSync(folder).sort()).toEqual(
    ["environment", ...[running, recent, "3-c"].map((run) => `genauth-deletions-${run}`)].sort(),
  );
  expect(ledgerOf(running)("two", 1)).toBe(2);
});

test.each<[string, (file: string) => void]>([
  ["there is no folder", () => rmSync(folder, { recursive: true })],
  ["a line was cut off", (file) => writeFileSync(file, '["one",')],
  ["something else is in the file", (file) => writeFileSync(file, "1\n")],
  ...["-1", "1.5", '"0"', "null", "1e999", "[1]", "0,0", ""].map(
    (count): [string, (file: string) => void] => [
      `somebody counted ${JSON.stringify(count)}`,
      (file) => writeFileSync(file, `["one",${count}]\n`),
    ],
  ),
])("if %s, nobody may be deleted", (_what, spoil) => {
  spoil(join(folder, "genauth-deletions-1-a"));
  const enter = () => ledgerOf("1-a")("two", 1);
  expect(enter).toThrow(LedgerError);
  expect(enter).toThrow(/^Nobody was deleted: .*GENAUTH_MAX_DELETIONS.*[^.]\. Make that folder writable\./);
});

test("no entry in the file lowers the count, and removed entries are detected", () => {
  const [first, second] = [ledgerOf("1-a"), ledgerOf("1-a")];
  const file = join(folder, "genauth-deletions-1-a");
  expect(first("one", 5)).toBe(5);
  appendFileSync(file, '["one",0]\n');
  expect(second("two", 3)).toBe(8);
  writeFileSync(file, '["one",0]\n');
  expect(() => first("three", 1)).toThrow(/Entries that were counted before are gone/);
});
