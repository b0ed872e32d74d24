import * as z from "zod";
import { parseState } from "../terraform-json";
import { printable } from "../text";
import { listUserPools, mayBeSamePool } from "../user-pool";
import {
  type DirectoryUser,
  type Doubt,
  IdIndex,
  lookUpSets,
  type ProgressWatch,
  type Resolution,
  SUSPENDED,
  USER_ID_TYPES,
  userIdKey,
  UserIdType,
  type UserLookUps,
} from "../users";
import { ReportContext } from "./context";
import { formatCount } from "./document";
import { Count, createLister, FormatVersion, ListedUser, type UserLister } from "./listed-user";
import { readStateSets } from "./set-snapshot";

const CheckedSet = z.object({
  name: z.string().describe("The address of the set in Terraform, or the name of the user file."),
  user_id_type: z.enum(UserIdType),
  user_pool_name: z.string().optional().describe("The name of the set's user pool, if its provider has one."),
  declared: Count,
  missing: Count,
  survivors: Count,
});

const SuspendedUser = ListedUser.extend({
  name: z.string().optional().describe("The name in GenAuth, if GenAuth shows the user and a name."),
  delete_from: z
    .string()
    .describe("The day from which a plan deletes the user, such as 2026-12-11T00:00:00Z."),
});

const PoolUser = z.object({
  user_id: z.string().describe("GenAuth's own id of the user; with --redact, a keyed hash of it."),
  name: z.string().describe("As the pool shows it. May be empty; always empty with --redact."),
  email: z.string(),
  status: z.string(),
});

/** What `cdktf-genauth drift --format json` writes. */
export const DriftReportSchema = z.object({
  format_version: FormatVersion,
  kind: z.literal("drift"),
  verdict: z.enum(["no_drift", "drift"]),
  redacted: z.boolean(),
  context: ReportContext,
  host: z.string().describe("The API that was queried."),
  totals: z.object({
    declared: Count,
    missing: Count,
    survivors: Count,
    undeclared: Count,
    unchecked: Count,
    suspended: Count,
    locked_out: Count,
    suspended_by_others: Count,
    in_pool: Count.optional().describe(
      "Users of the pool, without those that are ignored; only if the whole pool was read.",
    ),
  }),
  sets: z
    .array(CheckedSet)
    .describe(
      "The sets that the report is about. None in a pipeline's report of users who are in no set of any stack.",
    ),
  missing: z.array(ListedUser).describe("Declared, but not in the user pool."),
  survivors: z.array(ListedUser).describe("Removed from a set, but still in the user pool."),
  undeclared: z
    .array(PoolUser)
    .describe(
      "In the user pool, and in no set: not declared, nor left one and not deleted yet; empty unless the whole pool was read.",
    ),
  suspended: z
    .array(SuspendedUser)
    .describe(
      "Left a set, and wait for their deletion: not those who are declared again. Not a drift: from that day on, plans show the deletion.",
    ),
  locked_out: z
    .array(ListedUser)
    .describe("Declared, and still suspended by their own set, which is to reactivate them."),
  suspended_by_others: z
    .array(ListedUser)
    .describe(
      "Declared, and suspended in GenAuth, but not by their set, as far as its state knows. Not a drift.",
    ),
  unchecked: z
    .array(ListedUser)
    .describe("GenAuth did not answer for these users; they count neither as missing nor as found."),
});

export type DriftReport = z.infer<typeof DriftReportSchema>;
export type UndeclaredUser = z.infer<typeof PoolUser>;

/** A declared set, to compare with the pool. */
export interface DeclaredSet {
  /** Its address in Terraform, or the name of a user file. */
  readonly name: string;
  readonly userIdType: UserIdType;
  /** The name of its user pool; absent if it is not known. */
  readonly userPoolName?: string | undefined;
  /** Id to label. */
  readonly declared: ReadonlyMap<string, string>;
  /** Removed from the set, and still in the pool at the last look-up; id to label. */
  readonly survivors: ReadonlyMap<string, string>;
  /** Users who left the set and wait for their deletion: id to the day from which they are deleted. */
  readonly suspended: ReadonlyMap<string, string>;
  /** Declared ids that were not in the pool at the last look-up. */
  readonly missingBefore: ReadonlySet<string>;
  /** Whether the configuration marks its users as sensitive. */
  readonly sensitive: boolean;
  /** Whether it comes from a user file. Its id type is then an option of the command. */
  readonly isFile?: boolean;
}

/**
 * Reads the user sets of a state, from all modules and of both resource types.
 *
 * @param text the output of `terraform show -json`
 * @throws Error if it is not a state
 */
export function readDeclaredSets(text: string): DeclaredSet[] {
  return readStateSets(parseState(text)).map(({ address, set }) => {
    const survivors = new Set(set.drift.survivors);
    return {
      name: address,
      userIdType: set.userIdType,
      userPoolName: set.userPoolName,
      // The provider keeps users it could not delete in the set, so that they are not forgotten.
      declared: new Map([...set.users].filter(([id]) => !survivors.has(id))),
      survivors: new Map([...set.users].filter(([id]) => survivors.has(id))),
      suspended: set.suspended,
      missingBefore: new Set(set.drift.missing),
      sensitive: set.sensitive,
    };
  });
}

/**
 * Selects the sets of one user pool. A set without a name may be in any pool, so it is always among them.
 *
 * @param pool default: the only pool that the sets name
 * @throws Error that names the pools, if the sets are of several and none is chosen, or if none is of the
 *   pool
 */
export function selectUserPool(sets: readonly DeclaredSet[], pool?: string): readonly DeclaredSet[] {
  const names = listUserPools(sets);
  if (pool === undefined) {
    if (names.length < 2) return sets;
    throw new Error(
      `The sets of the state are in ${formatCount(names.length, "user pool")}: ${names.join(", ")}. One key reads one pool, so check one after the other: name it with --user-pool-name, and give its host and its key in the environment.`,
    );
  }
  const selected = sets.filter(({ userPoolName }) => mayBeSamePool(userPoolName, pool));
  if (selected.length > 0) return selected;
  throw new Error(
    `No set of the state is in the user pool ${printable(pool)}, so there is nothing to check. Its user pools are: ${names.join(", ")}.`,
  );
}

/** The input of a drift check. */
export interface DriftCheck {
  readonly sets: readonly DeclaredSet[];
  readonly lookUps: UserLookUps;
  /** The pool's host, for the report. */
  readonly host: string;
  /** All users of the pool. If given, the report lists those who are not declared. */
  readonly poolUsers?: readonly DirectoryUser[];
  /** Ids of any type, in any spelling, of users that the report leaves out: somebody knows about them. */
  readonly ignored?: ReadonlySet<string>;
  /** Whether the report is about a set, by its name; default all. The users of all sets count as declared. */
  readonly concerns?: (set: string) => boolean;
  /** Accept that none of the users found before is found now. */
  readonly acceptEmptyPool: boolean;
  /** For public places: replaces ids with a keyed hash and omits labels. */
  readonly redactKey?: string;
  readonly context?: ReportContext;
  /** Reports the look-ups. */
  readonly progress?: Pick<ProgressWatch, "begin">;
}

/**
 * Compares the declared users with the pool.
 *
 * @throws Error if the look-ups fail or look like another pool's, since an outage is not drift
 */
export async function checkDrift(check: DriftCheck): Promise<DriftReport> {
  const list = createLister(check.redactKey);
  const looked = await lookUpSets(check.sets, check);
  if ("doubt" in looked) throw new Error(describeDoubt(looked.doubt, check.host));

  const { concerns = () => true } = check;
  // The file does not say of which type an id is.
  const ignored = USER_ID_TYPES.map((type) => ({ type, index: new IdIndex(check.ignored ?? [], type) }));
  const isIgnored = (id: string, idType: UserIdType) =>
    ignored.some(({ type, index }) => type === idType && index.matchId(id) !== undefined);
  const reported = looked.resolved.filter(({ set }) => concerns(set.name));
  const parts = reported.map((part) => reportOnSet(part, isIgnored, list));
  const pool = check.poolUsers?.filter(
    (user) => !ignored.some(({ index }) => index.match(user)?.certain === true),
  );
  const undeclared = pool ? findUndeclared(pool, looked.resolved, list) : [];
  const lists = {
    missing: parts.flatMap(({ missing }) => missing),
    survivors: parts.flatMap(({ survivors }) => survivors),
    undeclared,
    suspended: parts.flatMap(({ suspended }) => suspended),
    locked_out: parts.flatMap(({ locked_out }) => locked_out),
    suspended_by_others: parts.flatMap(({ suspended_by_others }) => suspended_by_others),
    unchecked: parts.flatMap(({ unchecked }) => unchecked),
  };
  const counts = Object.entries<readonly unknown[]>(lists).map(([name, { length }]) => [name, length]);
  const { missing, survivors, unchecked, locked_out } = lists;
  const found = [missing, survivors, undeclared, unchecked, locked_out].flat().length;
  return {
    format_version: "1.0",
    kind: "drift",
    verdict: found === 0 ? "no_drift" : "drift",
    redacted: check.redactKey !== undefined,
    context: { pool: listUserPools(check.sets)[0], ...check.context },
    host: check.host,
    totals: {
      declared: reported.reduce((sum, { set }) => sum + set.declared.size, 0),
      ...(Object.fromEntries(counts) as Record<keyof typeof lists, number>),
      in_pool: pool?.length,
    },
    sets: parts.map(({ set }) => set),
    ...lists,
  };
}

/** A set, and which user each of its ids names. */
interface ResolvedSet {
  readonly set: DeclaredSet;
  readonly resolutions: ReadonlyMap<string, Resolution>;
}

/** Why there is no report. */
function describeDoubt(doubt: Doubt<DeclaredSet>, host: string): string {
  if (doubt.kind === "outage")
    return `${doubt.why} ${doubt.failed} of ${formatCount(doubt.asked, "user")} could not be looked up, so there is no report.`;
  const { set } = doubt;
  if (doubt.kind === "wrong_pool" && set.isFile === true) {
    // A file remembers nobody who was in the pool before.
    const [few, are] = doubt.found === 0 ? ["None", "is"] : [`Only ${doubt.found}`, "are"];
    const fact = `${few} of the ${formatCount(doubt.asked, "id")} of ${printable(set.name)} ${are} in the pool at ${host}`;
    return `${fact}: wrong pool, id type or key? Check GENAUTH_HOST, GENAUTH_ACCESS_KEY_ID, GENAUTH_TENANT_ID and --user-id-type. If the pool is the right one, run once with GENAUTH_ACCEPT_EMPTY_POOL=1.`;
  }
  if (doubt.kind === "wrong_pool")
    return `${printable(set.name)}: ${doubt.message.summary}. ${doubt.message.detail}`;
  const { type, found, tried } = doubt.likely;
  return (
    `${printable(set.name)}: no id is found as ${set.userIdType}, but ${found} of ${tried} ${found === 1 ? "is" : "are"} found as ${type}. ` +
    `Check the id type: ${set.isFile === true ? "give --user-id-type" : "set user_id_type of the set to"} ${type}.`
  );
}

function reportOnSet(
  { set, resolutions }: ResolvedSet,
  isIgnored: (id: string, type: UserIdType) => boolean,
  lister: UserLister,
) {
  const show = lister(set);
  const list = (users: ReadonlyMap<string, string>, is: (id: string) => boolean): ListedUser[] =>
    [...users]
      .filter(([id]) => !isIgnored(id, set.userIdType) && is(id))
      .map(([id, label]) => show(id, label));
  const isUnchecked = (id: string) => (resolutions.get(id)?.kind ?? "undecided") === "undecided";
  const isSuspended = (id: string) => userOf(resolutions.get(id))?.status === SUSPENDED;
  // A user may be declared by another id than the one by which the set remembers the suspension.
  const keysOf = (ids: readonly string[]) => ids.flatMap((id) => [id, ...userIdKeysOf(resolutions.get(id))]);
  const among = (ids: readonly string[]) => {
    const keys = new Set(keysOf(ids));
    return (id: string) => keysOf([id]).some((key) => keys.has(key));
  };
  const isDeclared = among([...set.declared.keys()]);
  const isBySet = among([...set.suspended.keys()]);
  const missing = list(set.declared, (id) => resolutions.get(id)?.kind === "absent");
  const survivors = list(set.survivors, (id) => usersNamedBy(resolutions.get(id)).length > 0);
  // Who is declared again waits no longer, also before an apply has reactivated them.
  const waiting = [...set.suspended].filter(([id]) => !isDeclared(id));
  return {
    set: {
      name: set.name,
      user_id_type: set.userIdType,
      user_pool_name: set.userPoolName,
      declared: set.declared.size,
      missing: missing.length,
      survivors: survivors.length,
    },
    missing,
    survivors,
    // The state holds no label of them, so a reader needs the name to know who it is.
    suspended: waiting.map(([id, date]) => {
      const shown = show(id, "");
      const name = shown.id === id ? userOf(resolutions.get(id))?.name : undefined;
      return { ...shown, name, delete_from: date };
    }),
    locked_out: list(set.declared, (id) => isSuspended(id) && isBySet(id)),
    suspended_by_others: list(set.declared, (id) => isSuspended(id) && !isBySet(id)),
    unchecked: [...list(set.declared, isUnchecked), ...list(set.survivors, isUnchecked)],
  };
}

function userOf(resolution: Resolution | undefined): DirectoryUser | undefined {
  return resolution?.kind === "found" ? resolution.user : undefined;
}

/**
 * Finds the users of the pool that no id of any set names, in the pool's order. Survivors are listed
 * separately.
 */
function findUndeclared(
  pool: readonly DirectoryUser[],
  sets: readonly ResolvedSet[],
  lister: UserLister,
): UndeclaredUser[] {
  const show = lister({ name: "", userIdType: UserIdType.USER_ID, sensitive: false });
  const named = new Set(sets.flatMap(({ resolutions }) => [...resolutions.values()].flatMap(userIdKeysOf)));
  return pool
    .filter(({ userId }) => !named.has(userIdKey(userId)))
    .map(({ userId, name, username, email, status }) => {
      const shown = show(userId, name ?? username ?? "");
      const hidden = shown.id !== userId;
      return {
        user_id: shown.id,
        name: shown.label,
        email: hidden ? "" : (email ?? ""),
        status: status ?? "",
      };
    });
}

function userIdKeysOf(resolution: Resolution | undefined): string[] {
  return usersNamedBy(resolution).map(({ userId }) => userIdKey(userId));
}

/** The users that an id names. */
export function usersNamedBy(resolution: Resolution | undefined): readonly DirectoryUser[] {
  if (resolution?.kind === "found") return [resolution.user];
  return resolution?.kind === "several" ? resolution.users : [];
}
