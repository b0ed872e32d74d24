import { printable } from "../../text";
import { findLockedOut } from "../change/attempts";
import type { ChangeContext } from "../change/set-change";
import type { SetMemory } from "../change/memory";
import { detectWrongPool } from "../change/wrong-pool";
import { type Told, warningAbout } from "../describe";
import type { DirectoryFailure } from "../directory";
import { type Drift, driftOf, missingOf } from "../drift";
import { isSameUserId } from "../ids/id-types";
import { findOutage, type Resolution } from "../look-up/resolution";
import { UserIdType } from "../user-id-type";
import { DAY_MS, dateOf, isTooFarAhead, latestTime, waitsSince } from "../waiting-user";
import { count, describeIds, type Message } from "../wording";
import { countNeverFound } from "./new-set";

/** A set as its state has it before a refresh. */
export interface SetToRefresh {
  readonly type: UserIdType;
  /** Id -> label, of the declared users and the survivors. */
  readonly users: ReadonlyMap<string, string>;
  readonly memory: SetMemory;
  /** What the last check found; absent if the set was never checked. */
  readonly lastDrift: Drift | undefined;
  /** From when the users who wait are deleted, by id: RFC 3339. */
  readonly deletionDates: ReadonlyMap<string, string>;
  /** For how many days the set suspends users; 0, not at all. */
  readonly suspendDays: number;
}

/** How a refresh looks users up, and what the pipeline allows. */
export type RefreshContext = Pick<
  ChangeContext,
  | "lookUps"
  | "archive"
  | "stop"
  | "progress"
  | "serviceTime"
  | "protectedUsers"
  | "operatorProtected"
  | "acceptEmptyPool"
  | "holdDueDeletions"
>;

/** What a refresh found, or why it says nothing about the set. */
export type RefreshedSet =
  | { readonly refusal: Message }
  | { readonly memory: SetMemory; readonly drift: Drift; readonly told: readonly Told[] };

/**
 * Looks up all users of a set, and everybody who waits or whom a call may have suspended. Nobody is deleted or forgotten. Look-ups that fail for everybody, and a wrong pool, are refused, because neither may look like a deletion.
 */
export async function refreshSet(set: SetToRefresh, context: RefreshContext): Promise<RefreshedSet> {
  const { type, users, memory, lastDrift } = set;
  const look = (doing: string) => ({ stop: context.stop, onProgress: context.progress?.begin(doing) });
  const resolutions = await context.lookUps.resolve(
    [...users.keys()],
    type,
    look("refresh: looking up users"),
  );
  // They never count towards a wrong pool. Their answers also tell GenAuth's time.
  const suspended = await context.lookUps.resolve(
    [...memory.waiting.values(), ...memory.attempts.values()].map(({ userId }) => userId),
    UserIdType.USER_ID,
    look("refresh: looking up users who wait"),
  );
  const undecided = selectUndecided(resolutions);
  const refusal =
    refuseOutage([
      { failures: undecided, asked: users.size, word: "user", decidesAll: true },
      { failures: selectUndecided(suspended), asked: suspended.size, word: "suspended user" },
    ]) ?? (context.acceptEmptyPool ? undefined : refuseWrongPool(set, resolutions));
  if (refusal) return { refusal };

  const declared = [...users.keys()].filter((id) => !memory.undeclared.has(id));
  const missing = missingOf(declared, resolutions);
  const survivors = lastDrift?.survivors.filter((id) => resolutions.get(id)?.kind !== "absent") ?? [];
  const bound = bindIds(set, resolutions);
  return {
    drift: driftOf(missing, survivors, lockedOutAt(set, bound, declared, resolutions, suspended, context)),
    memory: {
      ...memory,
      ...bound,
      waiting: await markGone(set, suspended, context, markDue(set, suspended, context)),
      seen: seenAtRefresh(set, context),
    },
    told: [
      ...tellClock(set, context),
      ...tellVanished(
        missing.filter((id) => memory.bindings.has(id)),
        users,
      ),
      ...countNeverFound(missing.filter((id) => !memory.bindings.has(id)).length, declared.length, type),
      ...tellRebound(bound.rebindings, set),
      ...tellUndecided(undecided, users),
    ],
  };
}

interface Undecided {
  readonly id: string;
  readonly failure: DirectoryFailure;
}

function selectUndecided(resolutions: ReadonlyMap<string, Resolution>): Undecided[] {
  return [...resolutions].flatMap(([id, found]) =>
    found.kind === "undecided" ? [{ id, failure: found.failure }] : [],
  );
}

interface LookedUp {
  readonly failures: readonly Undecided[];
  readonly asked: number;
  readonly word: string;
  /** Whether nothing is known of the set if all of these look-ups fail. */
  readonly decidesAll?: boolean;
}

function refuseOutage(lookUps: readonly LookedUp[]): Message | undefined {
  const [outage] = lookUps.flatMap(
    ({ failures, asked, decidesAll }) =>
      findOutage(
        failures.map(({ failure }) => failure),
        decidesAll === true ? asked : undefined,
      ) ?? [],
  );
  if (!outage) return undefined;
  const failed = lookUps
    .filter(({ failures }) => failures.length > 0)
    .map(({ failures, asked, word }) => `${failures.length} of ${count(asked, word)}`);
  return {
    summary: "Cannot look up the users",
    detail: `${outage.message} ${failed.join(" and ")} could not be looked up, so the state is unchanged.`,
  };
}

function refuseWrongPool(
  { type, users, memory: { bindings, undeclared } }: SetToRefresh,
  resolutions: ReadonlyMap<string, Resolution>,
): Message | undefined {
  const known = { knownIds: bindings, bindings: type === UserIdType.USER_ID ? undefined : bindings };
  return detectWrongPool(known, users.keys(), resolutions, undeclared);
}

/**
 * Binds ids that are found for the first time, including those of survivors: the next plan names that user for review. A
 * declared id that now names another user is noted, and the next apply binds it to that user.
 */
function bindIds(
  { users, memory, type }: SetToRefresh,
  resolutions: ReadonlyMap<string, Resolution>,
): Pick<SetMemory, "bindings" | "rebindings"> {
  const bindings = new Map(memory.bindings);
  const rebindings = new Map<string, string>();
  // A system user id is its own binding and never names another user, but a server may accept more spellings of it.
  const isBound = (bound: string, userId: string): boolean =>
    type === UserIdType.USER_ID || isSameUserId(bound, userId);
  for (const id of users.keys()) {
    const found = resolutions.get(id);
    if (found?.kind !== "found") continue;
    const bound = bindings.get(id);
    if (bound === undefined) bindings.set(id, found.userId);
    else if (!memory.undeclared.has(id) && !isBound(bound, found.userId)) rebindings.set(id, found.userId);
  }
  return { bindings, rebindings };
}

/** The ids of declared users who are suspended, perhaps by this set. */
function lockedOutAt(
  { type, memory: { waiting, attempts }, lastDrift }: SetToRefresh,
  { bindings, rebindings }: Pick<SetMemory, "bindings" | "rebindings">,
  declared: readonly string[],
  resolutions: ReadonlyMap<string, Resolution>,
  users: ReadonlyMap<string, Resolution>,
  { protectedUsers, operatorProtected }: RefreshContext,
): string[] {
  if (waiting.size + attempts.size === 0) return [];
  return findLockedOut({
    type,
    declared: new Map(declared.map((id) => [id, ""])),
    bindings: new Map([...bindings, ...rebindings]),
    resolutions,
    suspended: [...waiting, ...attempts],
    users,
    protectedUsers,
    operatorProtected,
    before: lastDrift?.locked_out ?? [],
  });
}

/**
 * Marks the users whose day has come. Plan and apply go by the mark and not by a clock: with a clock of its own, an apply could delete
 * somebody whom its saved plan does not. A user whom no look-up shows is not due: nobody can delete the user, and the plan would never be
 * empty again.
 */
function markDue(
  { memory, deletionDates }: SetToRefresh,
  found: ReadonlyMap<string, Resolution>,
  { serviceTime, holdDueDeletions }: RefreshContext,
): SetMemory["waiting"] {
  const now = holdDueDeletions === true ? undefined : serviceTime?.();
  const isDue = (id: string): boolean => now !== undefined && now >= Date.parse(deletionDates.get(id) ?? "");
  return new Map(
    [...memory.waiting].map(([id, user]) => [
      id,
      { ...user, isDue: isDue(id) && found.get(user.userId)?.kind !== "absent" },
    ]),
  );
}

/**
 * Marks those whom no look-up shows, and whom the archive lists: another set, or somebody else, has deleted them. As the mark of those who are due, it is
 * the refresh's, so that a plan and its apply decide alike.
 */
async function markGone(
  { deletionDates }: SetToRefresh,
  found: ReadonlyMap<string, Resolution>,
  { archive, stop }: RefreshContext,
  waiting: SetMemory["waiting"],
): Promise<SetMemory["waiting"]> {
  const hidden = [...waiting].filter(
    ([id, { userId, isDeletionTried }]) =>
      !isDeletionTried && found.get(userId)?.kind === "absent" && deletionDates.has(id),
  );
  if (!archive || hidden.length === 0) return waiting;
  const since = Math.min(...hidden.map(([id, { days }]) => waitsSince(deletionDates.get(id) ?? "", days)));
  const isArchived = await archive.readSince(since, stop);
  const gone = hidden.filter(([, { userId }]) => isArchived(userId));
  return new Map([
    ...waiting,
    ...gone.map(([id, user]) => [id, { ...user, isDeletionTried: true }] as const),
  ]);
}

/** How much later a time must be to be kept: otherwise the memory would differ at each refresh, and no refresh-only plan be empty. */
const KEPT_EVERY_MS = 7 * DAY_MS;

/** The latest time on GenAuth's clock that a set which suspends has seen. */
function seenAtRefresh(
  { suspendDays, memory: { seen } }: SetToRefresh,
  { serviceTime }: RefreshContext,
): number | undefined {
  const now = serviceTime?.();
  if (now !== undefined && isTooFarAhead(seen, now)) return Math.floor(now);
  const latest = suspendDays === 0 ? undefined : latestTime(now, seen);
  return latest !== undefined && latest - (seen ?? 0) >= KEPT_EVERY_MS ? Math.floor(latest) : seen;
}

/** Tells that an earlier answer had a wrong time, or the present ones have: of those who were suspended by it, the day may be wrong. */
function tellClock(
  { memory: { seen }, deletionDates }: SetToRefresh,
  { serviceTime }: RefreshContext,
): Told[] {
  const now = serviceTime?.();
  if (now === undefined || !isTooFarAhead(seen, now)) return [];
  const ids = [...deletionDates].flatMap(([id, date]) => (Date.parse(date) >= seen ? [id] : []));
  const whom =
    ids.length === 0
      ? ""
      : ` Of these, who were suspended by the later time, the day stays. To give them another one, declare them again, apply, and remove them once more:\n${describeIds(ids, new Map())}`;
  return [
    warningAbout(
      ids,
      `GenAuth's clock is ${count(Math.floor((seen - now) / DAY_MS), "day")} behind a time that this set has seen`,
      `An earlier answer said ${dateOf(seen)}, and the present ones say ${dateOf(now)}. One of them is wrong. Days count from the present time, and the next apply forgets the other. If a cache answers in GenAuth's place, they would come too early: look at the days in this plan before you approve it.${whom}`,
    ),
  ];
}

function tellVanished(ids: readonly string[], users: ReadonlyMap<string, string>): Told[] {
  if (ids.length === 0) return [];
  const [vanished, fact, advice] =
    ids.length === 1
      ? [
          "user has",
          "The user was declared at the last apply, and was in the pool before. Somebody else deleted the user, or the id changed in the pool:",
          "Unless this plan removes the user: remove the user from the set, or create the user again in the pool.",
        ]
      : [
          "users have",
          "They were declared at the last apply, and were in the pool before. Somebody else deleted them, or their ids changed in the pool:",
          "Unless this plan removes them: remove them from the set, or create them again in the pool.",
        ];
  return [
    warningAbout(
      ids,
      `${ids.length} declared ${vanished} vanished from GenAuth`,
      `${fact}\n${describeIds(ids, users)}\n${advice}`,
    ),
  ];
}

function tellRebound(
  rebindings: SetMemory["rebindings"],
  { memory: { bindings }, users }: SetToRefresh,
): Told[] {
  if (rebindings.size === 0) return [];
  const lines = [...rebindings].map(
    ([id, now]) =>
      `${describeIds([id], users)}: was user ${printable(bindings.get(id) ?? "")}, is user ${printable(now)} now`,
  );
  return [
    warningAbout(
      [...rebindings.keys()],
      `${rebindings.size} declared ${rebindings.size === 1 ? "id means" : "ids mean"} somebody else now`,
      `In GenAuth, another user has taken over the id since it was declared:\n${lines.join("\n")}\nThe next apply accepts the new user as the declared one. Remove the ids of users that must not have an account. Until an apply has accepted the new user, removing the id deletes nobody.`,
    ),
  ];
}

function tellUndecided(undecided: readonly Undecided[], users: ReadonlyMap<string, string>): Told[] {
  const [first] = undecided;
  if (!first) return [];
  const ids = undecided.map(({ id }) => id);
  return [
    warningAbout(
      ids,
      `GenAuth could not identify ${count(ids.length, "user")}`,
      `${first.failure.message} Until this is resolved, they count as present and are not deleted:\n${describeIds(ids, users)}`,
    ),
  ];
}
