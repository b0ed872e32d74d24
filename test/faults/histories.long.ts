import { afterAll, beforeAll, describe, test } from "@jest/globals";
import * as fc from "fast-check";
import { engines } from "../support/engine";
import { Template } from "../support/template";
import { history, live } from "./histories/history";

/** How many histories, shared among the engines. */
const RUNS = Number(process.env.FAULT_ENGINE_HISTORIES ?? 50);

describe.each(engines())("on $name", (engine) => {
  let template: Template;
  beforeAll(async () => {
    template = await Template.prepare(engine);
  });
  afterAll(() => template.remove());

  test("any history of two sets, others, faults and kills keeps the promises", async () => {
    // A failing history is printed whole, with the seed that makes it again.
    const property = fc.asyncProperty(history, async (steps) => {
      const broken = await live(template, steps);
      if (broken.length > 0) throw new Error(broken.join("\n"));
    });
    await fc.assert(property, { numRuns: Math.ceil(RUNS / engines().length), endOnFailure: true });
  });
});
