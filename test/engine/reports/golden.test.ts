import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { CASES } from "./support/cases";
import { compareWithGolden, deletedBy, planAndReport } from "./support/golden";
import { email, MODULE, people, POOL, configurationWith } from "./support/sets";

describe.each(engines())("reports of plans by $name", (engine) => {
  const open = useScenarios(engine);

  test("match the golden reports", async () => {
    const scenario = await open({ emulator: { users: POOL } });
    mkdirSync(join(scenario.workspace.folder, "team"));
    scenario.workspace.writeFiles({ "team/main.tf.json": MODULE });
    scenario.workspace.writeConfiguration(configurationWith());
    expect(await scenario.workspace.run("get")).toMatchObject({ code: 0 });
    expect(await scenario.workspace.apply()).toMatchObject({ code: 0 });
    const isFirst = engine.name === engines()[0].name;
    for (const { name, everyEngine = false, configuration, planArguments, ...expected } of CASES) {
      if (!isFirst && !everyEngine) continue;
      scenario.workspace.writeConfiguration(configuration);
      const { failed, report } = await planAndReport(scenario, planArguments);
      expect({ name, failed, verdict: report.verdict, deleted: deletedBy(report) }).toEqual({
        name,
        failed: expected.failed ?? false,
        verdict: expected.verdict,
        deleted: [...(expected.deleted ?? [])].sort(),
      });
      compareWithGolden(name, report);
    }
  }, 180_000);
});

describe("reports of plans with a null_resource", () => {
  const open = useScenarios(engines()[0], "null_resource");

  test("match the golden reports", async () => {
    const scenario = await open({ emulator: { users: POOL } });
    scenario.workspace.write({ user_id_type: "email", users: people(1, 2, 3, 4) });
    expect(await scenario.workspace.apply()).toMatchObject({ code: 0 });

    scenario.workspace.write({ user_id_type: "email", users: people(1, 4, 5) });
    const { report } = await planAndReport(scenario);
    expect(deletedBy(report)).toEqual([email(2), email(3)]);
    expect(report.totals).toMatchObject({ deleted: 2, upper_bound: true });
    compareWithGolden("null-resource", report);

    scenario.workspace.write({ user_id_type: "username", users: { user001: "" } });
    const replaced = await planAndReport(scenario);
    expect(replaced.report.totals).toMatchObject({ deleted: 0, released: 4, join: 1 });
  }, 120_000);
});
