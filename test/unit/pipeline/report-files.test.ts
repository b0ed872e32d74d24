import { expect, test } from "@jest/globals";
import { reportOnAll } from "../../../src/pipeline/report-files";
import { reportOf } from "../../support/reports/reports";

/** The report of a stack that deletes so many users. */
const stack = (name: string, deleted: number) =>
  reportOf(
    Array.from({ length: deleted }, (_, at) => ({ id: `${name}-${at}`, label: "Ada Aydin" })),
    { context: { stack: name } },
  );

test("a run is refused whose summary does not show everybody, because people approve what they read there", () => {
  const limit = { above: 100_000, aboveName: "max_deletions of the settings" };
  const few = [stack("people", 2000), stack("guests", 2000)];
  expect(reportOnAll(few, limit).refusals).toEqual([]);
  const many = [stack("people", 20_000), stack("guests", 20_000)];
  expect(reportOnAll(many, limit).refusals).toMatchObject([
    { why: "cut", summary: expect.stringContaining("The report is cut") },
  ]);
});
