import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { NO_MEMORY } from "../../../../src/users/change/memory";
import { type RefreshContext, refreshSet, type SetToRefresh } from "../../../../src/users/check/refresh-set";
import { OUTAGE, REFUSED } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { people, person } from "../../../support/users/people";
import { contextOn } from "../support/set-change";

/** What a refresh remembers for the next plan, by which users are deleted. */

const ada = person(1);
const bo = person(2);

const everybody = [
  { ...ada, email: "ada@example.com" },
  { ...bo, email: "bo@example.com" },
];

/** Refreshes a set of e-mail addresses that names Ada and Bo. */
async function refresh(
  set: Partial<SetToRefresh>,
  directory = new ModelDirectory(everybody),
  context: Partial<RefreshContext> = {},
) {
  const users = new Map(everybody.map(({ email }) => [email, "Label"]));
  const refreshed = await refreshSet(
    {
      type: UserIdType.EMAIL,
      users,
      memory: NO_MEMORY,
      lastDrift: undefined,
      deletionDates: new Map(),
      ...set,
    },
    { ...contextOn(directory), ...context },
  );
  if ("refusal" in refreshed) throw new Error(`${refreshed.refusal.summary}: ${refreshed.refusal.detail}`);
  return refreshed;
}

describe("an id that names somebody else than it is bound to", () => {
  const bindings = new Map([
    ["ada@example.com", person(3).userId],
    ["bo@example.com", bo.userId],
  ]);

  test("is noted for the next apply, and keeps its binding until then", async () => {
    const { memory } = await refresh({ memory: { ...NO_MEMORY, bindings } });
    expect(memory.bindings).toEqual(bindings);
    expect(memory.rebindings).toEqual(new Map([["ada@example.com", ada.userId]]));
  });

  test("is not noted if it is a survivor's: nobody declares who has got it", async () => {
    const undeclared = new Set(["ada@example.com"]);
    const { memory } = await refresh({ memory: { ...NO_MEMORY, bindings, undeclared } });
    expect(memory.bindings).toEqual(bindings);
    expect(memory.rebindings).toEqual(new Map());
  });
});

test("an id that is found for the first time is bound, and one that names nobody is not", async () => {
  const { memory } = await refresh({}, new ModelDirectory(everybody.slice(1)));
  expect(memory.bindings).toEqual(new Map([["bo@example.com", bo.userId]]));
});

describe("a survivor of the last apply", () => {
  const survivor = {
    memory: { ...NO_MEMORY, undeclared: new Set(["ada@example.com"]) },
    lastDrift: { missing: [], survivors: ["ada@example.com"], locked_out: [] },
  };
  const withoutAda = () => new ModelDirectory(everybody.slice(1));

  test("who is gone is neither missing nor a survivor any more", async () => {
    const { drift } = await refresh(survivor, withoutAda());
    expect(drift).toEqual({ missing: [], survivors: [], locked_out: [] });
  });

  test("whose look-up fails stays one", async () => {
    const directory = withoutAda();
    directory.fault = ({ ids }) => (ids.includes("ada@example.com") ? { failure: REFUSED } : undefined);
    const { drift } = await refresh(survivor, directory);
    expect(drift).toEqual({ missing: [], survivors: ["ada@example.com"], locked_out: [] });
  });
});

describe("a user who waits is due", () => {
  const DAY = "2026-03-01T00:00:00Z";
  // The refresh before said so: GenAuth's clock may have gone back since.
  const cleo = { label: "", userId: person(4).userId, isOurs: true, isDue: true };
  const isDue = async (now: number | undefined, context: Partial<RefreshContext> = {}) => {
    const { memory } = await refresh(
      {
        memory: { ...NO_MEMORY, waiting: new Map([["cleo@example.com", cleo]]) },
        deletionDates: new Map([["cleo@example.com", DAY]]),
      },
      new ModelDirectory(everybody),
      { serviceTime: () => now, ...context },
    );
    return memory.waiting.get("cleo@example.com")?.isDue;
  };

  test("from the first moment of the day on, by GenAuth's clock", async () => {
    expect(await isDue(Date.parse(DAY) - 1)).toBe(false);
    expect(await isDue(Date.parse(DAY))).toBe(true);
  });

  test("not while GenAuth's time is not known", async () => {
    expect(await isDue(undefined)).toBe(false);
  });

  test("not while the operator holds deletions that are due", async () => {
    expect(await isDue(Date.parse(DAY), { holdDueDeletions: true })).toBe(false);
  });
});

describe("a refresh is refused, and leaves the state as it is,", () => {
  const fay = { label: "", userId: person(4).userId, isOurs: true, isDue: false };
  const memory = { ...NO_MEMORY, waiting: new Map([["fay@example.com", fay]]) };
  const failing = (...ids: readonly string[]) => {
    const directory = new ModelDirectory(everybody);
    directory.fault = (call) => (ids.some((id) => call.ids.includes(id)) ? { failure: OUTAGE } : undefined);
    return directory;
  };

  test("in an outage, with the number of those who could not be looked up", async () => {
    const start = `Cannot look up the users: ${OUTAGE.message}`;
    const end = "could not be looked up, so the state is unchanged.";
    await expect(refresh({ memory }, failing("bo@example.com"))).rejects.toThrow(
      `${start} 2 of 2 users ${end}`,
    );
    await expect(refresh({ memory }, failing(fay.userId))).rejects.toThrow(
      `${start} 1 of 1 suspended user ${end}`,
    );
    await expect(refresh({ memory }, failing("bo@example.com", fay.userId))).rejects.toThrow(
      `${start} 2 of 2 users and 1 of 1 suspended user ${end}`,
    );
  });

  const five = people(1, 5).map((user) => ({ ...user, email: `person${user.userId}@example.com` }));
  const ofFive = {
    users: new Map(five.map(({ email }) => [email, ""])),
    memory: { ...NO_MEMORY, bindings: new Map(five.map(({ email, userId }) => [email, userId])) },
  };

  test("in a wrong pool, unless an empty one is accepted", async () => {
    const empty = new ModelDirectory([]);
    await expect(refresh(ofFive, empty)).rejects.toThrow("None of the users is in this pool");
    const { drift } = await refresh(ofFive, empty, { acceptEmptyPool: true });
    expect(drift.missing).toHaveLength(5);
  });

  test("in a copy of the pool, in which the ids name others", async () => {
    const copy = new ModelDirectory(five.map(({ email }, index) => person(100 + index, { email })));
    await expect(refresh(ofFive, copy)).rejects.toThrow("Almost no user is the same in this pool");
  });
});

describe("a refresh tells", () => {
  const bindings = new Map([["ada@example.com", ada.userId]]);

  test("nothing if everybody is there", async () => {
    const drift = { missing: [], survivors: [], locked_out: [] };
    expect(await refresh({})).toMatchObject({ told: [], drift });
  });

  test("who vanished, and how many were never found", async () => {
    const users = new Map(["ada@example.com", "bo@example.com", "cy@example.com"].map((id) => [id, "Label"]));
    const { told } = await refresh({ users, memory: { ...NO_MEMORY, bindings } }, new ModelDirectory([]));
    expect(told).toMatchObject([
      { ids: ["ada@example.com"], summary: "1 declared user vanished from GenAuth" },
      { ids: [], summary: "2 of 3 declared users not found in GenAuth" },
    ]);
    expect(told[0]?.detail).toContain("ada@example.com  Label");
    expect(told[1]?.detail).toContain("user_id_type is email");
  });

  test("which ids name somebody else, with the former and the new user", async () => {
    const former = new Map([...bindings.keys(), "bo@example.com"].map((id) => [id, person(9).userId]));
    const { told } = await refresh({ memory: { ...NO_MEMORY, bindings: former } });
    expect(told).toMatchObject([{ summary: "2 declared ids now name somebody else" }]);
    expect(told[0]?.detail).toMatch(
      new RegExp(
        `ada@example.com +Label +.was user ${person(9).userId}, is user ${ada.userId} .Person 1. now`,
      ),
    );
    const one = new Map([["ada@example.com", person(9).userId]]);
    expect((await refresh({ memory: { ...NO_MEMORY, bindings: one } })).told).toMatchObject([
      { summary: "1 declared id now names somebody else" },
    ]);
  });

  test("who could not be looked up", async () => {
    const directory = new ModelDirectory(everybody);
    directory.fault = ({ ids }) => (ids.includes("ada@example.com") ? { failure: REFUSED } : undefined);
    const { told } = await refresh({}, directory);
    expect(told).toMatchObject([{ ids: ["ada@example.com"], summary: "GenAuth could not identify 1 user" }]);
    expect(told[0]?.detail).toContain(REFUSED.message);
  });
});
