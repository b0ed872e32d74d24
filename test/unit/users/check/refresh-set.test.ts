import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { NO_MEMORY } from "../../../../src/users/change/memory";
import { type RefreshContext, refreshSet, type SetToRefresh } from "../../../../src/users/check/refresh-set";
import { REFUSED } from "../../../support/users/failures";
import { ModelDirectory } from "../../../support/users/model-directory";
import { person } from "../../../support/users/people";
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
  const users = new Map(everybody.map(({ email }) => [email, ""]));
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
  if ("refusal" in refreshed) throw new Error(refreshed.refusal.summary);
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
  const cleo = { label: "", userId: person(4).userId, isOurs: true, isDue: false };
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
