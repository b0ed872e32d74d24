import fs, { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { openReportFile } from "../../../src/null-resource/drift-report-file";
import { DECLARATION_FORMAT } from "../../../src/payload/declaration";
import { UserIdType } from "../../../src/users";

test("a report is complete even if the system writes it in parts", () => {
  const folder = newFolder();
  const { writeSync } = fs;
  const inPieces = (file: number, data: string | Uint8Array, offset = 0): number => {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    return writeSync(file, bytes, offset, Math.min(100, bytes.length - offset));
  };
  const write = jest.spyOn(fs, "writeSync").mockImplementation(inPieces as typeof writeSync);
  try {
    const declaration = { set: "staff", userIdType: UserIdType.EMAIL, format: DECLARATION_FORMAT } as const;
    const path = join(folder, "genauth-drift.staff.json");
    const gone = Array.from({ length: 50 }, (_, index) => `user${index}@example.com`);
    const file = openReportFile({ ...declaration, users: [], retainedIds: [], protectedUsers: {} }, path);
    file.write({ gone, survivors: [], missing: [], leavers: [], kept: [], unchecked: [] });
    file.close();
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ set: "staff", gone });
  } finally {
    write.mockRestore();
  }
});

test.each(["not JSON", '{"users": []}'])("a report never replaces a file that holds %s", (content) => {
  const folder = newFolder();
  const path = join(folder, "genauth-drift.staff.json");
  writeFileSync(path, content);
  const declaration = { set: "staff", userIdType: UserIdType.EMAIL, format: DECLARATION_FORMAT } as const;
  const whole = { ...declaration, users: [], retainedIds: [], protectedUsers: {} };
  expect(() => openReportFile(whole, path)).toThrow("What is there is no drift report");
  expect(readFileSync(path, "utf8")).toBe(content);
});
