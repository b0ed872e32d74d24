import { afterAll, beforeAll, describe, test } from "@jest/globals";
import { engines } from "../support/engine";
import { holdForAll } from "../support/histories/replay";
import { NullProviderMirror } from "../support/null-provider/mirror";
import { seededRuns } from "../support/seed";
import { Template } from "../support/template";
import { live } from "./histories/history";
import { history } from "./histories/steps";

/** Shared among the engines, and what carries the sets. */
const { seed, numRuns } = seededRuns("FAULT_ENGINE_HISTORIES", 50);
const resourceTypes = ["genauth_user_set", "null_resource"] as const;

describe.each(engines())("on $name", (engine) => {
  let template: Template;
  beforeAll(async () => {
    const nullProvider = new NullProviderMirror();
    template = await Template.prepare(engine, nullProvider).finally(() => nullProvider.remove());
  });
  afterAll(() => template.remove());

  test.each(resourceTypes)(
    "any history of two sets of the %s, others, faults and kills keeps the promises",
    async (resourceType) => {
      await holdForAll({
        drawn: history,
        live: (its) => live(template, resourceType, its),
        seed,
        numRuns: Math.ceil(numRuns / engines().length / resourceTypes.length),
        shrinks: 20,
      });
    },
  );
});
