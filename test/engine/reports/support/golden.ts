import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "@jest/globals";
import {
  parseMessages,
  stackDocument,
  type StackReport,
  StackReportSchema,
  renderMarkdown,
  reportOnPlan,
} from "../../../../src/reports";
import { parsePlan } from "../../../../src/terraform-json";
import type { Scenario } from "../../../support/scenario";

const GOLDEN = join(__dirname, "../golden");

/** Plans the configuration of the workspace, and reports on the plan and the engine's messages. */
export async function planAndReport(
  { workspace }: Pick<Scenario, "workspace">,
  args: readonly string[] = [],
): Promise<{ readonly failed: boolean; readonly report: StackReport }> {
  const run = await workspace.run("plan", "-json", "-out=plan", ...args);
  const { stdout } = await workspace.run("show", "-json", "plan");
  const report = reportOnPlan(parsePlan(stdout), parseMessages(run.stdout));
  expect(StackReportSchema.parse(report)).toEqual(report);
  return { failed: run.code !== 0, report };
}

/** The ids of deleted users, sorted. */
export function deletedBy({ leavers }: StackReport): string[] {
  return leavers.flatMap(({ fate, id }) => (fate === "deleted" ? [id] : [])).sort();
}

/**
 * Compares a report with its golden file. UPDATE_GOLDEN=1 writes the file. Look at it before committing.
 */
export function compareWithGolden(name: string, report: StackReport): void {
  const file = join(GOLDEN, `${name}.md`);
  const markdown = renderMarkdown(stackDocument({ ...report, context: {} }));
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, markdown);
  expect(markdown).toBe(readFileSync(file, "utf8"));
}
