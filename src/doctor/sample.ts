import { type PoolProbe, type Probed, type ProbedUser, USERS_PER_PAGE } from "../api";
import { userIdKey } from "../users";
import { describeFailure, type Failed } from "../findings";

/** One page of a list, as it was answered. */
type ProbedPage = Awaited<ReturnType<PoolProbe["listPage"]>>;

type Answered<T> = Extract<Probed<T>, { ok: true }>;

/** The users that doctor learns about the pool from. */
export interface Sample {
  /** Each once, oldest first. */
  readonly users: readonly ProbedUser[];
  /** The number that GenAuth gives with the first page. */
  readonly total: number;
  /** The pages that were read from the first one on. */
  readonly pages: readonly Answered<ListedUsers>[];
  /** The page that could not be read, and its number. */
  readonly unread?: { readonly number: number; readonly failed: Failed };
  /** The last page, if others between were left out. */
  readonly end?: { readonly number: number; readonly page: Answered<ListedUsers> };
}

interface ListedUsers {
  readonly totalCount: number;
  readonly list: readonly ProbedUser[];
}

/** How many pages are read at most, besides the last one: a pool of this many users is read whole. */
const MOST_PAGES = 20;

/** Reads the first pages of all users, and the last one, where a search engine's window would end the list. */
export async function readSample(probe: PoolProbe): Promise<Sample | Failed> {
  const first = await probe.listPage({}, 1);
  if (!first.ok) return first;
  const total = first.value.totalCount;
  const lastNumber = Math.ceil(total / USERS_PER_PAGE);
  const pages = [first];
  const sample = () => ({ users: distinct(pages.flatMap(({ value }) => value.list)), total, pages });
  while (pages.length < Math.min(lastNumber, MOST_PAGES)) {
    const page = await probe.listPage({}, pages.length + 1);
    if (!page.ok) return { ...sample(), unread: { number: pages.length + 1, failed: page } };
    pages.push(page);
  }
  if (pages.length >= lastNumber) return sample();
  const end: ProbedPage = await probe.listPage({}, lastNumber);
  return end.ok
    ? { ...sample(), end: { number: lastNumber, page: end } }
    : { ...sample(), unread: { number: lastNumber, failed: end } };
}

/** Suspended users, or why none is known. */
export type SuspendedUsers =
  | { readonly users: readonly ProbedUser[] }
  | { readonly why: string }
  | { readonly failed: Failed };

/** Finds suspended users by a search, and checks each record: a server may ignore a condition. */
export async function findSuspended(probe: PoolProbe, sample: Sample): Promise<SuspendedUsers> {
  const search = await probe.listPage(
    { conditions: [{ field: "status", operator: "EQUAL", value: "Suspended" }] },
    1,
  );
  const known = [...sample.users, ...(search.ok ? search.value.list : [])].filter(isInactive);
  if (known.length > 0) return { users: distinct(known).slice(0, USERS_PER_PAGE) };
  if (!search.ok && search.failure.transient) return { failed: search };
  if (sample.users.length > 0 && sample.users.every(({ status }) => status === undefined))
    return { why: "The list shows no status of users." };
  if (!search.ok) return { why: `The search by status failed: ${describeFailure(search)}` };
  if (search.value.list.length > 0) return { why: "The search ignores its condition on the status." };
  return { why: "Nobody in this pool is suspended." };
}

/** Suspended, resigned or deactivated. An archived user is deleted, so a look-up need not find it. */
function isInactive({ status = "Activated" }: ProbedUser): boolean {
  return status !== "Activated" && status !== "Archived";
}

/** At most 50 users whom a look-up should find, whatever it does about others. */
export function knownUsers({ users }: Sample): readonly ProbedUser[] {
  const active = users.filter(({ status = "Activated" }) => status === "Activated");
  return (active.length > 0 ? active : users).slice(0, USERS_PER_PAGE);
}

export function distinct(users: readonly ProbedUser[]): ProbedUser[] {
  return [...new Map(users.map((user) => [userIdKey(user.userId), user])).values()];
}
