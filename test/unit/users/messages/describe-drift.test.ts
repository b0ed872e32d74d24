import { describe, expect, test } from "@jest/globals";
import { type Leaver, noCall } from "../../../../src/users/fate";
import { describeDrift } from "../../../../src/users/messages/describe-drift";

const kept: Leaver = { id: "kept@x", label: "Kept", fate: noCall({ kind: "retained" }) };
const alreadyGone: Leaver = { id: "before@x", label: "Before", fate: noCall({ kind: "gone" }) };

describe("the drift report", () => {
  test("counts survivors and missing users as drift, and lists them, users confirmed gone, and those leavers only who are kept", () => {
    const report = describeDrift({
      gone: ["g@x"],
      survivors: [{ id: "s@x", label: "S", reason: "Still there." }],
      missing: ["m@x"],
      leavers: [alreadyGone, kept],
      labels: new Map([["g@x", "Gee"]]),
    });

    expect(report.split("\n\n")).toEqual([
      "Drift: 1 survivor, 1 missing.",
      "Gone (1), confirmed by a look-up:\n  g@x  Gee",
      "Survivors (1), removed but not confirmed gone:",
      "Still there.\n  s@x  S",
      "Missing (1), declared but not in the user pool:\n  m@x",
      "Kept (removed from the set, but not deleted):",
      "Kept because the id is in retained_ids. The user stays in GenAuth.\n  kept@x  Kept",
    ]);
  });

  test("says of a pool as declared that there is no drift", () => {
    const report = describeDrift({ gone: [], survivors: [], missing: [], leavers: [], labels: new Map() });

    expect(report).toBe("No drift: the user pool is as declared.");
  });
});
