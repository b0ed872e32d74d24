import { describe, expect, test } from "@jest/globals";
import { fillModel, UNKNOWN } from "../../../src/plugin";
import { changeOf } from "../../../src/provider/user-set/change";
import { encodeMemory } from "../../../src/provider/user-set/memory-codec";
import { type UserSetModel, userSetSchema } from "../../../src/provider/user-set/schema";
import { type SetMemory, UserIdType } from "../../../src/users";
import { NO_MEMORY } from "../../../src/users/change/memory";

const type = UserIdType.EMAIL;

describe("the change that two states make", () => {
  const users = new Map([
    ["a@x", "Ada"],
    ["b@x", "Bob"],
  ]);
  const state = (changes: Partial<UserSetModel>) =>
    fillModel(userSetSchema, { id: "set", users, user_id_type: type, ...changes });

  function changeBetween(
    prior: Partial<UserSetModel>,
    planned: Partial<UserSetModel>,
    memory: Partial<SetMemory> = {},
  ) {
    const privateData = encodeMemory({ ...NO_MEMORY, ...memory }, users.keys(), type);
    return changeOf(state(prior), state(planned), privateData)?.change;
  }

  test("has an empty label for one that is not known", () => {
    const declared = new Map<string, string | typeof UNKNOWN>([
      ["a@x", UNKNOWN],
      ["c@x", "Carl"],
    ]);
    const change = changeBetween({}, { users: declared });
    expect(change?.declared).toEqual(
      new Map([
        ["a@x", ""],
        ["c@x", "Carl"],
      ]),
    );
    expect(change?.difference).toEqual({
      removed: new Map([["b@x", "Bob"]]),
      added: new Map([["c@x", "Carl"]]),
    });
  });

  test.each<[given: UserSetModel["user_id_type"], read: UserIdType]>([
    [type, type],
    [null, UserIdType.USER_ID],
    [UNKNOWN, UserIdType.USER_ID],
    ["nickname", UserIdType.USER_ID],
  ])("is of the set and the type of the state: %p", (given, read) => {
    expect(changeBetween({ user_id_type: given }, {})).toMatchObject({ name: "set", type: read });
  });

  test("has only what is known of retained ids, of dates and of limits", () => {
    const suspended = new Map<string, string | typeof UNKNOWN>([
      ["w@x", "2999-01-01T00:00:00Z"],
      ["v@x", UNKNOWN],
    ]);
    const planned: Partial<UserSetModel> = {
      retained_ids: ["a@x", UNKNOWN, null],
      max_deletions: UNKNOWN,
      max_deletions_percent: UNKNOWN,
    };
    expect(changeBetween({ suspended }, planned)).toMatchObject({
      retained: ["a@x"],
      lost: ["w@x"],
      waiting: [],
      guards: { maxDeletions: undefined, maxDeletionsPercent: undefined },
    });
    const limits: Partial<UserSetModel> = {
      retained_ids: UNKNOWN,
      max_deletions: 3,
      max_deletions_percent: 50,
    };
    const known = { retained: [], lost: [], guards: { maxDeletions: 3, maxDeletionsPercent: 50 } };
    expect(changeBetween({ suspended: UNKNOWN }, limits)).toMatchObject(known);
    expect(changeBetween({ suspended: null }, { ...limits, retained_ids: null })).toMatchObject(known);
  });

  test("knows who waits, for how many days, and of the days after", () => {
    const user = { label: "W", userId: "1", isOurs: true, isDue: false };
    const suspended = new Map([["w@x", "2999-01-01T00:00:00Z"]]);
    const waiting = new Map([["w@x", user]]);
    expect(changeBetween({ suspended, suspend_days: 3 }, { suspend_days: 5 }, { waiting })).toMatchObject({
      waiting: [{ ...user, id: "w@x", deleteFrom: "2999-01-01T00:00:00Z" }],
      lost: [],
      suspendDays: 5,
    });
  });

  test("knows the last drift, if there was one", () => {
    const drift = { missing: ["a@x", null], survivors: null, locked_out: ["b@x"] };
    expect(changeBetween({ drift }, {})).toMatchObject({ lastMissing: ["a@x"], lastLockedOut: ["b@x"] });
    for (const none of [null, UNKNOWN] as const) {
      const change = changeBetween({ drift: none }, {});
      expect(change).toMatchObject({ lastMissing: [], lastLockedOut: [] });
    }
    const open: UserSetModel["drift"] = { missing: UNKNOWN, survivors: UNKNOWN, locked_out: null };
    expect(changeBetween({ drift: open }, {})).toMatchObject({ lastMissing: [], lastLockedOut: [] });
  });

  test("adds everybody to a state whose users are null", () => {
    const change = changeBetween({ users: null }, {});
    expect(change?.difference).toEqual({ removed: new Map(), added: users });
  });

  test("is not known while the users are not", () => {
    expect(changeBetween({}, { users: UNKNOWN })).toBeUndefined();
  });
});
