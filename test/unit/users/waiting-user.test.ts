import { expect, test } from "@jest/globals";
import { checkSuspendDays } from "../../../src/users";

test.each([0, 1, 90])("suspend_days may be %d", (days) => {
  expect(checkSuspendDays(days)).toBeUndefined();
});

test.each([-1, 91, 1.5, Infinity, NaN])("suspend_days may not be %d", (days) => {
  expect(checkSuspendDays(days)).toBe("a whole number of days from 0 to 90");
});
