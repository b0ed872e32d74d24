import { checkNewSet, type NewSet, type NewSetContext } from "./new-set";
import { userIdKey } from "../ids/id-types";
import { type Resolution, resolutionOf, userIdsOf } from "../look-up/resolution";
import { confirmAbsent, resolveIds } from "../look-up/user-look-ups";
import { count, listUsers, MAX_LISTED, paragraphs, type Refusal } from "../wording";
import type { ChangeContext } from "../change/set-change";
import { type Leaver, mayRevoke, meaningOf, reasonOf } from "../change/fate";
import { boundIdsToLookUp, decideLeavers } from "../change/leavers";
import type { Reason } from "../change/reasons";
import { type DirectoryFailure, UserIdType } from "../directory";
import { detectWrongPool } from "../change/wrong-pool";

/** A change of a set's id type, which replaces the set: the ids of the two types cannot be compared. */
export interface TypeChange {
  /** The set before the change: its type, its users (id -> label), and the system user id that each id named. */
  readonly prior: {
    readonly type: UserIdType;
    readonly users: ReadonlyMap<string, string>;
    readonly bindings: ReadonlyMap<string, string>;
  };
  /** The set after the change. */
  readonly next: NewSet;
  /** Ids of either type that may leave the set without being deleted. */
  readonly retained: readonly string[];
}

/**
 * Refuses a change of the id type to one by which nobody is found, or that also removes users. A replaced set deletes nobody, so they would keep their accounts
 * without being in any set. Looks up the new ids; a user whom one of them names is still declared. Ids that name nobody, or
 * whose users would be kept anyway, do not count.
 *
 * @returns why the change must not be carried out; empty if no user is lost
 */
export async function refuseReleaseByTypeChange(
  change: TypeChange,
  { pool, ...context }: ChangeContext & Partial<Pick<NewSetContext, "pool">>,
): Promise<readonly Refusal[]> {
  const { prior, next, retained } = change;
  const { protectedUsers, acceptEmptyPool } = context;
  const { refusals } = pool === undefined ? NOT_CHECKED : await checkNewSet(next, { ...context, pool });
  if (refusals.length > 0) return refusals;
  const { type, bindings } = prior;
  const kept = retained.filter((id) => !prior.users.has(id));
  const newIds = await resolve([...next.declared.keys(), ...kept], next.type, context);
  const named = new Set([...newIds.values()].flatMap(userIdsOf).map(userIdKey));
  const isNamed = (userId: string | undefined): boolean =>
    userId !== undefined && named.has(userIdKey(userId));
  const removed = new Map([...prior.users].filter(([id]) => !isNamed(bindings.get(id))));
  if (removed.size === 0) return [];

  const firstLook = await resolve(removed.keys(), type, context);
  const bound = [...removed.keys()].filter((id) => bindings.has(id));
  const resolutions = await confirmAbsent(bound, firstLook, type, context);
  const wrongPool = detectWrongPool(
    { knownIds: bindings, bindings: type === UserIdType.USER_ID ? undefined : bindings },
    prior.users.keys(),
    resolutions,
  );
  if (wrongPool && !acceptEmptyPool) return [wrongPool];
  const boundIds = boundIdsToLookUp(removed.keys(), type, bindings, resolutions);
  const leavers = decideLeavers({
    type,
    removed,
    declared: new Map(),
    added: new Map(),
    retained,
    protectedUsers,
    bindings,
    resolutions,
    boundUsers: await resolve(boundIds, UserIdType.USER_ID, context),
  });
  const released = leavers.filter((leaver) => {
    const resolution = resolutionOf(leaver.id, resolutions);
    if (resolution.kind === "found" && isNamed(resolution.userId)) return false;
    return bindings.has(leaver.id) ? mayRevoke(leaver) : isLostUnseen(leaver);
  });
  return released.length > 0 ? [describeRelease(change, released, newIds)] : [];
}

const NOT_CHECKED = { refusals: [] };

/**
 * Whether an id that no look-up has found yet may name a user who leaves. An update would keep such an id in the set. An id
 * that GenAuth refuses for itself does not count: the change of the type may be what corrects it.
 */
function isLostUnseen(leaver: Leaver): boolean {
  const failure = failureOf(reasonOf(leaver));
  if (failure) return failure.transient || failure.reach === "every_call";
  return meaningOf(leaver).failsRun === true;
}

function failureOf(answer: Reason | Resolution | undefined): DirectoryFailure | undefined {
  return answer && "failure" in answer ? answer.failure : undefined;
}

async function resolve(ids: Iterable<string>, type: UserIdType, context: ChangeContext) {
  return await resolveIds(context, ids, type, "comparing the users of both id types");
}

function describeRelease(
  { prior, next }: TypeChange,
  released: readonly Leaver[],
  newIds: ReadonlyMap<string, Resolution>,
): Refusal {
  const [failure] = [...newIds.values(), ...released.map(reasonOf)].flatMap(
    (answer) => failureOf(answer)?.message ?? [],
  );
  const whom = count(released.length, "user");
  const listed = listUsers(released, MAX_LISTED);
  if (failure !== undefined) {
    return {
      attribute: "user_id_type",
      summary: `Changing user_id_type may release ${whom}`,
      detail: paragraphs(
        `Some ids could not be looked up, so the new ids cannot be compared with the users of the set, by ${prior.type}. These may leave the set without losing their accounts:\n${listed}`,
        `${failure} Nothing was changed. Plan again when GenAuth answers; if the provider's configuration is not known before apply, first apply what it comes from (-target).`,
      ),
    };
  }
  const ids = [...next.declared.keys()];
  const found = ids.filter((id) => newIds.get(id)?.kind === "found").length;
  const result = ids.length === 0 ? "" : ` Declared ids found by ${next.type}: ${found} of ${ids.length}.`;
  return {
    attribute: "user_id_type",
    summary: `Changing user_id_type would release ${whom} that this change removes`,
    detail: paragraphs(
      `No ${next.type} that the set declares names them, so they would leave the set (by ${prior.type}):\n${listed}`,
      `A change of the type replaces the set, which deletes nobody: they would keep their accounts and no longer be managed here.${result}`,
      `Nothing was changed. If they should stay in the set, correct the ids that it declares for them. If not, first remove them in a separate change, by ${prior.type}; to keep their accounts, add the ids to retained_ids in that change. Then change the type.`,
    ),
  };
}
