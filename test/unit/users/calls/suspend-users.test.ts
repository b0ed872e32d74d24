import { expect, test } from "@jest/globals";
import { type DirectoryFailure, type DirectoryUser, UserIdType } from "../../../../src/users";
import { type CallOptions, CallRun, type DeletionRecord } from "../../../../src/users/calls/call-run";
import { type ChangeFindings, FirstChange } from "../../../../src/users/calls/first-change";
import {
  reactivateUsers,
  type ReactivationEnding,
  type SuspendedUser,
  type SuspensionEnding,
  type SuspensionOptions,
  suspendUsers,
} from "../../../../src/users/calls/suspend-users";
import { asPattern, inRuns } from "../support/endings";
import { LOST, REFUSED, UNSUCCESSFUL, WRONG_KEY } from "../../../support/users/failures";
import { type Fault, type ModelCall, ModelDirectory } from "../../../support/users/model-directory";
import { idOf, people, systemId } from "../../../support/users/people";

const ACTIVE = "Activated";
const SUSPENDED = "Suspended";

/** A pool of users who are all to be suspended for 14 days; pauses take no time. */
function poolOf(size: number) {
  const users = people(1, size);
  const directory = new ModelDirectory(users);
  const stop = new AbortController();
  const targets = users.map((user) => ({ id: idOf(user, UserIdType.EMAIL), label: "", userId: user.userId }));
  const call: { -readonly [name in keyof CallOptions]: CallOptions[name] } = {
    directory,
    type: UserIdType.EMAIL,
    maxAttempts: 3,
    confirmWithinMs: 1_000,
    sleep: () => Promise.resolve(),
    stop: stop.signal,
  };
  /** Reads of all fields: how they fail, and what happens after the one that checks the first change. */
  const reads = { failure: undefined as DirectoryFailure | undefined, count: 0, afterCheck: () => {} };
  const readFullUsers: SuspensionOptions["readFullUsers"] = async (userIds) => {
    if (reads.failure) return { ok: false, failure: reads.failure };
    const found = await directory.findUsers(userIds, UserIdType.USER_ID);
    if (++reads.count === 2) reads.afterCheck();
    return found.ok ? { ok: true, value: found.value.map((user) => ({ ...user })) } : found;
  };
  const suspend = async (more: Partial<SuspensionOptions> = {}, findings: ChangeFindings = {}) => {
    const first = new FirstChange(SUSPENDED, findings);
    return await suspendUsers(new CallRun(call), targets, { days: 14, first, readFullUsers, ...more });
  };
  const reactivate = async (waiting: readonly SuspendedUser[], findings: ChangeFindings = {}) =>
    await reactivateUsers(new CallRun(call), waiting, {
      first: new FirstChange(ACTIVE, findings),
      readFullUsers,
    });
  const statuses = () => users.map(({ userId }) => directory.get(userId)?.status);
  return { directory, call, reads, stop, suspend, reactivate, statuses };
}
type Pool = ReturnType<typeof poolOf>;

function said(ending: SuspensionEnding | ReactivationEnding): string {
  if (ending.kind === "waiting") return ending.user.isOurs ? "ours" : "not-ours";
  if (ending.kind === "kept") return `kept:${ending.reason.kind}`;
  if (ending.kind === "reactivated") return ending.harm === undefined ? "back" : `back[${ending.harm}]`;
  if (ending.kind === "released") return `released:${ending.status}`;
  return `no[${ending.reason}]${ending.failure ? "!" : ""}`;
}

/** How it ended: statuses; endings; sizes of the calls. */
function expectEnd(
  pool: Pool,
  endings: ReadonlyMap<unknown, SuspensionEnding | ReactivationEnding>,
  end: string,
) {
  const sizes = pool.directory.callsOf("setStatus").map(({ ids }) => ids.length);
  const ended = [pool.statuses(), [...endings.values()].map(said), sizes.sort((one, other) => one - other)];
  expect(ended.map(inRuns).join("; ")).toMatch(asPattern(end));
  expect(pool.directory.deleted).toEqual([]);
}

type Disturb = (pool: Pool) => void;
type Row = readonly [story: string, disturb: Disturb, end: string, size?: number];
const nothing: Disturb = () => undefined;
const shows =
  (what: Partial<ModelDirectory>): Disturb =>
  ({ directory }) =>
    void Object.assign(directory, what);
/** How changes of the status fail, and look-ups after the first of them that does. */
const fails =
  (fault: (ids: readonly string[], nth: number) => Fault | false, lookUps?: Fault): Disturb =>
  (pool) => {
    let hasFailed = false;
    pool.directory.fault = ({ method, ids }, nth) => {
      if (method !== "setStatus") return hasFailed ? lookUps : undefined;
      const its = fault(ids, nth) || undefined;
      hasFailed ||= its !== undefined;
      return its;
    };
  };
const first = (most: number, fault: Fault) => fails((_, nth) => nth <= most && fault);
const with33 = (failure: DirectoryFailure) => fails((ids) => ids.includes(systemId(33)) && { failure });
const sets =
  (status: string, who = 1): Disturb =>
  ({ directory }) =>
    directory.changeStatus(systemId(who), status);
const stops: Disturb = ({ stop }) => stop.abort();
const all =
  (...disturb: Disturb[]): Disturb =>
  (pool) =>
    disturb.forEach((each) => each(pool));
/** Happens at the n-th call of a method, counted from now. */
const at =
  (method: ModelCall["method"], nth: number, happen: Disturb): Disturb =>
  (pool) => {
    const { directory } = pool;
    const from = directory.callsOf(method).length;
    directory.onCall = (one) => {
      if (one.method === method && directory.callsOf(method).length === from + nth) happen(pool);
    };
  };
const protects =
  (from: number): Disturb =>
  ({ call, directory }) => {
    call.findProtectedId = ({ userId }) =>
      userId === systemId(2) && directory.callsOf("setStatus").length >= from
        ? { type: UserIdType.USER_ID, id: userId }
        : undefined;
  };
const afterCheck =
  (happen: Disturb): Disturb =>
  (pool) =>
    void (pool.reads.afterCheck = () => happen(pool));
const hides = shows({ showsSuspended: false });
/** Look-ups hide suspended users until the set-back. */
const hiddenUntil = (...happen: Disturb[]) =>
  all(hides, afterCheck(all(shows({ showsSuspended: true }), ...happen)));
const later: Disturb = ({ directory }) => directory.letPass(1);
const record =
  (noteSuspension: DeletionRecord["noteSuspension"]): Disturb =>
  ({ call }) => {
    call.record = { keep: refuse, noteDeletedInstead: refuse, noteSuspension };
  };
function refuse() {
  return Promise.resolve({ ok: false, failure: REFUSED } as const);
}
const lateTime: Disturb = ({ directory, reads }) => {
  directory.onCall = ({ method }) => {
    directory.statusChangedAt = method === "setStatus" || reads.count > 1 ? "shown" : "hidden";
  };
};
const shownLate: Disturb = ({ directory }) => {
  let looks = 0;
  directory.onCall = ({ method }) => {
    looks = method === "setStatus" ? 0 : looks + 1;
    directory.statusChangedAt = method === "setStatus" || looks > 2 ? "shown" : "hidden";
  };
};
/** Somebody changes status and phone once so many look-ups have followed the suspension. */
const changedAfter = (looks: number, status: string, wipes: "externalId"[] = []): Disturb =>
  all(shows({ wipes }), ({ directory }) => {
    let since = -Infinity;
    directory.onCall = ({ method }) => {
      if (method === "setStatus" && since === -Infinity) since = 0;
      if (method !== "findUsers" || ++since !== looks) return;
      directory.changeStatus(systemId(1), status);
      directory.put({ ...(directory.get(systemId(1)) as DirectoryUser), phone: "1" });
    };
  });
const REST = "no[Not suspended: the first suspension of this run did not leave]";
const failure = REFUSED;
const NONE = "Activated*3; ";
const ONE = "Suspended Activated*2; ";
const BUT_BOB = "Suspended Activated Suspended; ";
const ARCHIVED = "Suspended Archived Suspended; ";
const ALL_BUT_33 = "Suspended*32 Activated Suspended*17; ";
const BACK = `${NONE}no[set back to Activated] ${REST}*2; 1*2`;
const UNSEEN = "the new status could not be confirmed: ";
const unseen = shows({ fault: ({ method }) => (method === "findUsers" ? { failure } : undefined) });
const second = (fault: Fault, lookUps?: Fault) => fails((_, nth) => nth === 2 && fault, lookUps);
const lost = second({ failure: LOST });
const overSeven = fails(({ length }) => length > 7 && { failure });
const archivesBob = at("setStatus", 1, sets("Archived", 2));
const notFound = at("findUsers", 2, hides);
test.each<Row>([
  ["50 per call, the first alone", nothing, "Suspended*120; ours*120; 1 20 49 50", 120],
  ["not without a time", shows({ serviceTime: () => undefined }), "Activated*3; no[no Date header]*3; "],
  ["not without a status", shows({ showsStatus: false }), "Activated*3; no[not show the user's status]*3; "],
  ["not if nobody is shown", shows({ fault: () => ({ omit: true }) }), `${NONE}no[no longer shows]*3; `],
  ["not if the look-up fails", shows({ fault: () => ({ failure }) }), "Activated*3; no[refused]!*3; "],
  ["not after an interrupt", stops, "Activated*3; no[interrupted]*3; "],
  ["not if no record is read", ({ reads }) => (reads.failure = REFUSED), "Activated*3; no[refused]!*3; "],
  ["not if the deletion record fails", record(refuse), "Activated*3; no[refused]!*3; "],
  ["kept if protected by then", protects(0), "Suspended Activated Suspended; ours kept:protected ours; 1*2"],
  ["who is not active waits", sets("Archived"), "Archived Suspended*2; not-ours ours*2; 1*2"],
  [
    "wiped fields: set back, and nobody else",
    shows({ wipes: ["phone", "externalId"] }),
    `Activated*60; no[also changed other fields of the user: externalId, phone] ${REST}*59; 1*2`,
    60,
  ],
  ["the same if interrupted then", all(shows({ wipes: ["phone"] }), at("setStatus", 1, stops)), BACK],
  ["hidden: set back", hides, `Activated*3; no[no longer show] ${REST}*2; 1*2`],
  ["hidden until the set-back", hiddenUntil(later), BACK],
  [
    "hidden, and archived by somebody",
    hiddenUntil(sets("Archived")),
    `Archived Activated*2; no[to Archived meanwhile, so it was not set back] ${REST}*2; 1`,
  ],
  ["wiped, with a late time", all(shows({ wipes: ["phone"] }), lateTime), `${NONE}no[phone] ${REST}*2; 1*2`],
  ["one of 50 refused", with33(REFUSED), `${ALL_BUT_33}ours*32 no[refused]! ours*17; …`, 50],
  ["one of 50 fails", with33(UNSUCCESSFUL), `${ALL_BUT_33}ours*32 no[success: false]! ours*17; …`, 50],
  ["more than 7 refused: halved", overSeven, "Suspended*50; ours*50; …", 50],
  ["a silent partial update", second({ lie: true }), `${ONE}ours no[still Activated]*2; 1 2`],
  ["three refused: nobody else is tried", first(99, { failure }), "Activated*20; no[refused]!*20; 1*3", 20],
  ["a key that may not: one call", first(99, { failure: WRONG_KEY }), "Activated*3; no[key is wrong]!*3; 1"],
  ["two lost answers", first(2, { failure: LOST }), "Suspended*3; ours*3; 1*3 2"],
  ["two that took effect", first(2, { failure: LOST, after: true }), "Suspended*3; ours*3; 1 2"],
  ["an answer replaced once", first(1, { failure: UNSUCCESSFUL }), "Suspended*3; ours*3; 1*2 2"],
  ["each time: two calls", first(99, { failure: UNSUCCESSFUL }), "Activated; no[success: false]!; 1*2", 1],
  [
    "lost, and protected since",
    all(protects(2), lost),
    `${BUT_BOB}ours no[may have changed the status: ]! ours; 1*2 2`,
  ],
  [
    "lost, and changed since: not sent again",
    all(at("setStatus", 2, sets("Archived", 2)), lost),
    "Suspended Archived Suspended; ours no[to Archived meanwhile, so it was not changed again] ours; 1*2 2",
  ],
  ["somebody sets Archived meanwhile", archivesBob, `${ARCHIVED}ours not-ours ours; 1*2`],
  ["somebody suspends, too", at("setStatus", 1, sets(SUSPENDED, 2)), "Suspended*3; ours not-ours ours; 1*2"],
  [
    "no look-up succeeds after the call",
    at("setStatus", 2, unseen),
    `Suspended*3; ours no[answered success, but ${UNSEEN}]!*2; 1 2`,
  ],
  [
    "nor after a lost answer",
    second({ failure: LOST, after: true }, { failure }),
    `Suspended*3; ours no[may have changed the status, but ${UNSEEN}]!*2; 1 2`,
  ],
  [
    "somebody sets Archived right after the call",
    at("setStatus", 2, at("findUsers", 1, sets("Archived", 2))),
    "Suspended Archived Suspended; ours no[to Archived meanwhile, so it is not changed again] ours; 1 2",
  ],
  [
    "nobody is shown after the call",
    at("setStatus", 2, hides),
    "Suspended*3; ours no[answered success, but no longer shows the user]*2; 1 2",
  ],
  [
    "the next is the first",
    at("findUsers", 2, sets("Archived")),
    "Archived Suspended*2; not-ours ours*2; 1*2",
  ],
  ...[1, 2, 3, 4].map((looks): Row => [
    `somebody changes status and a field before look-up ${looks}: both stay`,
    changedAfter(looks, "Deactivated", looks > 2 ? ["externalId"] : []),
    `Deactivated …; no[Somebody else has changed the status to Deactivated] …; ${looks === 1 ? "…" : "1"}`,
  ]),
  ["old statuses are shown for a while", shows({ showsOldStatusFor: 2 }), "Suspended*3; ours*3; 1 2"],
  ["a time that is shown late is waited for", shownLate, "Suspended; ours; 1", 1],
  ["an interrupt after the first", at("setStatus", 1, stops), `${ONE}ours no[interrupted]*2; 1`],
])("%s", async (_, disturb, end, size = 3) => {
  const pool = poolOf(size);
  disturb(pool);
  expectEnd(pool, await pool.suspend(), end);
});

const user1 = people(1, 1)[0] as DirectoryUser;
const day = (date: number) => Date.UTC(2026, 0, date, 9);
const since = (date: number, status = SUSPENDED) => ({
  status,
  statusChangedAt: new Date(day(date)).toISOString(),
});
test.each<[string, Partial<DirectoryUser>, Partial<SuspensionOptions>, isOurs: boolean, deleteFrom: string]>([
  ["active", {}, {}, true, "2026-01-16"],
  ["changed later than GenAuth's clock says", since(9), {}, false, "2026-01-24"],
  ["changed long ago", since(-99), {}, false, "2026-01-16"],
  ["without a time", { status: SUSPENDED }, {}, false, "2026-01-16"],
])("who waits: %s", async (_, shown, options, isOurs, deleteFrom) => {
  const { directory, suspend } = poolOf(1);
  directory.put({ ...user1, ...shown });
  const [ending] = (await suspend(options)).values();
  const { userId, status, statusChangedAt } = directory.get(user1.userId) ?? user1;
  const waits = {
    userId,
    status,
    statusChangedAt,
    isOurs,
    deleteFrom: `${deleteFrom}T00:00:00Z`,
    isDue: false,
  };
  expect(ending).toEqual({ kind: "waiting", user: waits });
});

test("who is recorded right before the suspension, once, and with which status", async () => {
  const pool = poolOf(3);
  first(2, { failure: LOST })(pool);
  const noted: string[] = [];
  record((statuses) => {
    noted.push([...statuses].map(([{ id }, status]) => `${id} ${status}`).join());
    return Promise.resolve({ ok: true, value: undefined });
  })(pool);
  expectEnd(pool, await pool.suspend(), "Suspended*3; ours*3; 1*3 2");
  const [one, two, three] = [1, 2, 3].map((number) => `person${number}@example.com Activated`);
  expect(noted).toEqual([one, `${two},${three}`]);
});

/** All wait, a day later. */
async function suspendedPool(size: number) {
  const pool = poolOf(size);
  const endings = [...(await pool.suspend())];
  const waiting = endings.map(([target, one]) => ({ ...target, ...(one.kind === "waiting" && one.user) }));
  pool.directory.letPass(1);
  pool.directory.forget();
  return { pool, waiting };
}

test.each<Row>([
  ["50 per call, the first alone", nothing, "Activated*60; back*60; 1 10 49", 60],
  [
    "wiped fields: the first stays active",
    shows({ wipes: ["phone", "externalId"] }),
    "Activated Suspended*2; back[also changed other fields of the user: externalId, phone] no[the first reactivation]*2; 1",
  ],
  [
    "somebody has changed the status",
    sets("Archived"),
    "Archived Activated*2; released:Archived back*2; 1*2",
  ],
  ["no status is shown", shows({ showsStatus: false }), "Suspended*3; released:*3; "],
  ["not shown", hides, "Suspended*3; no[does not show the user's record]*3; "],
  ["not shown any more", notFound, "Suspended; no[no longer shows]; ", 1],
  [
    "a look-up fails",
    at("findUsers", 2, shows({ fault: () => ({ failure }) })),
    "Suspended; no[refused]!; ",
    1,
  ],
  ["refused", first(99, { failure }), "Suspended*3; no[refused]!*3; 1*3"],
  ["interrupted before", stops, "Suspended*3; no[interrupted]*3; "],
])("reactivation: %s", async (_, disturb, end, size = 3) => {
  const { pool, waiting } = await suspendedPool(size);
  disturb(pool);
  expectEnd(pool, await pool.reactivate(waiting), end);
});

test("a change that wipes fields stops changes to the other status, too", async () => {
  const { pool, waiting } = await suspendedPool(3);
  pool.directory.wipes = ["phone"];
  const findings: ChangeFindings = {};
  await pool.reactivate(waiting.slice(0, 1), findings);
  const afterReactivation = await pool.suspend({}, findings);
  expectEnd(
    pool,
    afterReactivation,
    "Activated Suspended*2; no[the first reactivation of this run] not-ours*2; 1",
  );
  pool.directory.put(user1);
  const others: ChangeFindings = {};
  await pool.suspend({}, others);
  const ended = await pool.reactivate(waiting.slice(1), others);
  expectEnd(pool, ended, "Activated Suspended*2; no[the first suspension of this run]*2; …");
});
