import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { applySet, check } from "../../support/acceptance/removal-case";
import type { UserSetBlock } from "../../support/configuration";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";

const pool = seedUsers(6);
const [ada = "", bob = "", eve = "", joe = ""] = pool.map(({ email }) => email ?? "");
const email = { user_id_type: "email", max_deletions_percent: 100 };

describe.each(engines())("what an apply says at its end on $name", (engine) => {
  const open = useScenarios(engine);

  async function applied(set: UserSetBlock): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool } });
    await applySet(scenario.workspace, set);
    return scenario;
  }

  /** The summaries of the warnings, in their order. */
  function warningsIn(text: string): string[] {
    return [...text.matchAll(/Warning: (.*)/g)].map(([, summary = ""]) => summary);
  }

  test("who was deleted, beside what the plan said, and nothing of the plan that the apply makes", async () => {
    const { workspace } = await applied({ ...email, users: [ada, bob, eve] });
    workspace.write({ ...email, users: [eve] });
    const { code, text } = await workspace.apply();
    expect({ code, warnings: warningsIn(text).sort() }).toEqual({
      code: 0,
      warnings: [
        `2 users permanently deleted from GenAuth: ${ada}, …`,
        `2 users will be permanently deleted from GenAuth in 1 call: ${ada}, …`,
      ],
    });
    expect(text).not.toContain("similar warning");
  });

  test("of a saved plan, only what has happened, for each user", async () => {
    const { workspace } = await applied({ ...email, users: [ada, bob, eve, joe] });
    workspace.write({ ...email, users: [eve], retained_ids: [bob] });
    check(await workspace.plan("-out=plan"), { code: 2, says: ["2 users will be permanently deleted"] });
    const { code, text } = await workspace.apply("plan");
    expect({ code, warnings: warningsIn(text).sort() }).toEqual({
      code: 0,
      warnings: [
        `1 user left the set but not GenAuth: ${bob}`,
        `2 users permanently deleted from GenAuth: ${ada}, …`,
      ],
    });
    check({ code, text }, { code: 0, says: ["finds them any more, so the deletion is confirmed", joe] });
  });

  test("in -json, too", async () => {
    const { workspace } = await applied({ ...email, users: [ada, bob] });
    workspace.write({ ...email, users: [bob] });
    check(await workspace.plan("-out=plan"), { code: 2 });
    const { stdout } = await workspace.apply("-json", "plan");
    const summaries = stdout
      .split("\n")
      .filter((line) => line.includes('"diagnostic"'))
      .map((line) => (JSON.parse(line) as { diagnostic: { summary: string } }).diagnostic.summary);
    expect(summaries).toEqual([`1 user permanently deleted from GenAuth: ${ada}`]);
  });

  test("an apply whose plan refreshes nothing shows whom it deletes by values only", async () => {
    const { workspace } = await applied({ ...email, users: [ada, bob] });
    workspace.write({ ...email, users: [bob] });
    const { code, text } = await workspace.apply("-refresh=false");
    check({ code, text }, { code: 0, says: ["removals", `- "${ada}"`] });
    expect({ code, warnings: warningsIn(text) }).toEqual({
      code: 0,
      warnings: [`1 user permanently deleted from GenAuth: ${ada}`],
    });
  });
});
