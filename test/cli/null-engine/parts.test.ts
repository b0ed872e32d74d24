import fs, { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { enterDeletions } from "../../../src/cli/null-engine/deletion-ledger";
import { tellProgress } from "../../../src/cli/null-engine/progress";
import { openReportFile } from "../../../src/cli/null-engine/report-file";
import { DECLARATION_FORMAT } from "../../../src/handover";
import { UserIdType } from "../../../src/users";

describe("the deletions of one run", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "genauth-ledger-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test("are counted over all its sets, and not those of runs before", () => {
    expect(enterDeletions(folder, "1-a", "one", 5)).toBe(5);
    expect(enterDeletions(folder, "2-b", "one", 2)).toBe(2);
    expect(enterDeletions(folder, "2-b", "two", 3)).toBe(5);
    expect(enterDeletions(folder, "2-b", "three", 1)).toBe(6);
    expect(readdirSync(folder)).toEqual(["genauth-deletions-2-b"]);
  });

  test("leave other files alone, and fail where they cannot be kept", () => {
    writeFileSync(join(folder, "environment"), "default");
    enterDeletions(folder, "1-a", "one", 5);
    expect(readdirSync(folder).sort()).toEqual(["environment", "genauth-deletions-1-a"]);
    expect(() => enterDeletions(join(folder, "absent"), "1-a", "one", 5)).toThrow(
      /Nobody was deleted: .*GENAUTH_MAX_DELETIONS/,
    );
  });
});

test("a report is whole where the system takes it in pieces", () => {
  const folder = mkdtempSync(join(tmpdir(), "genauth-report-"));
  const { writeSync } = fs;
  const inPieces = (file: number, data: string | Uint8Array, offset = 0): number => {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    return writeSync(file, bytes, offset, Math.min(100, bytes.length - offset));
  };
  const write = jest.spyOn(fs, "writeSync").mockImplementation(inPieces as typeof writeSync);
  try {
    const declaration = { set: "staff", userIdType: UserIdType.EMAIL, format: DECLARATION_FORMAT };
    const path = join(folder, "drift.json");
    const gone = Array.from({ length: 50 }, (_, index) => `user${index}@example.com`);
    const file = openReportFile({ ...declaration, users: [], retainedUserIds: [], protectedUsers: {} }, path);
    file.write({ gone, survivors: [], missing: [], removals: [], unchecked: [] });
    file.close();
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ set: "staff", gone });
  } finally {
    write.mockRestore();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("progress is told at the beginning, at the end, and every two seconds between, with the time that is left", () => {
  const lines: string[] = [];
  let now = 0;
  const tell = tellProgress(
    (line) => void lines.push(line),
    () => now,
  );
  for (let gone = 50; gone <= 1000; gone += 50) {
    now += 500;
    tell({ gone: gone - 1, survivors: 1, total: 1000 });
  }
  expect(lines).toEqual([
    "1 of 20 chunks done: 49 of 1000 users gone, 1 not, about 10 s left",
    "5 of 20 chunks done: 249 of 1000 users gone, 1 not, about 8 s left",
    "9 of 20 chunks done: 449 of 1000 users gone, 1 not, about 6 s left",
    "13 of 20 chunks done: 649 of 1000 users gone, 1 not, about 4 s left",
    "17 of 20 chunks done: 849 of 1000 users gone, 1 not, about 2 s left",
    "20 of 20 chunks done: 999 of 1000 users gone, 1 not",
  ]);
});
