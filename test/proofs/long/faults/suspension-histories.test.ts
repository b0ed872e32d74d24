import { beforeAll, describe, test } from "@jest/globals";
import { engines } from "../../../support/engine/engines";
import { checkHistories } from "../../../support/histories/replay";
import { seededRuns } from "../../../support/seed";
import { Template } from "../../../support/template";
import { EngineStack } from "../../faults/suspension-histories/engine-stack";
import { runSuspensionHistory } from "../../faults/suspension-histories/history";
import { history } from "../../faults/suspension-histories/steps";

/** Divided between the engines. */
const { seed, numRuns } = seededRuns("FAULT_ENGINE_HISTORIES", 50);

describe.each(engines())("on $name", (engine) => {
  let template: Template;
  beforeAll(async () => {
    template = await Template.prepare(engine);
  });

  test("any history of two sets that suspend first keeps the promises", async () => {
    await checkHistories({
      arbitrary: history,
      run: (its) => runSuspensionHistory(its, (emulator) => new EngineStack(template, emulator)),
      seed,
      numRuns: Math.ceil(numRuns / engines().length),
      shrinks: 5,
    });
  });
});
