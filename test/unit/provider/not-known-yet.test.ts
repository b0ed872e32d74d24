import { beforeEach, describe, expect, test } from "@jest/globals";
import { UNKNOWN } from "../../../src/plugin";
import { applyUserSet } from "../../../src/provider/user-set/apply";
import { decodeMemory } from "../../../src/provider/user-set/memory-codec";
import type { UserSetModel } from "../../../src/provider/user-set/schema";
import { UserIdType } from "../../../src/users";
import { contextOver, create, type PresentSet, refresh } from "../../support/provider/refreshed-set";
import { ModelDirectory } from "../../support/users/model-directory";
import { emailOf, people, unlabelled } from "../../support/users/people";
import {
  detailOf,
  endings,
  error,
  errorsOf,
  headlinesOf,
  planNew,
  planWith,
  warning,
} from "./support/planned";

const type = UserIdType.EMAIL;
const everybody = people(1, 3);
const ids = everybody.map(emailOf);
const [ADA = "", , EVE = ""] = ids;

let directory: ModelDirectory;
let set: PresentSet;
beforeEach(async () => {
  directory = new ModelDirectory(everybody);
  set = await create(type, ids, contextOver(directory));
});

const plan = (changes: Partial<UserSetModel>, context = contextOver(directory)) =>
  planWith(set, changes, context);

describe("a limit that is not known at plan", () => {
  const unknown: Partial<UserSetModel> = { max_deletions: UNKNOWN, max_deletions_percent: UNKNOWN };
  const warnings = [
    warning("max_deletions is not known at plan"),
    warning("max_deletions_percent is not known at plan"),
  ];

  test("is told if somebody leaves", async () => {
    const leaves = await plan({ ...unknown, users: new Map([[ADA, ""]]) });
    expect(headlinesOf(leaves)).toEqual(expect.arrayContaining(warnings));
    const details = leaves.diagnostics.map(({ detail }) => detail).join("\n");
    expect(details).toContain("this plan was checked as if max_deletions were not set");
  });

  test("is not told if nobody leaves", async () => {
    expect(headlinesOf(await plan(unknown))).toEqual([]);
  });

  test("is the default one then: of twenty people, five may go, and six may not", async () => {
    const twenty = people(1, 20).map(emailOf);
    directory = new ModelDirectory(people(1, 20));
    set = await create(type, twenty, contextOver(directory));
    const errorsIf = async (leave: number) =>
      errorsOf(await plan({ ...unknown, users: unlabelled(twenty.slice(leave)) }));
    expect(await errorsIf(5)).toEqual([]);
    expect(await errorsIf(6)).toEqual([
      error("6 of 20 users would be deleted, more than max_deletions_percent (20)"),
    ]);
  });
});

describe("users that are not known at plan", () => {
  test("are refused while the set holds users, and anything may become of them", async () => {
    const { planned, privateData, diagnostics } = await plan({ users: UNKNOWN });
    expect(diagnostics).toMatchObject([
      { severity: "error", summary: "Users are not known at plan", path: [{ attribute: "users" }] },
    ]);
    expect(planned).toEqual({
      ...set.state,
      users: UNKNOWN,
      drift: UNKNOWN,
      suspended: UNKNOWN,
      ...endings(UNKNOWN),
    });
    expect(decodeMemory(privateData, ids)).toEqual(decodeMemory(set.privateData, ids));
  });

  test("are told if the set accepts them", async () => {
    const accepted = await plan({ users: UNKNOWN, allow_unknown_users: true });
    expect(accepted.diagnostics).toMatchObject([
      { severity: "warning", summary: "The removed users are not known yet", path: [{ attribute: "users" }] },
    ]);
    expect(detailOf(accepted)).toContain("holds 3 users");
    expect(detailOf(accepted)).not.toContain("those who wait for their deletion");
  });

  test.each([false, true])("are not told of a set that holds nobody, accepted: %j", async (allowed) => {
    set = await create(type, [], contextOver(directory));
    expect(await plan({ users: UNKNOWN, allow_unknown_users: allowed })).toMatchObject({ diagnostics: [] });
  });

  test("are refused for a set without users while somebody waits, and told if it accepts them", async () => {
    const suspended = new Map([[EVE, "2999-01-01T00:00:00Z"]]);
    set = { ...set, state: { ...set.state, users: new Map(), suspended } };
    const refused = await plan({ users: UNKNOWN });
    expect(headlinesOf(refused)).toEqual([error("Users are not known at plan")]);
    const told = await plan({ users: UNKNOWN, allow_unknown_users: true });
    expect(headlinesOf(told)).toEqual([warning("The removed users are not known yet")]);
    for (const planned of [refused, told])
      expect(detailOf(planned)).toMatch(/those who wait for their deletion may be deleted.*person3@/s);
  });

  test("are refused for a set of one user while another one waits", async () => {
    const suspended = new Map([[EVE, "2999-01-01T00:00:00Z"]]);
    set = { ...set, state: { ...set.state, users: new Map([[ADA, ""]]), suspended } };
    expect(headlinesOf(await plan({ users: UNKNOWN }))).toEqual([error("Users are not known at plan")]);
  });

  test("are the only reason that is given, although another set declares one of those who may leave", async () => {
    const context = contextOver(directory);
    await planWith(await create(type, [ADA], contextOver(directory)), {}, context);
    const refused = await plan({ users: UNKNOWN }, context);
    expect(errorsOf(refused)).toEqual([error("Users are not known at plan")]);
  });

  test("are refused although they are accepted, if another set declares one of those who may leave", async () => {
    const context = contextOver(directory);
    const other = await create(type, [ADA], contextOver(directory));
    await planWith(other, {}, context);
    const refused = await plan({ users: UNKNOWN, allow_unknown_users: true }, context);
    expect(errorsOf(refused)).toEqual([error("This change may delete 1 user that another set declares")]);
  });

  test("of a set that holds nobody stop another set from deleting: they may be the same people", async () => {
    const context = contextOver(directory);
    const empty = await create(type, [], contextOver(directory));
    await planWith(empty, { users: UNKNOWN }, context);
    const refused = await plan({ users: new Map([[ADA, ""]]) }, context);
    expect(errorsOf(refused)).toEqual([
      error("This change deletes 2 users while the users of another set are not known yet"),
    ]);
  });

  test("and retained ids of the set are those that cannot leave", async () => {
    const context = contextOver(directory);
    await planWith(await create(type, [ADA], contextOver(directory)), {}, context);
    const changes: Partial<UserSetModel> = { users: UNKNOWN, allow_unknown_users: true, retained_ids: [ADA] };
    expect(headlinesOf(await plan(changes, context))).toEqual([
      warning("The removed users are not known yet"),
    ]);
  });
});

/** What no plan may hand to an apply. */
type Undeclared = Extract<UserSetModel["users"], symbol | null>;

describe("an apply that is not what a plan can be", () => {
  const apply = (prior: UserSetModel | null, users: Undeclared, privateData = set.privateData) => {
    const planned: UserSetModel = { ...set.state, users };
    return applyUserSet({ prior, planned, config: planned, privateData, context: contextOver(directory) });
  };

  test.each<{ readonly what: string; readonly users: Undeclared; readonly summary: string }>([
    { what: "not known", users: UNKNOWN, summary: "Users are not known at apply" },
    { what: "null", users: null, summary: "users is null" },
  ])("users that are $what: nobody is deleted, and the set stays as it was", async ({ users, summary }) => {
    directory.forget();
    const updated = await apply(set.state, users);
    expect(updated).toMatchObject({ state: set.state, privateData: set.privateData });
    expect(updated.diagnostics).toMatchObject([
      { severity: "error", summary, path: [{ attribute: "users" }] },
    ]);
    const created = await apply(null, users, new Uint8Array());
    expect(created).toMatchObject({ state: null, privateData: new Uint8Array(), diagnostics: [{ summary }] });
    expect(directory.calls).toEqual([]);
  });
});

test("a new id type replaces the set, which deletes nobody, although its users are not known at plan", async () => {
  const { planned, ...told } = await plan({ user_id_type: UserIdType.USERNAME, users: UNKNOWN });
  expect(headlinesOf(told)).toEqual([warning(`3 users are released, not deleted: ${ADA}, …`)]);
  expect(planned).toMatchObject({ users: UNKNOWN, removals: new Map() });
});

test("a new set is planned without look-ups while its id type is not known", async () => {
  directory.forget();
  const planned = await planNew({ ...set.state, user_id_type: UNKNOWN }, contextOver(directory));
  expect(headlinesOf(planned)).toEqual([]);
  expect(directory.calls).toEqual([]);
});

describe("suspend_days", () => {
  const limits = { protectedUsers: new Map(), acceptEmptyPool: false, minSuspendDays: 7 };

  test("that are not known at plan are refused", async () => {
    const refused = await plan({ suspend_days: UNKNOWN });
    expect(refused.diagnostics).toMatchObject([
      {
        severity: "error",
        summary: "suspend_days is not known at plan",
        path: [{ attribute: "suspend_days" }],
      },
    ]);
    expect(refused.privateData).toEqual(set.privateData);
  });

  test.each([
    { written: null, days: 0 },
    { written: 6, days: 6 },
  ])("of $written are refused where the operator wants 7", async ({ written, days }) => {
    const refused = await plan({ suspend_days: written }, contextOver(directory, {}, { limits }));
    expect(refused.diagnostics).toMatchObject([
      {
        severity: "error",
        summary: "suspend_days is below the pipeline's minimum",
        detail: expect.stringContaining(`at least 7 days before a user is deleted; suspend_days is ${days}.`),
      },
    ]);
  });

  test("of 7 are accepted where the operator wants 7", async () => {
    const planned = await plan({ suspend_days: 7 }, contextOver(directory, {}, { limits }));
    expect(headlinesOf(planned)).toEqual([]);
  });
});

describe("while the provider's configuration is not known", () => {
  const notConfigured = () => ({ ...contextOver(directory), pool: undefined });

  test("a refresh looks nobody up, says so, and leaves the set as it was", async () => {
    directory.forget();
    const { kept, seen } = await refresh(set, notConfigured());
    expect(kept).toEqual(set);
    expect(headlinesOf(seen)).toEqual([warning("The set was not refreshed")]);
    expect(directory.calls).toEqual([]);
  });

  test("a new set is planned without look-ups", async () => {
    directory.forget();
    const { planned } = await planNew(set.state, notConfigured());
    expect(planned).toMatchObject({ id: UNKNOWN, drift: UNKNOWN, removals: new Map() });
    expect(directory.calls).toEqual([]);
  });
});
