import { groupBy } from "../../lists";
import { printable } from "../../text";
import type { DirectoryUser, UserIdType } from "../directory";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import type { LookUpOptions, UserLookUps } from "../look-up/user-look-ups";
import { ACTIVATED, markOf } from "../status";
import { deletionDay, type WaitingUser } from "../waiting-user";
import { NO_MEMORY, rememberWaiting, type SetMemory } from "./memory";
import { count, listUsers, MAX_LISTED, type Message, paragraphs, poolName } from "../wording";

/** Users who waited in a set whose state was lost. */
export interface LostWaiting {
  readonly type: UserIdType;
  /** Id -> the day from which the user was to be deleted, or `undefined` if nobody knows. */
  readonly deletionDays: ReadonlyMap<string, string | undefined>;
  /** For how many days they wait from now on; at least 1. */
  readonly days: number;
}

/** How they are looked up. */
export interface BindingAccess extends LookUpOptions {
  readonly lookUps: UserLookUps;
  /** The directory's time after the look-ups, in milliseconds since 1970. */
  readonly serviceTime: () => number | undefined;
}

/** Either all of the users, with what a reviewer has to read, or why none of them can be taken. */
export type BoundWaiting =
  | { readonly waiting: readonly WaitingUser[]; readonly memory: SetMemory; readonly message: Message }
  | { readonly refusal: Message };

/**
 * Finds out who the users are who waited in a lost set, so that they wait the full days once more, and never less than they did before.
 * They do not count as suspended by the set, because nothing proves it. Refuses all of them if one is not there, or is active.
 */
export async function bindWaiting(lost: LostWaiting, access: BindingAccess): Promise<BoundWaiting> {
  const { type, deletionDays, days } = lost;
  const { lookUps, serviceTime, ...options } = access;
  const resolutions = await lookUps.resolve(deletionDays.keys(), type, options);
  const refused: { readonly problem: string; readonly id: string }[] = [];
  const bound: { readonly id: string; readonly user: DirectoryUser }[] = [];
  for (const id of deletionDays.keys()) {
    const resolution = resolutionOf(id, resolutions);
    const problem = problemOf(resolution);
    if (problem !== undefined) refused.push({ problem, id });
    else if (resolution.kind === "found") bound.push({ id, user: resolution.user });
  }
  if (refused.length > 0) return { refusal: describeRefused(refused) };
  const now = serviceTime();
  if (now === undefined) return { refusal: { summary: NO_CLOCK, detail: NOBODY } };
  const fresh = deletionDay(now, days);
  const waiting = bound.map(({ id, user }): WaitingUser => {
    const before = deletionDays.get(id);
    return {
      id,
      label: "",
      userId: user.userId,
      ...markOf(user),
      isOurs: false,
      deleteFrom:
        before === undefined ? fresh : ([fresh, deletionDay(Date.parse(before), 0)].sort().at(-1) ?? fresh),
      days,
      isDue: false,
    };
  });
  const names = new Map(bound.map(({ id, user }) => [id, poolName(user)]));
  return {
    waiting,
    memory: { ...NO_MEMORY, waiting: rememberWaiting(waiting) },
    message: describeBound(waiting, names),
  };
}

const NO_CLOCK = "GenAuth's answers hold no Date header, so the day of the deletion cannot be told";
const NOBODY = "Nobody was imported.";

/** Why a user cannot be taken for one who waits, as a sentence about several; `undefined` if the user can. */
function problemOf(resolution: Resolution): string | undefined {
  switch (resolution.kind) {
    case "absent":
      return "GenAuth has no user with these ids, or its look-ups do not show suspended users. Leave them out:";
    case "several":
      return "GenAuth has several users with each of these ids. Leave them out:";
    case "undecided":
      return printable(resolution.failure.message);
    case "found":
      if (resolution.user.status === undefined)
        return `GenAuth shows no status of these users, so they may be active. ${INTO_USERS}`;
      return resolution.user.status === ACTIVATED
        ? `These users are ${ACTIVATED}, so they do not wait. ${INTO_USERS}`
        : undefined;
  }
}

const INTO_USERS =
  "Name them in users: if they are not declared any more, the next plan shows that they leave:";

function describeRefused(refused: readonly { readonly problem: string; readonly id: string }[]): Message {
  const groups = [...groupBy(refused, ({ problem }) => problem)].map(([problem, some]) => {
    const lines = some.map(({ id }) => ({ id, label: "" }));
    return `${problem}\n${listUsers(lines, MAX_LISTED)}`;
  });
  return {
    summary: `${count(refused.length, "user")} in suspended cannot be imported`,
    detail: paragraphs(...groups, NOBODY),
  };
}

function describeBound(waiting: readonly WaitingUser[], names: ReadonlyMap<string, string>): Message {
  const days = waiting.map(({ deleteFrom }) => deleteFrom.slice(0, "2026-01-01".length)).sort();
  const [first, last] = [days[0] ?? "", days.at(-1) ?? ""];
  const lines = waiting.map(({ id, status = "" }) => ({
    id,
    label: "",
    note: `in GenAuth: ${names.get(id) ?? ""}, ${printable(status)}`,
  }));
  return {
    summary: `${count(waiting.length, "suspended user")} imported, to be deleted from ${first}${first === last ? "" : ` to ${last}`} on`,
    detail: `Nothing proves that this set suspended them, so it never reactivates them. Check that they are the users who left:\n${listUsers(lines, MAX_LISTED)}`,
  };
}
