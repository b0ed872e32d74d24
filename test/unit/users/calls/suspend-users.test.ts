import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, UserIdType } from "../../../../src/users";
import { type ChangeFindings, FirstChange } from "../../../../src/users/calls/first-change";
import { type SuspendedUser, type SuspensionOptions } from "../../../../src/users/calls/suspend-users";
import { type CallOptions, CallRun } from "../../../../src/users/calls/call-run";
import { reactivateUsers, suspendUsers } from "../../../../src/users/calls/suspend-users";
import { reactivationsIn, suspensionsIn } from "../support/endings";
import { LOST, REFUSED, UNSUCCESSFUL, WRONG_KEY } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { idOf, people, person, systemId } from "../../../support/users/people";

/** A pool of `size` users who are all to be suspended for 14 days; pauses take no time. */
function setUp(size: number, stop?: AbortSignal, more: Partial<CallOptions> = {}) {
  const users = people(1, size);
  const directory = new ModelDirectory(users);
  const targets = users.map((user) => ({ id: idOf(user, UserIdType.EMAIL), label: "", userId: user.userId }));
  const options = {
    directory,
    type: UserIdType.EMAIL,
    maxAttempts: 3,
    confirmWithinMs: 1_000,
    sleep: () => Promise.resolve(),
    ...(stop && { stop }),
    ...more,
  };
  const readFullUsers: SuspensionOptions["readFullUsers"] = async (userIds) => {
    const found = await directory.findUsers(userIds, UserIdType.USER_ID);
    return found.ok ? { ok: true, value: found.value.map((user) => ({ ...user })) } : found;
  };
  const suspend = async (findings: ChangeFindings = {}) => {
    const result = suspensionsIn(
      await suspendUsers(new CallRun(options), targets, {
        days: 14,
        first: new FirstChange("Suspended", findings),
        readFullUsers,
      }),
    );
    // Nobody is ever deleted instead, and nobody is in neither list.
    expect(directory.deleted).toEqual([]);
    expect(result.waiting.length + result.survivors.length).toBe(size);
    return result;
  };
  const reactivate = async (waiting: readonly SuspendedUser[], findings: ChangeFindings = {}) =>
    reactivationsIn(
      await reactivateUsers(new CallRun(options), waiting, {
        first: new FirstChange("Activated", findings),
        readFullUsers,
      }),
    );
  const statuses = () => users.map(({ userId }) => directory.get(userId)?.status);
  return { directory, suspend, reactivate, statuses };
}

const ACTIVE = "Activated";
const SUSPENDED = "Suspended";

test("users are suspended 50 per call, the first alone, and count as ours", async () => {
  const { directory, suspend } = setUp(120);
  const { waiting, survivors } = await suspend();
  expect(survivors).toEqual([]);
  expect(waiting.every(({ isOurs }) => isOurs)).toBe(true);
  expect(directory.callsOf("setStatus").map(({ ids }) => ids.length)).toEqual(
    expect.arrayContaining([1, 49, 50, 20]),
  );
});

test("an update that wipes fields is set back, told, and done to nobody else", async () => {
  const { directory, suspend, statuses } = setUp(60);
  directory.wipes = ["phone", "externalId"];
  const { survivors } = await suspend();
  expect(survivors[0]?.reason).toMatch(/also changed other fields of the user: externalId, phone.*set back/s);
  expect(statuses()).toEqual(Array(60).fill(ACTIVE));
  expect(directory.callsOf("setStatus").map(({ ids }) => ids)).toEqual([[systemId(1)], [systemId(1)]]);
});

test("after a reactivation that wipes fields, the run suspends nobody, and after such a suspension it reactivates nobody", async () => {
  const { directory, suspend, reactivate, statuses } = setUp(3);
  const { waiting } = await suspend();
  directory.wipes = ["phone", "externalId"];
  const afterReactivation: ChangeFindings = {};
  const { harmed } = await reactivate(waiting.slice(0, 1), afterReactivation);
  expect(harmed).toHaveLength(1);
  const { survivors } = await suspend(afterReactivation);
  expect(statuses()).toEqual([ACTIVE, SUSPENDED, SUSPENDED]);
  expect(survivors.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(/^Not suspended: the first reactivation of this run did not leave/),
  ]);
  const afterSuspension: ChangeFindings = {};
  directory.put(person(1));
  await suspend(afterSuspension);
  const { failed } = await reactivate(waiting.slice(1), afterSuspension);
  expect(statuses()).toEqual([ACTIVE, SUSPENDED, SUSPENDED]);
  expect(failed.map(({ reason }) => reason)).toEqual(
    Array(2).fill(expect.stringMatching(/^Not reactivated: the first suspension of this run did not leave/)),
  );
});

test("a reactivation that wipes fields stops with the first user, who stays active", async () => {
  const { directory, suspend, reactivate, statuses } = setUp(60);
  const { waiting } = await suspend();
  directory.wipes = ["phone", "externalId"];
  const { reactivated, harmed, failed } = await reactivate(waiting);
  expect(reactivated.map(({ userId }) => userId)).toEqual([systemId(1)]);
  expect(harmed.map(({ reason }) => reason)).toEqual([
    expect.stringMatching(
      /reactivation also changed other fields of the user: externalId, phone.*Nobody else/s,
    ),
  ]);
  expect(failed).toHaveLength(59);
  expect(statuses()).toEqual([ACTIVE, ...Array<string>(59).fill(SUSPENDED)]);
  expect(directory.all().filter(({ phone }) => phone === undefined)).toHaveLength(1);
});

test("wiped fields are set back even if the run is interrupted at that moment", async () => {
  const controller = new AbortController();
  const { directory, suspend, statuses } = setUp(3, controller.signal);
  directory.wipes = ["phone"];
  directory.onCall = ({ method }) => {
    if (method === "setStatus") controller.abort();
  };
  const { survivors } = await suspend();
  expect(survivors).toHaveLength(3);
  expect(statuses()).toEqual(Array(3).fill(ACTIVE));
});

describe("refusals", () => {
  test.each([
    ["with an error", REFUSED],
    ["with success: false", UNSUCCESSFUL],
  ])("a call with one bad user %s is halved until only that user is left", async (_, failure) => {
    const { directory, suspend, statuses } = setUp(50);
    directory.fault = ({ method, ids }) =>
      method === "setStatus" && ids.includes(systemId(33)) ? { failure } : undefined;
    const { survivors } = await suspend();
    expect(survivors.map(({ id }) => id)).toEqual(["person33@example.com"]);
    expect(statuses().filter((status) => status === SUSPENDED)).toHaveLength(49);
  });

  test.each([1, 2, 7, 49])("calls with more than %i users are halved", async (most) => {
    const { directory, suspend } = setUp(50);
    directory.fault = ({ method, ids }) =>
      method === "setStatus" && ids.length > most ? { failure: REFUSED } : undefined;
    expect((await suspend()).survivors).toEqual([]);
  });

  test("a silent partial update leaves the others as survivors", async () => {
    const { directory, suspend, statuses } = setUp(10);
    directory.fault = ({ method }, nth) => (method === "setStatus" && nth === 2 ? { lie: true } : undefined);
    const { waiting, survivors } = await suspend();
    expect(waiting.map(({ id }) => id)).toEqual(["person1@example.com"]);
    expect(survivors).toHaveLength(9);
    expect(statuses().slice(1)).toEqual(Array(9).fill(ACTIVE));
  });

  test("Suspended is refused: three are tried, and nobody else", async () => {
    const { directory, suspend } = setUp(20);
    directory.fault = ({ method }) => (method === "setStatus" ? { failure: REFUSED } : undefined);
    expect((await suspend()).survivors).toHaveLength(20);
    expect(directory.callsOf("setStatus").map(({ ids }) => ids)).toEqual([1, 2, 3].map((n) => [systemId(n)]));
  });

  test("a key that may not update: one call, and everybody stays", async () => {
    const { directory, suspend } = setUp(20);
    directory.fault = ({ method }) => (method === "setStatus" ? { failure: WRONG_KEY } : undefined);
    expect((await suspend()).survivors).toHaveLength(20);
    expect(directory.callsOf("setStatus")).toHaveLength(1);
  });
});

describe("a lost answer", () => {
  test.each([true, false])("after which the status was set (%s) suspends everybody once", async (after) => {
    const { directory, suspend } = setUp(10);
    directory.fault = ({ method }, nth) =>
      method === "setStatus" && nth <= 2 ? { failure: LOST, after } : undefined;
    const { waiting, survivors } = await suspend();
    expect(survivors).toEqual([]);
    expect(waiting).toHaveLength(10);
    expect(directory.statusesSet).toHaveLength(10);
  });

  test("that a gateway replaced once, for the first user alone, suspends everybody once", async () => {
    const { directory, suspend } = setUp(10);
    directory.fault = ({ method }, nth) =>
      method === "setStatus" && nth <= 1 ? { failure: UNSUCCESSFUL } : undefined;
    expect((await suspend()).survivors).toEqual([]);
    expect(directory.statusesSet).toHaveLength(10);
    expect(directory.callsOf("setStatus").map(({ ids }) => ids.length)).toEqual([1, 1, 9]);
  });

  test("that a gateway replaces each time ends after two calls for a user alone", async () => {
    const { directory, suspend } = setUp(1);
    directory.fault = ({ method }) => (method === "setStatus" ? { failure: UNSUCCESSFUL } : undefined);
    expect((await suspend()).survivors).toHaveLength(1);
    expect(directory.callsOf("setStatus")).toHaveLength(2);
  });

  test("after which a user is protected is not sent again for that user, and the call is remembered", async () => {
    const protectedIds = new Set<string>();
    const { directory, suspend, statuses } = setUp(3, undefined, {
      findProtectedId: ({ userId }) =>
        protectedIds.has(userId) ? { type: UserIdType.USER_ID, id: userId } : undefined,
    });
    directory.fault = ({ method }, nth) => {
      if (method !== "setStatus" || nth !== 2) return undefined;
      protectedIds.add(systemId(2));
      return { failure: LOST };
    };
    const { survivors } = await suspend();
    expect(statuses()).toEqual([SUSPENDED, ACTIVE, SUSPENDED]);
    expect(survivors).toMatchObject([{ id: "person2@example.com", mayBeSuspended: { during: {} } }]);
    expect(survivors[0]?.reason).toMatch(/^GenAuth may have changed the status: /);
  });

  test("after which somebody else changed the status is not sent again for that user", async () => {
    const { directory, suspend, statuses } = setUp(3);
    directory.fault = ({ method }, nth) => {
      if (method !== "setStatus" || nth !== 2) return undefined;
      directory.changeStatus(systemId(2), "Archived");
      return { failure: LOST };
    };
    const { survivors } = await suspend();
    expect(statuses()).toEqual([SUSPENDED, "Archived", SUSPENDED]);
    expect(survivors.map(({ reason }) => reason)).toEqual([
      "Somebody else has changed the status to Archived meanwhile, so it was not changed again.",
    ]);
  });
});

describe("an administrator meanwhile", () => {
  test.each(["Archived", "Deactivated", SUSPENDED])(
    "sets %s while the first suspension is checked: the status stays, and is not ours",
    async (status) => {
      const { directory, suspend, statuses, reactivate } = setUp(3);
      directory.onCall = ({ method, ids }) => {
        if (method === "setStatus" && ids[0] === systemId(1)) directory.changeStatus(systemId(2), status);
      };
      const { waiting } = await suspend();
      expect(statuses()).toEqual([SUSPENDED, status, SUSPENDED]);
      expect(waiting.map(({ isOurs }) => isOurs)).toEqual([true, false, true]);
      directory.onCall = () => undefined;
      directory.letPass(1);
      await reactivate(waiting.filter(({ isOurs }) => isOurs));
      expect(statuses()).toEqual([ACTIVE, status, ACTIVE]);
    },
  );

  test("sets a status before the first suspension: it stays, and the next user is the first", async () => {
    const { directory, suspend, statuses } = setUp(3);
    directory.onCall = ({ method }) => {
      const looks = directory.callsOf("findUsers").length;
      if (method === "findUsers" && looks === 2) directory.changeStatus(systemId(1), "Archived");
    };
    await suspend();
    expect(statuses()).toEqual(["Archived", SUSPENDED, SUSPENDED]);
  });

  test("sets another status between look-up and reactivation: released, and not changed", async () => {
    const { directory, suspend, reactivate, statuses } = setUp(2);
    const { waiting } = await suspend();
    directory.letPass(1);
    directory.changeStatus(systemId(1), "Archived");
    const { released, reactivated } = await reactivate(waiting);
    expect(released.map(({ userId }) => userId)).toEqual([systemId(1)]);
    expect(reactivated.map(({ userId }) => userId)).toEqual([systemId(2)]);
    expect(statuses()).toEqual(["Archived", ACTIVE]);
  });
});

describe("an administrator right after the first suspension", () => {
  /** Somebody else changes the user once so many look-ups have followed the suspension. */
  function changedAfter(looks: number, change: Partial<DirectoryUser>) {
    const pool = setUp(3);
    const { directory } = pool;
    let since = -Infinity;
    directory.onCall = ({ method }) => {
      if (method === "setStatus" && since === -Infinity) since = 0;
      else if (method === "findUsers" && ++since === looks) {
        const { status, ...fields } = change;
        if (status !== undefined) directory.changeStatus(systemId(1), status);
        directory.put({ ...(directory.get(systemId(1)) ?? person(1)), ...fields });
      }
    };
    return pool;
  }

  test.each([1, 2, 3, 4])(
    "sets another status and another field, before look-up %i: both stay, and that is told",
    async (looks) => {
      const { directory, suspend, statuses } = changedAfter(looks, { status: "Deactivated", phone: "1" });
      directory.wipes = looks > 2 ? ["externalId"] : [];
      const { survivors } = await suspend();
      expect(statuses()[0]).toBe("Deactivated");
      expect(survivors[0]?.reason).toContain("Somebody else has changed the status to Deactivated");
      expect(survivors[0]?.reason).not.toContain("was set back");
      expect(directory.callsOf("setStatus").filter(({ ids }) => ids.includes(systemId(1)))).toHaveLength(1);
    },
  );

  test("suspends the user, too: that stays", async () => {
    const { directory, suspend, statuses } = changedAfter(2, { status: SUSPENDED, phone: "1" });
    await suspend();
    expect(statuses()).toEqual([SUSPENDED, ACTIVE, ACTIVE]);
    expect(directory.callsOf("setStatus")).toHaveLength(1);
  });
});

test("look-ups that show the old status for a while still confirm the suspension", async () => {
  const { directory, suspend } = setUp(3);
  directory.showsOldStatusFor = 2;
  const { survivors } = await suspend();
  expect(survivors).toEqual([]);
});

test("a time of change that look-ups show late, for users who had none, is waited for", async () => {
  const { directory, suspend } = setUp(1);
  let looks = 0;
  directory.onCall = ({ method }) => {
    looks = method === "setStatus" ? 0 : looks + 1;
    directory.statusChangedAt = method === "setStatus" || looks > 2 ? "shown" : "hidden";
  };
  const { waiting } = await suspend();
  expect(waiting).toMatchObject([{ isOurs: true, statusChangedAt: expect.any(String) }]);
});

test("an interrupt after the first call reads that one back, and suspends nobody else", async () => {
  const controller = new AbortController();
  const { directory, suspend, statuses } = setUp(120, controller.signal);
  directory.onCall = ({ method }) => {
    if (method === "setStatus") controller.abort();
  };
  const { waiting, survivors } = await suspend();
  expect(waiting).toMatchObject([{ id: "person1@example.com", isOurs: true }]);
  expect(survivors).toHaveLength(119);
  expect(statuses().filter((status) => status === SUSPENDED)).toHaveLength(1);
});
