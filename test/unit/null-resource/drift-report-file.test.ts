import fs, { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, jest, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { openReportFile } from "../../../src/null-resource/drift-report-file";
import { DECLARATION_FORMAT } from "../../../src/payload/declaration";
import { UserIdType } from "../../../src/users";

const declaration = {
  set: "staff",
  userIdType: UserIdType.EMAIL,
  format: DECLARATION_FORMAT,
  users: [],
  retainedIds: [],
  protectedUsers: {},
} as const;
const nobody = { gone: [], survivors: [], missing: [], leavers: [], kept: [], unchecked: [] };

test("a report is complete even if the system writes it in parts", () => {
  const folder = newFolder();
  const { writeSync } = fs;
  const inPieces = (file: number, data: string | Uint8Array, offset = 0): number => {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    return writeSync(file, bytes, offset, Math.min(100, bytes.length - offset));
  };
  const write = jest.spyOn(fs, "writeSync").mockImplementation(inPieces as typeof writeSync);
  try {
    const path = join(folder, "genauth-drift.staff.json");
    const gone = Array.from({ length: 50 }, (_, index) => `user${index}@example.com`);
    const file = openReportFile(declaration, path);
    file.write({ ...nobody, gone });
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
  expect(() => openReportFile(declaration, path)).toThrow(
    "what is there is no drift report, so it is not replaced. Move it.",
  );
  expect(readFileSync(path, "utf8")).toBe(content);
});

test("a run whose process has the number of a killed one writes its report", () => {
  const folder = newFolder();
  const path = join(folder, "genauth-drift.staff.json");
  // The killed one closes nothing.
  openReportFile(declaration, path);
  const [left] = readdirSync(folder);
  const next = openReportFile(declaration, path);
  next.write({ ...nobody, gone: ["ada@example.com"] });
  next.close();
  expect(readdirSync(folder).sort()).toEqual(["genauth-drift.staff.json", left]);
  expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ gone: ["ada@example.com"] });
});

test("a report without a folder is refused, and the advice is about its folder", () => {
  const path = join(newFolder(), "absent", "genauth-drift.staff.json");
  expect(() => openReportFile(declaration, path)).toThrow(
    expect.objectContaining({
      message:
        `Nobody was deleted: the drift report cannot be written to ${path}: its folder does not exist, or does not accept files (ENOENT). ` +
        "Check the path. Or declare the set without a drift report.",
    }),
  );
});
