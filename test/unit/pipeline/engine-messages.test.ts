import { expect, test } from "@jest/globals";
import { findStateLock } from "../../../src/pipeline/engine-messages";

test("the lock of a state that an apply left which was cut off is found in what the engine prints", () => {
  const printed = [
    "╷",
    "│ Error: Error acquiring the state lock",
    "│ ",
    "│ Error message: HTTP remote state already locked: ID=5d4c",
    "│ Lock Info:",
    "│   ID:        5d4c7b1a-0000-4000-8000-000000000001",
    "│   Path:      ",
    "│   Operation: OperationTypeApply",
    "│   Who:       runner@fv-az1",
    "│   Version:   1.11.4",
    "│   Created:   2026-12-01 20:00:00 +0000 UTC",
    "╵",
  ].join("\n");
  expect(findStateLock(printed)).toEqual({
    id: "5d4c7b1a-0000-4000-8000-000000000001",
    who: "runner@fv-az1",
    since: "2026-12-01 20:00:00 +0000 UTC",
  });
  expect(findStateLock("Error: Saved plan is stale")).toBeUndefined();
});
