import { beforeAll, describe, test } from "@jest/globals";
import { engines } from "../../../support/engine/engines";
import { expectNoBrokenPromise } from "../../../support/histories/replay";
import { seededRuns } from "../../../support/seed";
import { Template } from "../../../support/template";
import { EngineStack } from "../../faults/suspension-histories/engine-stack";
import { runSuspensionHistory } from "../../faults/suspension-histories/history";
import { history as anyHistory } from "../../faults/suspension-histories/steps";

/** Divided between the engines. A history takes 20 s, so 50 take a quarter of an hour. */
const { seed, numRuns } = seededRuns("FAULT_ENGINE_HISTORIES", 50);

/**
 * In a history, people move between two sets, others change the pool, calls fail and processes are killed. After each of its runs,
 * `brokenPromises` of promises.ts compares the pool and the state with the plan.
 */
describe.each(engines())("a random history of two sets that suspend first, on $name,", (engine) => {
  let template: Template;
  beforeAll(async () => {
    template = await Template.prepare(engine);
  });

  test("suspends or deletes nobody without a plan, too early or above a limit, and forgets nobody", async () => {
    await expectNoBrokenPromise({
      arbitrary: anyHistory,
      run: (each) => runSuspensionHistory(each, (emulator) => new EngineStack(template, emulator)),
      seed,
      numRuns: Math.ceil(numRuns / engines().length),
      runsToShorten: 5,
    });
  });
});
