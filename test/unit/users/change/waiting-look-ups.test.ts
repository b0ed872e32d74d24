import { describe, expect, test } from "@jest/globals";
import { decideWaiting, HELD, RELEASED } from "../../../../src/users/change/waiting";
import { noCall } from "../../../../src/users/fate";
import { ModelDirectory } from "../../../support/users/model-directory";
import { contextOn } from "../support/set-change";
import { ada, bob, due, early, nothingChanges, reactivated, WAITS } from "../support/waiting-ada";

/** What an approved plan lets its apply do. */
const allowed = { allows: () => true, changesWaiting: true };

describe("the look-ups of those who wait", () => {
  test("an apply looks up anew whom its plan has looked up", async () => {
    const directory = new ModelDirectory([ada, bob]);
    const basis = { ...nothingChanges(), context: contextOn(directory) };
    await decideWaiting(basis, [due]);
    directory.put(reactivated);

    const { leavers } = await decideWaiting({ ...basis, approved: allowed }, [due]);

    expect(leavers[0]?.fate).toEqual(RELEASED.changed(reactivated));
  });

  test("a plan takes what was looked up before", async () => {
    const directory = new ModelDirectory([ada]);
    const basis = { ...nothingChanges(), context: contextOn(directory) };

    for (let look = 1; look <= 2; look += 1) await decideWaiting(basis, [early]);

    expect(directory.calls).toHaveLength(1);
  });

  test("GenAuth's list of deleted users is not read if look-ups show everybody, though changed", async () => {
    const archive = { archivedSince: () => Promise.reject(new Error("The list was read.")) };
    const context = contextOn(new ModelDirectory([reactivated]), { archive });

    const { leavers } = await decideWaiting({ ...nothingChanges(), context }, [early]);

    expect(leavers[0]?.fate).toEqual(RELEASED.changed(reactivated));
  });

  test("nobody is looked up if nobody waits", async () => {
    const directory = new ModelDirectory([ada]);

    const { leavers } = await decideWaiting({ ...nothingChanges(), context: contextOn(directory) }, []);

    expect(leavers).toEqual([]);
    expect(directory.calls).toEqual([]);
  });

  test("nobody is looked up, and all wait on, if the approved plan changes nothing for them", async () => {
    const directory = new ModelDirectory([ada]);
    const approved = { ...allowed, changesWaiting: false };

    const { leavers } = await decideWaiting(
      { ...nothingChanges(), context: contextOn(directory), approved },
      [due],
    );

    expect(leavers.map(({ fate }) => fate)).toEqual([WAITS]);
    expect(directory.calls).toEqual([]);
  });
});

test("an apply says that the operator holds those who are due, although its plan changes nothing", async () => {
  const context = contextOn(new ModelDirectory([ada]), { holdDueDeletions: true });
  const approved = { ...allowed, changesWaiting: false };

  const { leavers } = await decideWaiting({ ...nothingChanges(), context, approved }, [due, early]);

  expect(leavers.map(({ fate }) => fate)).toEqual([noCall(HELD), WAITS]);
});
