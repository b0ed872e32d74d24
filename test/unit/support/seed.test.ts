import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { SEED } from "../../support/seed";

test("a random test without a seed generates the same values each time", () => {
  expect(fc.readConfigureGlobal()).toEqual({ seed: SEED });
  const draw = (parameters: fc.Parameters<[number]> = {}) => {
    const drawn: number[] = [];
    fc.assert(
      fc.property(fc.nat(), (number) => void drawn.push(number)),
      parameters,
    );
    return drawn;
  };
  expect(draw()).toEqual(draw({ seed: SEED }));
  expect(draw()).not.toEqual(draw({ seed: SEED + 1 }));
});
