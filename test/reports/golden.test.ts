import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import {
  parseMessages,
  parsePlan,
  planDocument,
  PlanReportSchema,
  renderMarkdown,
  reportOnPlan,
} from "../../src/reports";
import { engines } from "../support/engine";
import { type Scenario, useScenarios } from "../support/scenario";
import { CASES, type PlanCase } from "./support/cases";
import { MODULE, POOL, stageWith } from "./support/stage";

const GOLDEN = join(__dirname, "golden");

describe.each(engines())("reports of plans by $name", (engine) => {
  const open = useScenarios(engine);

  test("are what reviewers were shown before", async () => {
    const scenario = await open({ emulator: { users: POOL } });
    mkdirSync(join(scenario.workspace.folder, "team"));
    scenario.workspace.writeFiles({ "team/main.tf.json": MODULE });
    scenario.workspace.writeConfiguration(stageWith());
    expect(await scenario.workspace.run("get")).toMatchObject({ code: 0 });
    expect(await scenario.workspace.apply()).toMatchObject({ code: 0 });
    const isFirst = engine.name === engines()[0]?.name;
    const cases = CASES.filter(({ everyEngine }) => isFirst || everyEngine);
    for (const story of cases) compareWithGolden(story.name, await reportOf(scenario, story));
  }, 180_000);
});

/** Plans, and gives the report as Markdown. */
async function reportOf({ workspace }: Scenario, story: PlanCase): Promise<string> {
  workspace.writeConfiguration(story.configuration);
  const run = await workspace.run("plan", "-json", "-out=plan", ...(story.planArguments ?? []));
  const { stdout } = await workspace.run("show", "-json", "plan");
  const report = reportOnPlan(parsePlan(stdout), { messages: parseMessages(run.stdout) });

  expect(PlanReportSchema.parse(report)).toEqual(report);
  const deleted = report.leavers.filter(({ fate }) => fate === "deleted").map(({ id }) => id);
  expect({
    name: story.name,
    failed: run.code !== 0,
    verdict: report.verdict,
    deleted: deleted.sort(),
  }).toEqual({
    name: story.name,
    failed: story.code === 1,
    verdict: story.verdict,
    deleted: [...story.deleted].sort(),
  });
  return renderMarkdown(planDocument(report));
}

/** UPDATE_GOLDEN=1 writes what is there now; look at it before it is committed. */
function compareWithGolden(name: string, report: string): void {
  const file = join(GOLDEN, `${name}.md`);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, report);
  expect(report).toBe(readFileSync(file, "utf8"));
}
