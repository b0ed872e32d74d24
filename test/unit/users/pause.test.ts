import { expect, test } from "@jest/globals";
import { pauseBefore } from "../../../src/users/pause";

test("pauses double, up to four seconds", () => {
  expect([1, 2, 3, 4, 5, 6, 60].map(pauseBefore)).toEqual([250, 500, 1_000, 2_000, 4_000, 4_000, 4_000]);
});
