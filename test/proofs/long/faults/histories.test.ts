import { afterAll, beforeAll, describe, test } from "@jest/globals";
import { engines } from "../../../support/engine/engines";
import { checkHistories } from "../../../support/histories/replay";
import { NullProviderMirror } from "../../../support/null-provider/mirror";
import { seededRuns } from "../../../support/seed";
import { Template } from "../../../support/template";
import { runHistory } from "../../faults/histories/history";
import { history } from "../../faults/histories/steps";

/** Divided between the engines. */
const { seed, numRuns } = seededRuns("FAULT_ENGINE_HISTORIES", 50);

describe.each(engines())("on $name", (engine) => {
  let template: Template;
  beforeAll(async () => {
    const nullProvider = new NullProviderMirror();
    template = await Template.prepare(engine, nullProvider).finally(() => nullProvider.remove());
  });
  afterAll(() => template.remove());

  test("any history of two sets as null resources, with changes by others, faults and kills, keeps the promises", async () => {
    await checkHistories({
      arbitrary: history,
      run: (its) => runHistory(template, its),
      seed,
      numRuns: Math.ceil(numRuns / engines().length / 2),
      shrinks: 20,
    });
  });
});
