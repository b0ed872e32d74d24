import { expect, test } from "@jest/globals";
import { DeleteBy, type DirectoryFailure, UserIdType } from "../../../../src/users";
import type { DeletionEnding } from "../../../../src/users/calls/deletion-call";
import { deleteUsers, type DeletionRequest } from "../../../../src/users/calls/delete-users";
import { DECLARED_TYPE, recordOf, SILENT_RECORD } from "../support/deletion";
import { asPattern, inRuns } from "../support/endings";
import { LOST, OUTAGE, REFUSED, UNSUCCESSFUL, WRONG_KEY } from "../../../support/users/failures";
import { type Fault, type ModelCall, ModelDirectory } from "../../../support/users/model-directory";
import { idOf, people, person, systemId } from "../../../support/users/people";

/** A pool of users, all but one of whom are to be deleted; pauses take no time, but for `clock`. */
function poolOf(size: number) {
  const users = people(1, size);
  const directory = new ModelDirectory([...users, person(999_999)]);
  const clock = { pauses: [] as number[], now: 0, onPause: (): void => undefined };
  const stop = new AbortController();
  const request: { -readonly [name in keyof DeletionRequest]: DeletionRequest[name] } = {
    directory,
    type: DECLARED_TYPE,
    users: users.map((user) => ({ id: idOf(user, DECLARED_TYPE), label: "", userId: user.userId })),
    maxAttempts: 4,
    confirmWithinMs: 1_000,
    sleep: (milliseconds) => {
      clock.pauses.push(milliseconds);
      clock.now += milliseconds;
      clock.onPause();
      return Promise.resolve();
    },
    stop: stop.signal,
  };
  return { size, directory, clock, stop, request };
}
type Pool = ReturnType<typeof poolOf>;

function said(ending: DeletionEnding): string {
  if (ending.kind === "gone") return "gone";
  if (ending.kind === "kept") return `kept:${ending.reason.kind}`;
  return `no[${ending.reason}]${ending.failure ? "!" : ""}`;
}

type Disturb = (pool: Pool) => void;
type Row = readonly [story: string, size: number, disturb: Disturb, end: string];
const nothing: Disturb = () => undefined;
const all =
  (...disturb: readonly Disturb[]): Disturb =>
  (pool) =>
    disturb.forEach((each) => each(pool));
const shows =
  (what: Partial<ModelDirectory>): Disturb =>
  ({ directory }) =>
    void Object.assign(directory, what);
const asks =
  (changes: Partial<DeletionRequest>): Disturb =>
  ({ request }) =>
    void Object.assign(request, changes);
type Faults = (call: ModelCall, nth: number, pool: Pool) => Fault | false;
/** How deletions fail, and look-ups. */
const fails =
  (deletions: Faults, lookUps: Faults = () => undefined): Disturb =>
  (pool) => {
    pool.directory.fault = (call, nth) =>
      (call.method === "deleteUsers" ? deletions : lookUps)(call, nth, pool) || undefined;
  };
const always =
  (fault: Fault): Faults =>
  () =>
    fault;
const first =
  (most: number, fault: Fault): Faults =>
  (_, nth) =>
    nth <= most && fault;
const failing = (failure: DirectoryFailure) => always({ failure });
const lost = failing(LOST);
const with7 =
  (failure: DirectoryFailure): Faults =>
  ({ ids }) =>
    ids.includes("person7@example.com") && { failure };
/** Look-ups by system user id omit everybody for 200 ms. */
const lagging: Faults = ({ type }, _, { clock }) =>
  type === UserIdType.USER_ID && clock.now < 200 && { omit: true };
/** Happens when the first deletion arrives. */
const atDeletion =
  (happen: Disturb): Disturb =>
  (pool) => {
    pool.directory.onCall = ({ method }) => {
      if (method === "deleteUsers" && pool.directory.callsOf("deleteUsers").length === 1) happen(pool);
    };
  };
/** The last user gets other fields. */
const becomes =
  (changes: Parameters<typeof person>[1]): Disturb =>
  ({ directory, size }) =>
    directory.put(person(size, changes));
/** The e-mail of the last user becomes also that of somebody else. */
const shares: Disturb = ({ directory, size }) =>
  directory.put(person(5_000, { email: `person${size}@example.com` }));
const passesOn = all(becomes({ email: "former@example.com" }), shares);
const removes =
  (...numbers: readonly number[]): Disturb =>
  ({ directory, size }) =>
    (numbers.length > 0 ? numbers : [size]).forEach((number) => directory.remove(systemId(number)));
const protectsAdmin = asks({
  findProtectedId: ({ username }) =>
    username === "admin" ? { type: UserIdType.USERNAME, id: "admin" } : undefined,
});
/** The look-up of the last user right before the call. */
const lastLookUp: Faults = ({ type, ids }) =>
  type === DECLARED_TYPE && ids.includes("person1000@example.com") && { omit: true };
const stops: Disturb = ({ stop }) => stop.abort();
const stopsAtLookUp: Disturb = ({ directory, stop }) => {
  directory.onCall = ({ method }) => {
    if (method === "findUsers") stop.abort();
  };
};
const stopsAtPause: Disturb = ({ clock, stop }) => void (clock.onPause = () => stop.abort());
/** A deletion record for which GenAuth returns no users. */
const recordsNobody = asks({
  record: { ...SILENT_RECORD, keep: () => Promise.resolve({ ok: true, value: new Map() }) },
});
const byUserId = asks({ deleteBy: DeleteBy.USER_ID });
/** Look-ups by the declared id fail. */
const noLookUp: Faults = ({ type }) => type === DECLARED_TYPE && { failure: OUTAGE };
const recordFails = asks({
  record: { ...SILENT_RECORD, keep: () => Promise.resolve({ ok: false, failure: OUTAGE }) },
});
const once = asks({ maxAttempts: 1 });
const omittedOnce =
  (then?: Fault): Faults =>
  (_, nth) =>
    nth === 1 ? { omit: true } : then;

const omittedTwice: Faults = (_, nth) => nth === 2 && { omit: true };
const readBack = (fault: Faults) => fails(() => undefined, fault);
const lostOnce = fails(first(1, { failure: LOST }));
const changesId = atDeletion(becomes({ email: "new@x" }));
const becomesAdmin = atDeletion(becomes({ username: "admin" }));
const threeGone = all(removes(1, 2, 3), shows({ refusesUnknown: "changes" }));

const SUSPENDED = { status: "Suspended", statusChangedAt: "2026-01-01T00:00:00.000Z" };
const DUE = { ...SUSPENDED, deleteFrom: "2026-01-01T00:00:00Z" };
/** Users, the last ones by default all, who are deleted only while they stay suspended. */
const mustStaySuspended =
  (most = Infinity): Disturb =>
  (pool) => {
    const { directory, request, size } = pool;
    request.users = request.users.map((user, index) => (index < size - most ? user : { ...user, due: DUE }));
    for (const user of people(1, size)) directory.put({ ...user, ...SUSPENDED });
  };
const activates: Disturb = ({ directory, size }) => directory.changeStatus(systemId(size), "Activated");
const recordsAll: Disturb = (pool) => void (pool.request.record = recordOf(pool.directory));
const otherId = { ...SUSPENDED, email: "new@example.com", username: "new" };
const refusedOnce = fails(first(1, { failure: REFUSED }));

const ONE_CHANGED = "gone*2 kept:status_changed; 2; …";
/** Deletions of users who wait, and must still have a status. */
const ofSuspended: readonly Row[] = [
  ["8 chunks", 400, nothing, "gone*400; 50*8; 50*16; "],
  ["9 chunks", 450, nothing, "gone*450; 50*9; 50*18; "],
  ["another status", 3, activates, ONE_CHANGED],
  ["another time", 3, becomes({ ...SUSPENDED, statusChangedAt: "2026-01-02T00:00:00.000Z" }), ONE_CHANGED],
  ["no time any more", 3, becomes({ status: "Suspended" }), ONE_CHANGED],
  ["another id", 3, becomes(otherId), "gone*2 kept:moved; 2; …"],
  ["recorded by the same look-up", 3, all(recordsAll, activates), "gone*2 kept:status_changed; 2; 2 3; "],
  ["no look-up before", 3, readBack(first(1, { failure: OUTAGE })), "no[the call failed]!*3; ; …"],
  ["refused, and another id", 4, all(atDeletion(becomes(otherId)), refusedOnce), "gone*3 kept:moved; …"],
  ["lost, and another status", 4, all(atDeletion(activates), lostOnce), "gone*3 kept:status_changed; …"],
  ["refused, and that", 4, all(atDeletion(activates), refusedOnce), "gone*3 kept:status_changed; …"],
];

/** The ending of each user; the sizes of the deletions, and those of the look-ups; the pauses. */
test.each<Row>([
  ["one user", 1, nothing, "gone; 1; 1; "],
  ["51 users", 51, nothing, "gone*51; 1 50; 1 50; "],
  ["400 users", 400, nothing, "gone*400; 50*8; 50*8; "],
  ["three are gone already", 50, threeGone, "gone*50; 47 50; 3 50*2; …"],
  ["unknown ids are refused", 20, shows({ refusesUnknown: "all" }), "gone*20; …"],
  ["all are refused", 60, fails(failing(REFUSED)), "no[refused]!*60; …"],
  ["one of 50 is not successful", 50, fails(with7(UNSUCCESSFUL)), "gone*6 no[success: false]! gone*43; …"],
  [
    "a false success",
    2,
    fails(always({ lie: true })),
    "no[answered success, but the user is still in the pool]*2; 2; …; 250 500 250",
  ],
  ["lost after the call", 50, fails(always({ failure: LOST, after: true })), "gone*50; 50; …"],
  ["lost twice before it", 50, fails(first(2, { failure: LOST })), "gone*50; 50*3; 50*3; 250 500"],
  ["lost each time", 3, all(asks({ maxAttempts: 3 }), fails(lost)), "no[lost]!*3; 3*3; …"],
  ["lost, and no look-up succeeds", 3, fails(lost, failing(OUTAGE)), "no[not available]!*3; 3; …"],
  [
    "lost, and the id passed on",
    2,
    all(atDeletion(passesOn), lostOnce),
    "gone no[passed to another user]!; 1 2; …",
  ],
  ["lost, and the id changed", 1, all(changesId, fails(lost)), "no[pool under another id]; 1; …"],
  ["no deletion record can be kept", 2, recordFails, "no[not available]!*2; ; ; "],
  ["with another id, by user_id", 2, all(recordsAll, byUserId, becomes({ email: "x" })), "gone*2; …"],
  ["lost, then not found out", 2, fails(first(1, { failure: LOST }), noLookUp), "no[so did]!*2; …"],
  ["lost, and then interrupted", 2, all(stopsAtLookUp, fails(lost)), "no[lost]!*2; 2; 2*2; …"],
  ["deleted users are shown on", 60, shows({ showsDeletedFor: 2 }), "gone*60; 10 50; …; 250*2 500*2"],
  ["refused, and omitted once", 3, fails(failing(REFUSED), omittedTwice), "no[refused]!*3; …"],
  ["refused, and omitted for a while", 3, fails(failing(REFUSED), lagging), "no[refused]!*3; …"],
  [
    "not recorded, and omitted for a while",
    3,
    all(recordsNobody, readBack(lagging)),
    "no[could not be saved in the deletion record]*3; ; 3*2; 200",
  ],
  ["lost, and omitted for a while", 3, all(once, fails(lost, lagging)), "no[lost]!*3; …"],
  [
    "omitted, then interrupted",
    2,
    all(once, stopsAtPause, fails(lost, omittedOnce())),
    "no[interrupted]!*2; 2; 2; …",
  ],
  [
    "omitted, then a wrong key",
    2,
    all(once, fails(lost, omittedOnce({ failure: WRONG_KEY }))),
    "no[key is wrong]!*2; 2; 2*2; …",
  ],
  ["no read-back succeeds", 2, readBack(failing(OUTAGE)), "no[could not be confirmed]!*2; …"],
  ["the first read-back fails", 2, readBack(first(1, { failure: OUTAGE })), "gone*2; …"],
  ["an outage: no read-back", 60, fails(failing(OUTAGE)), "no[not available]!*60; …; ; …"],
  ["interrupted before", 60, stops, "no[interrupted]*60; ; ; "],
  ["the last id passes on right before its call", 1_000, atDeletion(passesOn), "gone*999 kept:rebound; …"],
  ["its user gets a protected id", 1_000, all(protectsAdmin, becomesAdmin), "gone*999 kept:protected; …"],
  ["it names both users then", 1_000, atDeletion(shares), "gone*999 kept:several; …"],
  ["its user has another one then", 1_000, changesId, "gone*999 kept:moved; …"],
  ["its user is gone then", 1_000, atDeletion(removes()), "gone*1000; …"],
  [
    "a look-up right before the call omits it",
    1_000,
    readBack(lastLookUp),
    "gone*950 no[found no user with the id]*50; 50*19; …",
  ],
  ["no look-up right before it", 1_000, readBack(noLookUp), "no[right before the call failed]!*1000; …"],
  ["only ten of 60 must stay suspended", 60, mustStaySuspended(10), "gone*60; 10 50; 10*2 50; "],
  ...ofSuspended.flatMap(([story, size, disturb, end]) =>
    Object.values(DeleteBy).map((deleteBy): Row => {
      const waiting = all(mustStaySuspended(), asks({ deleteBy }), disturb);
      return [`who must stay suspended, by ${deleteBy}: ${story}`, size, waiting, end];
    }),
  ),
])("%s", async (_, size, disturb, end) => {
  const pool = poolOf(size);
  disturb(pool);
  const { directory, request, clock } = pool;
  const endings = [...(await deleteUsers(request))];
  const sizesOf = (method: ModelCall["method"]) =>
    directory
      .callsOf(method)
      .map(({ ids }) => ids.length)
      .sort((one, other) => one - other);
  const ended = [
    endings.map(([, ending]) => said(ending)),
    sizesOf("deleteUsers"),
    sizesOf("findUsers"),
    clock.pauses,
  ];
  expect(ended.map(inRuns).join("; ")).toMatch(asPattern(end));
  const isIn = (kinds: readonly DeletionEnding["kind"][], is: boolean) =>
    endings.filter(([{ userId }, { kind }]) => kinds.includes(kind) && directory.has(userId) === is);
  expect(isIn(["gone"], true)).toEqual([]);
  expect(isIn(["kept"], false)).toEqual([]);
  // Nobody else is deleted.
  const targets = new Set(request.users.map(({ userId }) => userId));
  expect(directory.deleted.filter((userId) => !targets.has(userId))).toEqual([]);
});

test.each([1, 2, 17, 50, 51, 100])(
  "one bad user among %i survives alone, for at most 15 calls more",
  async (size) => {
    const { directory, request } = poolOf(size);
    const bad = Math.ceil(size / 3);
    directory.poisoned.add(systemId(bad));
    const endings = [...(await deleteUsers(request)).values()].map(said);
    const others = (number: number) => Array<string>(number).fill("gone");
    expect(endings).toEqual([...others(bad - 1), `no[${REFUSED.message}]!`, ...others(size - bad)]);
    expect(directory.calls.length - 2 * Math.ceil(size / 50)).toBeLessThanOrEqual(15);
  },
);
