import { once } from "node:events";
import { describe, expect, jest, test } from "@jest/globals";
import {
  ArchivedByOthers,
  DeleteBy,
  deleteUsers,
  type DeletionRequest,
  type DeletionResult,
  type DirectoryUser,
  type Outcome,
  UserIdType,
} from "../../../src/users";
import { INTERRUPTED, LOST, OUTAGE, REFUSED, UNSUCCESSFUL, WRONG_KEY } from "../support/failures";
import { ModelDirectory } from "../support/model-directory";
import { idOf, people, person, systemId } from "../support/people";

const type = UserIdType.EMAIL;
const targetsOf = (users: readonly DirectoryUser[]): DeletionRequest["users"] =>
  users.map((user) => ({ id: idOf(user, type), label: user.name ?? "", userId: user.userId }));

/** A pool of `size` users and a deletion of all of them; pauses take no time. */
function setUp(size: number) {
  const users = people(1, size);
  const directory = new ModelDirectory([...users, person(999_999)]);
  const pauses: number[] = [];
  const sleep = (milliseconds: number): Promise<void> => {
    pauses.push(milliseconds);
    return Promise.resolve();
  };
  const run = (changes: Partial<DeletionRequest> = {}) =>
    deleteUsers({
      directory,
      type,
      users: targetsOf(users),
      maxAttempts: 4,
      confirmWithinMs: 1_000,
      sleep,
      ...changes,
    });
  return { users, ids: users.map((user) => idOf(user, type)), directory, pauses, run };
}

/** A record for which GenAuth shows nobody. */
const NOBODY_IS_RECORDED: DeletionRequest["record"] = {
  keep: () => Promise.resolve({ ok: true, value: new Map() }),
  noteDeletedInstead: () => Promise.resolve({ ok: true, value: undefined }),
};

describe("when all goes well", () => {
  test.each([
    [1, 1],
    [50, 1],
    [51, 2],
    [120, 3],
    [400, 8],
  ])("%i users cost %i deletions and as many read-backs", async (size, calls) => {
    const { directory, ids, run, pauses } = setUp(size);
    expect(await run()).toEqual({ gone: ids, survivors: [], kept: [] });
    expect(directory.all()).toEqual([person(999_999)]);
    expect(directory.callsOf("deleteUsers")).toHaveLength(calls);
    expect(directory.callsOf("findUsers")).toHaveLength(calls);
    expect(directory.calls).toHaveLength(2 * calls);
    expect(pauses).toEqual([]);
  });

  test("nobody to delete costs no call", async () => {
    const { directory, run } = setUp(1);
    expect(await run({ users: [] })).toEqual({ gone: [], survivors: [], kept: [] });
    expect(directory.calls).toEqual([]);
  });

  test("the ids are sent as the set writes them, with the type of the set; the read-back asks for the system ids", async () => {
    const { directory, ids, users, run } = setUp(2);
    await run();
    expect(directory.calls).toEqual([
      { method: "deleteUsers", ids, type },
      { method: "findUsers", ids: users.map(({ userId }) => userId), type: UserIdType.USER_ID },
    ]);
  });

  test("told to delete by user_id, the calls carry the system ids of those who were found, refused chunks too", async () => {
    const { directory, ids, users, run } = setUp(3);
    directory.onCall = ({ method }) => {
      if (method !== "deleteUsers") return;
      directory.put(person(1, { email: "former@example.com" }));
      directory.put(person(500, { email: "person1@example.com" }));
    };
    directory.poisoned.add(systemId(2));
    const { gone, survivors } = await run({ deleteBy: DeleteBy.USER_ID });
    expect(gone).toEqual([ids[0], ids[2]]);
    expect(survivors.map(({ id }) => id)).toEqual([ids[1]]);
    expect(new Set(directory.calls.map(({ type: of }) => of))).toEqual(new Set([UserIdType.USER_ID]));
    expect(directory.callsOf("deleteUsers")[0]?.ids).toEqual(users.map(({ userId }) => userId));
    expect([...directory.deleted].sort()).toEqual([systemId(1), systemId(3)]);
  });

  test("two ids of one user cost one deletion, and both are gone", async () => {
    const { directory, users, run } = setUp(1);
    const [{ userId } = person(1)] = users;
    const twice = [
      { id: "person1@example.com", label: "A", userId },
      { id: "PERSON1@example.com", label: "B", userId },
    ];
    expect(await run({ users: twice })).toEqual({ gone: twice.map(({ id }) => id), survivors: [], kept: [] });
    expect(directory.callsOf("deleteUsers").map(({ ids }) => ids)).toEqual([["person1@example.com"]]);
  });

  test("of very many, the first are read back while the last are not sent yet", async () => {
    const { directory, users, run } = setUp(20_000);
    const targets = users.map(({ userId }) => ({ id: userId, label: "", userId }));
    const { gone } = await run({ type: UserIdType.USER_ID, users: targets });
    expect(gone).toHaveLength(20_000);
    const methods = directory.calls.map(({ method }) => method);
    expect(methods.indexOf("findUsers")).toBe(2 * directory.parallelism);
    expect(methods.lastIndexOf("deleteUsers")).toBeGreaterThan(500);
  });

  test("progress is told at the beginning and after each chunk", async () => {
    const { run } = setUp(120);
    const progress: number[] = [];
    await run({ onProgress: ({ gone, survivors, total }) => progress.push(gone, survivors, total) });
    expect(progress.slice(0, 3)).toEqual([0, 0, 120]);
    expect(progress.slice(-3)).toEqual([120, 0, 120]);
    expect(progress).toHaveLength(12);
  });
});

describe("when GenAuth refuses", () => {
  test.each([1, 2, 17, 50, 51, 100])(
    "one bad user among %i survives alone, for at most 15 calls more",
    async (size) => {
      const { directory, ids, run } = setUp(size);
      const bad = Math.ceil(size / 3);
      directory.poisoned.add(systemId(bad));
      const { gone, survivors } = await run();
      const [id = ""] = ids.slice(bad - 1, bad);
      expect(gone).toEqual(ids.filter((other) => other !== id));
      expect(survivors).toEqual([{ id, label: `Person ${bad}`, reason: REFUSED.message, failure: REFUSED }]);
      expect(directory.calls.length - 2 * Math.ceil(size / 50)).toBeLessThanOrEqual(15);
    },
  );

  test("those who are gone already are dropped by one look-up, and the rest goes in one call", async () => {
    const { directory, ids, users, run } = setUp(50);
    directory.refusesUnknown = "deletions";
    for (const { userId } of users.slice(0, 3)) directory.remove(userId);
    expect(await run()).toEqual({ gone: ids, survivors: [], kept: [] });
    expect(directory.callsOf("deleteUsers").map((call) => call.ids.length)).toEqual([50, 47]);
    // After the refusal, and reading back; those whom GenAuth never said it deleted, twice.
    expect(directory.callsOf("findUsers").map((call) => call.ids.length)).toEqual([50, 50, 3]);
  });

  test("a server that refuses look-ups of unknown ids, too, is read back all the same", async () => {
    const { directory, ids, run } = setUp(20);
    directory.refusesUnknown = "all";
    expect(await run()).toEqual({ gone: ids, survivors: [], kept: [] });
  });

  test("all refused: all survive, none is called gone", async () => {
    const { directory, ids, users, run } = setUp(60);
    for (const { userId } of users) directory.poisoned.add(userId);
    const { gone, survivors } = await run();
    expect(gone).toEqual([]);
    expect(survivors.map(({ id }) => id)).toEqual(ids);
    expect(directory.deleted).toEqual([]);
  });

  test("success: false for one user among 50 holds up nobody else", async () => {
    const { directory, ids, run } = setUp(50);
    directory.fault = ({ method, ids: sent }) =>
      method === "deleteUsers" && sent.includes("person7@example.com")
        ? { failure: UNSUCCESSFUL }
        : undefined;
    const { gone, survivors } = await run();
    expect(gone).toEqual(ids.filter((id) => id !== "person7@example.com"));
    expect(survivors).toEqual([
      { id: "person7@example.com", label: "Person 7", reason: UNSUCCESSFUL.message, failure: UNSUCCESSFUL },
    ]);
  });
});

describe("when an answer is lost", () => {
  test("after the deed, nobody is sent again", async () => {
    const { directory, ids, run } = setUp(50);
    directory.fault = ({ method }) => (method === "deleteUsers" ? { failure: LOST, after: true } : undefined);
    expect(await run()).toEqual({ gone: ids, survivors: [], kept: [] });
    expect(directory.callsOf("deleteUsers")).toHaveLength(1);
  });

  test("before the deed, the users are looked up and sent again", async () => {
    const { directory, ids, run, pauses } = setUp(50);
    directory.fault = ({ method }, nth) =>
      method === "deleteUsers" && nth < 3 ? { failure: LOST } : undefined;
    expect(await run()).toEqual({ gone: ids, survivors: [], kept: [] });
    expect(directory.calls.map(({ method }) => method)).toEqual([
      "deleteUsers",
      "findUsers",
      "deleteUsers",
      "findUsers",
      "deleteUsers",
      "findUsers",
    ]);
    expect(pauses).toEqual([250, 500]);
  });

  test("each time, they are sent as often as allowed and survive", async () => {
    const { directory, ids, run } = setUp(3);
    directory.fault = ({ method }) => (method === "deleteUsers" ? { failure: LOST } : undefined);
    const { gone, survivors } = await run({ maxAttempts: 3 });
    expect(gone).toEqual([]);
    expect(survivors.map(({ id, failure }) => [id, failure])).toEqual(ids.map((id) => [id, LOST]));
    expect(directory.callsOf("deleteUsers")).toHaveLength(3);
  });

  test("and the look-up after it fails, nobody is sent again and all survive", async () => {
    const { directory, run } = setUp(3);
    directory.fault = ({ method }) => ({ failure: method === "deleteUsers" ? LOST : OUTAGE });
    const { gone, survivors } = await run();
    expect(gone).toEqual([]);
    expect(survivors).toHaveLength(3);
    expect(survivors[0]?.reason).toContain(OUTAGE.message);
    expect(directory.callsOf("deleteUsers")).toHaveLength(1);
  });

  test("an id that came to name somebody else meanwhile is not sent again", async () => {
    const { directory, run } = setUp(2);
    directory.fault = ({ method }, nth) => {
      if (method !== "deleteUsers" || nth > 1) return undefined;
      directory.put(person(1, { email: "former@example.com" }));
      directory.put(person(500, { email: "person1@example.com" }));
      return { failure: LOST };
    };
    const { gone, survivors } = await run();
    expect(gone).toEqual(["person2@example.com"]);
    expect(survivors).toEqual([
      expect.objectContaining({
        id: "person1@example.com",
        reason: expect.stringContaining("passed to another user"),
      }),
    ]);
    expect(directory.deleted).toEqual([systemId(2)]);
  });

  test("an id that names nobody any more does not make its user gone", async () => {
    const { directory, run } = setUp(1);
    directory.fault = ({ method }) => {
      if (method !== "deleteUsers") return undefined;
      directory.put(person(1, { email: "new@example.com" }));
      return { failure: LOST };
    };
    const { gone, survivors } = await run();
    expect(gone).toEqual([]);
    expect(survivors[0]?.reason).toContain("under another id");
    expect(directory.has(systemId(1))).toBe(true);
  });
});

describe("reading back", () => {
  test("waits until deleted users do not show any more", async () => {
    const { directory, ids, run, pauses } = setUp(60);
    directory.showsDeletedFor = 2;
    expect(await run()).toEqual({ gone: ids, survivors: [], kept: [] });
    expect(pauses).toEqual([250, 250, 500, 500]);
  });

  test("gives up when time is up, and says that GenAuth lied", async () => {
    const { directory, ids, run, pauses } = setUp(2);
    directory.fault = ({ method }) => (method === "deleteUsers" ? { lie: true } : undefined);
    const { gone, survivors } = await run({ confirmWithinMs: 1_000 });
    expect(gone).toEqual([]);
    expect(survivors).toEqual(
      ids.map((id, index) => ({
        id,
        label: `Person ${index + 1}`,
        reason: "GenAuth answered success, but the user is still in the pool.",
      })),
    );
    expect(pauses).toEqual([250, 500, 250]);
  });

  test("one look-up that leaves out a user whom GenAuth refused to delete does not make them gone", async () => {
    const { directory, ids, run } = setUp(3);
    directory.fault = ({ method }, nth) =>
      method === "deleteUsers" ? { failure: REFUSED } : nth === 2 ? { omit: true } : undefined;
    const { gone, survivors } = await run();
    expect(directory.callsOf("findUsers")[1]?.type).toBe(UserIdType.USER_ID);
    expect(gone).toEqual([]);
    expect(survivors.map(({ id }) => id)).toEqual(ids);
  });

  test.each([
    ["GenAuth refused to delete", { failure: REFUSED }, {}],
    ["the record did not show", undefined, { record: NOBODY_IS_RECORDED }],
    ["an answer was lost for", { failure: LOST }, { maxAttempts: 1 }],
  ])(
    "look-ups that leave out for a while whom %s do not make them gone",
    async (_whom, fault, changes: Partial<DeletionRequest>) => {
      const { directory, ids, run } = setUp(3);
      let now = 0;
      const sleep = (milliseconds: number): Promise<void> => {
        now += milliseconds;
        return Promise.resolve();
      };
      directory.fault = ({ method, type: of }) => {
        if (method === "deleteUsers") return fault;
        return of === UserIdType.USER_ID && now < 200 ? { omit: true } : undefined;
      };
      const { gone, survivors } = await run({ confirmWithinMs: 1_000, sleep, ...changes });
      expect(gone).toEqual([]);
      expect(survivors.map(({ id }) => id)).toEqual(ids);
    },
  );

  test.each([
    ["an interrupt", { failure: LOST }, "interrupted"],
    ["a failure of every call", { failure: LOST }, WRONG_KEY.message],
  ])("%s between the two looks leaves whoever does not show unconfirmed", async (what, fault, reason) => {
    const { directory, ids, run } = setUp(2);
    const stop = new AbortController();
    directory.fault = ({ method }, nth) => {
      if (method === "deleteUsers") return fault;
      return nth === 1 ? { omit: true } : { failure: WRONG_KEY };
    };
    const sleep = (): Promise<void> => {
      if (what === "an interrupt") stop.abort();
      return Promise.resolve();
    };
    const { gone, survivors } = await run({ stop: stop.signal, sleep, maxAttempts: 1 });
    expect(gone).toEqual([]);
    expect(survivors.map(({ id }) => id)).toEqual(ids);
    expect(survivors[0]?.reason).toContain(reason);
    expect(directory.callsOf("findUsers")).toHaveLength(what === "an interrupt" ? 1 : 2);
  });

  test("never takes an outage for gone", async () => {
    const { directory, run } = setUp(2);
    directory.fault = ({ method }) => (method === "findUsers" ? { failure: OUTAGE } : undefined);
    const { gone, survivors } = await run();
    expect(gone).toEqual([]);
    expect(survivors.map(({ failure }) => failure)).toEqual([OUTAGE, OUTAGE]);
    expect(survivors[0]?.reason).toContain("could not be confirmed");
  });

  test("goes on after a passing outage", async () => {
    const { directory, ids, run } = setUp(2);
    directory.fault = ({ method }, nth) =>
      method === "findUsers" && nth === 1 ? { failure: OUTAGE } : undefined;
    expect(await run()).toEqual({ gone: ids, survivors: [], kept: [] });
  });
});

describe("when nothing more may be sent", () => {
  test("a failure of every call stops at once, and who is not confirmed gone survives with it", async () => {
    const { directory, ids, run } = setUp(1_000);
    directory.fault = ({ method }, nth) =>
      method === "deleteUsers" && nth === 3 ? { failure: WRONG_KEY } : undefined;
    const { gone, survivors } = await run();
    expect([...gone, ...survivors.map(({ id }) => id)].sort()).toEqual([...ids].sort());
    expect(survivors).not.toEqual([]);
    expect(survivors.every(({ reason }) => reason.includes(WRONG_KEY.message))).toBe(true);
    expect(directory.callsOf("deleteUsers").length).toBeLessThan(20);
    for (const id of gone) expect(directory.named(id, type)).toEqual([]);
  });

  test("an interrupt finishes what is in flight, reads it back once and starts nothing new", async () => {
    const { directory, ids, run, pauses } = setUp(1_000);
    const stop = new AbortController();
    directory.onCall = () => {
      if (directory.callsOf("deleteUsers").length === 4) stop.abort();
    };
    const { gone, survivors } = await run({ stop: stop.signal });
    const sent = directory.callsOf("deleteUsers");
    expect(sent.length).toBeLessThan(20);
    expect(gone).toEqual(sent.flatMap((call) => call.ids));
    const readBacks = directory.callsOf("findUsers").filter((call) => call.type === UserIdType.USER_ID);
    expect(readBacks).toHaveLength(sent.length);
    expect(survivors).toHaveLength(ids.length - gone.length);
    expect(new Set(survivors.map(({ reason }) => reason))).toEqual(new Set(["Not attempted: interrupted."]));
    expect(pauses).toEqual([]);
  });

  test("after an interrupt, a server that does not answer is waited for no longer than 15 s", async () => {
    jest.useFakeTimers();
    try {
      const { directory, ids, run } = setUp(1_000);
      const stop = new AbortController();
      const plain = directory.findUsers.bind(directory);
      directory.findUsers = async (sent, of, signal) => {
        if (of === type) return plain(sent, of, signal);
        stop.abort();
        if (signal?.aborted === false) await once(signal, "abort");
        return { ok: false, failure: INTERRUPTED };
      };
      let result: DeletionResult | undefined;
      void run({ stop: stop.signal }).then((ended) => (result = ended));
      await jest.advanceTimersByTimeAsync(14_999);
      expect(result).toBeUndefined();
      await jest.advanceTimersByTimeAsync(1);
      expect(result?.gone).toEqual([]);
      expect(result?.survivors.map(({ id }) => id)).toEqual(ids);
      expect(result?.survivors[0]?.reason).toContain("could not be confirmed: Interrupted");
    } finally {
      jest.useRealTimers();
    }
  });

  test("who was sent once, with the answer lost, is read back even if an interrupt keeps the second time from being sent", async () => {
    const { directory, ids, run } = setUp(2);
    const stop = new AbortController();
    directory.fault = ({ method }) => (method === "deleteUsers" ? { failure: LOST } : undefined);
    directory.onCall = ({ method }) => {
      if (method === "findUsers") stop.abort();
    };
    const { gone, survivors } = await run({ stop: stop.signal });
    expect(gone).toEqual([]);
    expect(survivors.map(({ id, failure }) => [id, failure])).toEqual(ids.map((id) => [id, LOST]));
    expect(directory.calls.map(({ method, type: of }) => [method, of])).toEqual([
      ["deleteUsers", type],
      ["findUsers", type],
      ["findUsers", UserIdType.USER_ID],
    ]);
  });

  test("interrupted before it begins, it sends nothing at all", async () => {
    const { directory, ids, run } = setUp(60);
    const { gone, survivors } = await run({ stop: AbortSignal.abort() });
    expect(gone).toEqual([]);
    expect(survivors.map(({ id }) => id)).toEqual(ids);
    expect(directory.calls).toEqual([]);
  });

  test("an outage that the directory could not outlast leaves the users in place, without a read-back", async () => {
    const { directory, ids, run } = setUp(60);
    directory.fault = ({ method }) => (method === "deleteUsers" ? { failure: OUTAGE } : undefined);
    const { gone, survivors } = await run();
    expect(gone).toEqual([]);
    expect(survivors.map(({ id, failure }) => [id, failure])).toEqual(ids.map((id) => [id, OUTAGE]));
    expect(directory.callsOf("findUsers")).toEqual([]);
  });
});

describe("an id that passes to somebody else while its chunk waits", () => {
  /** Moves the e-mail of a person to another one, who may be new. */
  const passOn = (directory: ModelDirectory, from: number, to: number): void => {
    directory.put(person(from, { email: `former${from}@example.com` }));
    directory.put(person(to, { email: `person${from}@example.com` }));
  };
  /** Does something when the first call that deletes arrives, which is after the look-ups of the apply. */
  const atFirstDeletion = (directory: ModelDirectory, change: () => void): void => {
    directory.onCall = ({ method }) => {
      if (method === "deleteUsers" && directory.callsOf("deleteUsers").length === 1) change();
    };
  };
  const LAST = 1_000;
  const last = `person${LAST}@example.com`;

  test.each([
    [400, 0],
    [401, 9],
    [1_000, 20],
  ])("of %i users, %i chunks are looked up once more", async (size, again) => {
    const { directory, ids, run } = setUp(size);
    expect(await run()).toEqual({ gone: ids, survivors: [], kept: [] });
    const chunks = Math.ceil(size / 50);
    expect(directory.callsOf("deleteUsers")).toHaveLength(chunks);
    expect(directory.callsOf("findUsers").filter((call) => call.type === type)).toHaveLength(again);
    expect(directory.calls).toHaveLength(2 * chunks + again);
  });

  test("by user_id, no chunk is", async () => {
    const { directory, run } = setUp(1_000);
    await run({ deleteBy: DeleteBy.USER_ID });
    expect(directory.calls).toHaveLength(40);
  });

  test("names them no more when the call is due: nobody is deleted for it, and the user is kept", async () => {
    const { directory, ids, run } = setUp(LAST);
    atFirstDeletion(directory, () => passOn(directory, LAST, 5_000));
    const { gone, survivors, kept } = await run();
    expect(gone).toEqual(ids.slice(0, -1));
    expect(survivors).toEqual([]);
    expect(kept).toEqual([
      {
        id: last,
        label: `Person ${LAST}`,
        reason: { kind: "rebound", boundTo: systemId(LAST), user: person(5_000, { email: last }) },
      },
    ]);
    expect(directory.deleted).not.toContain(systemId(LAST));
    expect(directory.deleted).not.toContain(systemId(5_000));
  });

  test("and names both of them is kept", async () => {
    const { directory, run } = setUp(LAST);
    atFirstDeletion(directory, () => directory.put(person(5_000, { email: last })));
    const { kept } = await run();
    expect(kept).toEqual([expect.objectContaining({ id: last, reason: expect.objectContaining({ kind: "several" }) })]); // prettier-ignore
    expect(directory.has(systemId(LAST)) && directory.has(systemId(5_000))).toBe(true);
  });

  test.each([
    ["whose user has another one is kept", { kept: [last], gone: false }],
    ["whose user is gone is gone", { kept: [], gone: true }],
  ])("and names nobody, %s", async (_, expected) => {
    const { directory, run } = setUp(LAST);
    atFirstDeletion(directory, () => {
      if (expected.gone) directory.remove(systemId(LAST));
      else directory.put(person(LAST, { email: "new@example.com" }));
    });
    const { gone, survivors, kept } = await run();
    expect(kept.map(({ id }) => id)).toEqual(expected.kept);
    expect(kept.map(({ reason }) => reason.kind)).toEqual(expected.kept.map(() => "moved"));
    expect(gone.includes(last)).toBe(expected.gone);
    expect(survivors).toEqual([]);
  });

  test("whom a look-up that lags leaves out is not forgotten", async () => {
    const { directory, run } = setUp(LAST);
    directory.fault = ({ method, type: of, ids }) =>
      method !== "deleteUsers" && of === type && ids.includes(last) ? { omit: true } : undefined;
    const { survivors, kept } = await run();
    expect(kept).toEqual([]);
    expect(survivors.map(({ id }) => id)).toContain(last);
    expect(survivors[0]?.reason).toContain("found no user with the id");
  });

  test("is not sent where the look-up before the call fails", async () => {
    const { directory, run } = setUp(LAST);
    directory.fault = ({ method, type: of }) =>
      method === "findUsers" && of === type ? { failure: OUTAGE } : undefined;
    const { gone, survivors } = await run();
    expect(gone).toEqual([]);
    expect(survivors).toHaveLength(LAST);
    expect(survivors[0]?.reason).toContain("look-up right before the call failed");
    expect(directory.callsOf("deleteUsers")).toEqual([]);
  });

  test("is seen by the deletion record, whose reading takes the place of the look-up", async () => {
    const { directory, run } = setUp(LAST);
    const record: DeletionRequest["record"] = {
      keep: async (targets, _type, stop) => {
        const read = await directory.findUsers(
          targets.map(({ userId }) => userId),
          UserIdType.USER_ID,
          stop,
        );
        return read.ok ? { ok: true, value: new Map(read.value.map((user) => [user.userId, user])) } : read;
      },
      noteDeletedInstead: () => Promise.resolve({ ok: true, value: undefined }),
    };
    passOn(directory, 7, 5_000);
    const { gone, kept } = await run({ record });
    expect(gone).toHaveLength(LAST - 1);
    expect(kept.map(({ id, reason }) => [id, reason.kind])).toEqual([["person7@example.com", "moved"]]);
    expect(directory.callsOf("findUsers").filter((call) => call.type === type)).toEqual([]);
    // Records, deletions and read-backs.
    expect(directory.calls).toHaveLength(3 * 20);
  });
});

describe("where GenAuth answered success, and the id had passed to somebody else before it did,", () => {
  const OTHER = 5_000;
  const INSTEAD =
    /^Somebody else was deleted: GenAuth answered success to the call of \d{4}-\d\d-\d\dT[\d:.]+Z/;

  function passAtCall(archivedToo: readonly string[] = []) {
    const setup = setUp(3);
    const { directory } = setup;
    directory.onCall = ({ method }) => {
      if (method !== "deleteUsers") return;
      directory.put(person(1, { email: undefined }));
      directory.put(person(OTHER, { email: "person1@example.com" }));
    };
    const asked: number[] = [];
    const archive = new ArchivedByOthers({
      archivedSince: (since) => {
        asked.push(since);
        return Promise.resolve({ ok: true, value: [...directory.deleted, ...archivedToo] });
      },
    });
    return { ...setup, archive, asked };
  }

  test("says that somebody else was deleted, when, and who it most likely was, less this run's own deletions", async () => {
    const { ids, archive, asked, directory, run } = passAtCall();
    const notes: unknown[] = [];
    const record: DeletionRequest["record"] = {
      keep: (targets) =>
        Promise.resolve({
          ok: true,
          value: new Map(targets.map(({ userId }) => [userId, directory.get(userId) ?? person(0)])),
        }),
      noteDeletedInstead: (target, of, instead) => {
        notes.push([target.id, of, instead]);
        return Promise.resolve({ ok: true, value: undefined });
      },
    };
    const before = Math.floor(Date.now() / 1000);
    const { gone, survivors } = await run({ archive, record });
    expect(directory.deleted).toContain(systemId(OTHER));
    expect(gone).toEqual(ids.slice(1));
    expect(survivors.map(({ id }) => id)).toEqual(ids.slice(0, 1));
    const { reason, deletedInstead } = survivors[0] ?? {
      reason: "nobody survived",
      deletedInstead: undefined,
    };
    expect(reason).toMatch(INSTEAD);
    expect(reason).toContain(`most likely the one deleted: ${systemId(OTHER)}.`);
    expect(deletedInstead).toEqual({ calledAt: expect.any(String), candidates: [systemId(OTHER)] });
    expect(notes).toEqual([[ids[0], type, deletedInstead]]);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toBeGreaterThanOrEqual(before);
  });

  test.each([
    ["several are listed", [systemId(7_000)], `2 users besides those of this run, possibly including the one deleted: ${systemId(OTHER)}, ${systemId(7_000)}.`], // prettier-ignore
    ["none is", undefined, "no other user than those of this run"],
  ])("and says so where %s", async (_, archivedToo, words) => {
    const { archive, run } = passAtCall(archivedToo ?? []);
    if (!archivedToo) archive.addOwnDeletions([{ userId: systemId(OTHER) }]);
    expect((await run({ archive })).survivors[0]?.reason).toContain(words);
  });

  test.each<[string, Outcome<undefined>, string]>([
    ["cannot be read", { ok: false, failure: OUTAGE }, OUTAGE.message],
    ["is too long", { ok: true, value: undefined }, "too many users"],
  ])("and says so where the record of archived users %s", async (_, outcome, words) => {
    const { run } = passAtCall();
    const archive = new ArchivedByOthers({ archivedSince: () => Promise.resolve(outcome) });
    expect((await run({ archive })).survivors[0]?.reason).toContain(words);
  });

  test("where the answer was lost, it may have been so", async () => {
    const { directory, archive, run } = passAtCall();
    directory.fault = ({ method }) => (method === "deleteUsers" ? { failure: LOST, after: true } : undefined);
    const { survivors } = await run({ archive });
    expect(survivors[0]?.reason).toMatch(/^Somebody else may have been deleted/);
  });

  test("a lie is not taken for it, and costs no call", async () => {
    const { directory, run } = setUp(3);
    directory.fault = ({ method }) => (method === "deleteUsers" ? { lie: true } : undefined);
    const { survivors } = await run({ confirmWithinMs: 0 });
    expect(survivors.map(({ deletedInstead }) => deletedInstead)).toEqual([undefined, undefined, undefined]);
    expect(directory.calls).toHaveLength(2);
  });

  test("told to delete by user_id, nobody else is", async () => {
    const { directory, ids, run } = passAtCall();
    expect((await run({ deleteBy: DeleteBy.USER_ID })).gone).toEqual(ids);
    expect(directory.has(systemId(OTHER))).toBe(true);
  });
});

test("100,000 users cost 4,000 calls", async () => {
  const users = Array.from({ length: 100_000 }, (_, number) => ({
    userId: systemId(number),
    identities: [],
  }));
  const directory = new ModelDirectory(users);
  const { gone, survivors } = await setUp(0).run({
    directory,
    type: UserIdType.USER_ID,
    users: users.map(({ userId }) => ({ id: userId, label: "", userId })),
  });
  expect([gone.length, survivors.length]).toEqual([100_000, 0]);
  expect(directory.calls).toHaveLength(4_000);
});
