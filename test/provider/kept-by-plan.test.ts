import { expect, test } from "@jest/globals";
import { decodePrivateData } from "../../src/provider/user-set/private-data";
import { UserIdType } from "../../src/users";
import { OUTAGE } from "../users/support/failures";
import { ModelDirectory } from "../users/support/model-directory";
import { person } from "../users/support/people";
import { type DeclaredSet, type KeptSet, runStack } from "./support/in-process-stack";

const badge = "E-twice";
const one = person(1, { externalId: badge });
const other = person(2, { externalId: badge });

/** A set of system ids, and one of external ids. */
function declared(userIds: readonly string[], badges: readonly string[]): DeclaredSet[] {
  const labelled = (ids: readonly string[]) => new Map(ids.map((id) => [id, "A label"]));
  return [
    { type: UserIdType.USER_ID, users: labelled(userIds), retained: [] },
    { type: UserIdType.EXTERNAL_ID, users: labelled(badges), retained: [] },
  ];
}

function usersIn(sets: readonly KeptSet[]): unknown {
  return sets.map(({ state }) => [...(state?.users as ReadonlyMap<string, string>).keys()]);
}

async function declaredBoth() {
  const pool = new ModelDirectory([one, other]);
  const surroundings = { directory: pool, protectedIds: new Map(), stop: new AbortController().signal };
  const { sets } = await runStack([], declared([one.userId], [badge]), surroundings);
  return { pool, surroundings, sets };
}

test("an id that named two users when the change was planned takes none, though one of them is deleted meanwhile", async () => {
  const { pool, surroundings, sets } = await declaredBoth();
  const { diagnostics, sets: after } = await runStack(sets, declared([], []), surroundings);
  expect(pool.deleted).toEqual([one.userId]);
  expect(usersIn(after)).toEqual([[], []]);
  expect(diagnostics.map(({ detail }) => detail).join("\n")).toContain("Kept because the plan said so.");
});

test("it stays in the set where it cannot be looked up any more, for the next plan to say", async () => {
  const { pool, surroundings, sets } = await declaredBoth();
  const { sets: after } = await runStack(sets, declared([one.userId], []), {
    ...surroundings,
    beforeApply: () => (pool.fault = () => ({ failure: OUTAGE })),
  });
  expect(pool.deleted).toEqual([]);
  expect(usersIn(after)).toEqual([[one.userId], [badge]]);
});

test("a plan that is made after that sees one user, and says that this one is deleted", async () => {
  const { pool, surroundings, sets } = await declaredBoth();
  pool.remove(one.userId);
  await runStack(sets, declared([one.userId], []), surroundings);
  expect(pool.deleted).toEqual([other.userId]);
});

test("whom a plan took for changed because a look-up left the id out is deleted at apply, where the id names them again", async () => {
  const pool = new ModelDirectory([one]);
  const surroundings = { directory: pool, protectedIds: new Map(), stop: new AbortController().signal };
  const { sets } = await runStack([], declared([], [badge]), surroundings);
  pool.fault = ({ type }) => (type === UserIdType.EXTERNAL_ID ? { omit: true } : undefined);
  const { diagnostics } = await runStack(sets, declared([], []), {
    ...surroundings,
    beforeApply: () => (pool.fault = () => undefined),
  });
  expect(diagnostics.map(({ detail }) => detail).join("\n")).toContain("the id was changed in GenAuth");
  expect(pool.deleted).toEqual([one.userId]);
});

test("an apply that is refused leaves nothing of its plan behind", async () => {
  const back = person(3, { externalId: "E-3" });
  const pool = new ModelDirectory([one, other, back]);
  const surroundings = { directory: pool, protectedIds: new Map(), stop: new AbortController().signal };
  const { sets } = await runStack([], declared([], [badge, "E-3"]), surroundings);
  pool.remove(back.userId);
  const nobody = declared([], []).map((set) => ({ ...set, maxDeletions: 0 }));
  const { sets: after, diagnostics } = await runStack(sets, nobody, {
    ...surroundings,
    beforeApply: () => pool.put(back),
  });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toHaveLength(1);
  expect(usersIn(after)).toEqual([[], [badge, "E-3"]]);
  const { keptByPlan } = decodePrivateData(after[1]?.privateData ?? new Uint8Array(), [badge, "E-3"]);
  expect(keptByPlan).toBeUndefined();
});
