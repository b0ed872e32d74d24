import { appendFileSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { openDeletionLedger, readProcess } from "../../../src/operator";
import { LedgerError } from "../../../src/operator/deletion-ledger";

/** The keys of two runs: the id and the start of the engine's process. No process has these ids. */
const RUN = "999999998-1";
const OTHER_RUN = "999999999-1";

let folder: string;
beforeEach(() => void (folder = newFolder()));

/** Opens the ledger as one process of a run does. @returns enters people, and says how many the run has by then */
function ledgerOf(run: string) {
  return openDeletionLedger({ TF_DATA_DIR: folder }, () => run);
}

const fileOf = (run: string) => join(folder, `genauth-deletions-${run}`);

test("all processes of a run count together, each person once, and a plan again adds nobody", () => {
  const enter = ledgerOf(RUN);
  const enterElsewhere = ledgerOf(RUN);
  expect(enter(["ada", "bob"])).toBe(2);
  expect(enterElsewhere(["eve"])).toBe(3);
  // Bob leaves two sets.
  expect(enterElsewhere(["bob", "eve"])).toBe(3);
  expect(enter(["ada"])).toBe(3);
  expect(enter(["ada", "ada", "dan"])).toBe(4);
});

test("another run counts from nobody", () => {
  ledgerOf(RUN)(["ada", "bob"]);
  expect(ledgerOf(OTHER_RUN)(["ada"])).toBe(1);
});

test("what would exceed the limit is told, and enters nobody", () => {
  const enter = ledgerOf(RUN);
  enter(["ada"]);
  expect(enter(["ada", "bob"], 2)).toBe(2);
  expect(enter(["bob", "eve"], 2)).toBe(3);
  expect(enter([])).toBe(2);
});

test("the file names nobody", () => {
  ledgerOf(RUN)(["ada@example.com"]);
  // "ada" alone may be in the random name of an entry.
  expect(readFileSync(fileOf(RUN), "utf8")).not.toMatch(/ada@|example/);
});

test("a new run removes a ledger if its last entry is a day old and its engine has ended, and no other file", () => {
  const running = readProcess(String(process.pid)).key;
  // An earlier process had the id of this one.
  const ended = `${process.pid}-1`;
  // Its engine may run in another container, where nobody sees it from here.
  const recent = OTHER_RUN;
  for (const run of [running, ended, recent]) ledgerOf(run)(["ada"]);
  const ofTerraform = join(folder, "environment");
  writeFileSync(ofTerraform, "default");
  const yesterday = Date.now() / 1000 - 25 * 3600;
  for (const file of [fileOf(running), fileOf(ended), ofTerraform]) utimesSync(file, yesterday, yesterday);

  ledgerOf(RUN)(["ada"]);
  const kept = readdirSync(folder).map((name) => join(folder, name));
  expect(kept.sort()).toEqual([ofTerraform, fileOf(running), fileOf(recent), fileOf(RUN)].sort());
  expect(ledgerOf(running)(["bob"])).toBe(2);
});

test.each([
  // The next entry goes on in that line.
  { damage: "ends with half a line", content: '["1",' },
  { damage: "holds something that is no entry", content: "1\n" },
  { damage: "has an entry with a number in place of people", content: '["1",0]\n' },
  { damage: "has an entry with a number among its people", content: '["1",[1]]\n' },
  { damage: "has an entry with null in place of people", content: '["1",null]\n' },
])("nobody may be deleted if the file $damage", ({ content }) => {
  writeFileSync(fileOf(RUN), content);
  expectRefused("is not a count of deletions.");
  expect(ledgerOf(OTHER_RUN)(["ada"])).toBe(1);
});

test("nobody may be deleted if there is no folder for the file", () => {
  rmSync(folder, { recursive: true });
  expectRefused();
});

function expectRefused(because = ""): void {
  const enter = () => ledgerOf(RUN)(["ada"]);
  expect(enter).toThrow(LedgerError);
  expect(enter).toThrow(
    "Nobody was deleted: the pipeline's GENAUTH_MAX_DELETIONS requires a count of this run's deletions, which cannot be kept in",
  );
  expect(enter).toThrow(
    `${because} If that folder is missing or not writable, mend that. If an entry is damaged, plan or apply again: a new run has a new file.`,
  );
}

test("no entry in the file lowers the count, and removed entries are detected", () => {
  const enter = ledgerOf(RUN);
  const enterElsewhere = ledgerOf(RUN);
  expect(enter(["ada", "bob"])).toBe(2);
  appendFileSync(fileOf(RUN), '["1",[]]\n');
  expect(enterElsewhere(["eve"])).toBe(3);
  writeFileSync(fileOf(RUN), '["1",[]]\n');
  expect(() => enter(["dan"])).toThrow("Entries that were counted before are gone.");
});
