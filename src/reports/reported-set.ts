import { printable } from "../text";
import { type DirectoryUser, disagree, readPlanMessage, type StatedRemoval, type UserIdType } from "../users";
import { type DeclaringSet, findDeclaring } from "./declared-elsewhere";
import { findChangedLimits } from "./changed-limits";
import type { ReportedMessage } from "./document";
import { keyOf, nameOfUser } from "./look-up-leavers";
import type { ListedUser, UserLister } from "./listed-user";
import type { LeavingCause, ReportedLeaver, ReportedSet } from "./plan-report-schema";
import type { PlannedChange, PlannedLeaver } from "./planned-change";
import type { PlannedFate } from "./set-snapshot";

/** What the whole plan says, for the part of one set. */
export interface PlanContext {
  readonly messages: readonly ReportedMessage[];
  /** All sets of the run that declare or retain users after the change. */
  readonly declaring: readonly DeclaringSet[];
  /** The leavers who were looked up, by `keyOf`. */
  readonly lookedUp: ReadonlyMap<string, DirectoryUser>;
  /** Why users leave, by id. */
  readonly causes: ReadonlyMap<string, LeavingCause>;
  /** When the plan was made, if that is known. */
  readonly plannedAt: string | undefined;
  readonly list: UserLister;
}

const NOBODY = { deleted: 0, suspended: 0 };

/** Describes one set's change: its part of a plan's report. */
export function reportOnSet(change: PlannedChange, upperBound: boolean, context: PlanContext) {
  const {
    address,
    action,
    prior,
    planned,
    unnamed = NOBODY,
    joiners,
    reactivated,
    rebound,
    relabelled,
  } = change;
  const snapshot = planned ?? prior;
  if (!snapshot) throw new Error(`${address} is in the plan, but neither before nor after it.`);
  const type = snapshot.userIdType;
  const sensitive = (prior?.sensitive ?? false) || (planned?.sensitive ?? false);
  const show = context.list({ name: address, userIdType: type, sensitive });
  const leavers = reportOnLeavers(change, type, show, context);
  const missing = findMissing(change);
  const changedLimits = findChangedLimits(change);
  const overdue = findOverdue(change, context.plannedAt);
  const counted = (of: PlannedFate) => leavers.filter(({ fate }) => fate === of).length;
  const deleted = counted("deleted") + unnamed.deleted;
  const suspended = counted("suspended") + unnamed.suspended;
  const held = prior?.users.size ?? 0;
  // Of a refused set, the messages count everybody who would leave, or nobody.
  const tellsWhoStays = isComparison(change) || (action === "refused" && leavers.length > 0);
  const left = change.leavers.filter(({ id }) => prior?.users.has(id)).length;
  const stay = held - left - unnamed.deleted - unnamed.suspended;
  return {
    set: {
      address,
      resource_type: snapshot.resourceType,
      user_id_type: type,
      user_pool_name: snapshot.userPoolName,
      action,
      users_known: planned === undefined || (planned.usersKnown && planned.reactivationsKnown),
      sensitive,
      held,
      deleted,
      upper_bound: upperBound,
      due: leavers.filter((leaver) => leaver.suspended_until !== undefined).length,
      overdue: overdue.length,
      suspended,
      reactivated: reactivated.length,
      declared_elsewhere: leavers.filter(
        ({ fate, declared_in }) => fate !== "not_deleted" && declared_in.length > 0,
      ).length,
      not_deleted: counted("not_deleted"),
      released: action === "release" ? held : 0,
      stay: tellsWhoStays ? Math.max(0, stay) : 0,
      join: joiners.length,
      rebound: rebound.length,
      relabelled: relabelled.length,
      missing: missing.length,
      limits_changed: changedLimits.length > 0 ? 1 : 0,
      changed_limits: changedLimits,
      max_deletions: snapshot.maxDeletions,
      max_deletions_percent: snapshot.maxDeletionsPercent,
      suspend_days: snapshot.suspendDays,
      ends_waiting: change.endsWaiting,
    } satisfies ReportedSet,
    leavers,
    joiners: joiners.map(([id, label]) => show(id, label)),
    reactivated: reactivated.map(({ id, label, userId }) => {
      const shown = show(id, label);
      return { ...shown, user_id: shown.id === id ? userId : undefined };
    }),
    rebound: rebound.map(({ id, label, formerUserId, userId }) => {
      const shown = show(id, label);
      const isShown = shown.id === id;
      return { ...shown, former_user_id: isShown ? formerUserId : "", user_id: isShown ? userId : "" };
    }),
    relabelled: relabelled.map(({ id, label, formerLabel }) => ({
      ...show(id, label),
      former_label: show(id, formerLabel).label,
    })),
    missing: missing.map(([id, label]) => show(id, label)),
    overdue: overdue.map(([id, day]) => ({ ...show(id, ""), suspended_until: day })),
  };
}

function reportOnLeavers(
  change: PlannedChange,
  type: UserIdType,
  show: (id: string, label: string) => ListedUser,
  { messages, lookedUp, causes, declaring }: PlanContext,
): ReportedLeaver[] {
  const stated = readStated(change, messages);
  const own = { address: change.address, userPoolName: (change.planned ?? change.prior)?.userPoolName };
  return change.leavers.map((leaver) => {
    const { id, fate, otherId, survivor, userId, suspendedUntil } = leaver;
    const said = stated(leaver);
    const label = leaver.label ?? said?.label ?? "";
    const user = lookedUp.get(keyOf(id, type));
    const poolName = user && nameOfUser(user);
    const shown = show(id, label);
    const isShown = shown.id === id;
    return {
      ...shown,
      fate,
      reason: said && said.outcome !== "delete" ? said.outcome : undefined,
      note: isShown ? said?.note || undefined : undefined,
      name: isShown ? (said?.name ?? (poolName && printable(poolName))) : undefined,
      names_disagree: said?.disagrees ?? disagree(label, poolName),
      declared_in: findDeclaring({ id, type, user }, own, declaring),
      cause: isShown ? causes.get(id) : undefined,
      other_id: otherId === undefined ? undefined : show(otherId, "").id,
      survivor,
      user_id: isShown ? userId : undefined,
      suspended_until: suspendedUntil,
    };
  });
}

/** Reads what the messages say about a set's leavers, and what follows from the last refresh. */
function readStated(
  { address, prior, leavers }: PlannedChange,
  messages: readonly ReportedMessage[],
): (leaver: PlannedLeaver) => StatedRemoval | undefined {
  const labels = new Map(leavers.map(({ id, label }) => [id, label]));
  const read = messages
    .filter((message) => message.address === address && labels.size > 0)
    .map((message) => readPlanMessage(message, labels));
  const missing = new Set(prior?.drift.missing);
  // A user whose id was changed in GenAuth is not found by the old one.
  const mayHaveMoved = read.length === 0 || read.some(({ unnamed }) => unnamed.has("moved"));
  return ({ id, fate }) => {
    const said = read.map(({ removals }) => removals.get(id)).find((one) => one !== undefined);
    // The plan decides. A message of another plan may contradict it.
    if (said) return (fate !== "not_deleted") === said.isRevoked ? said : undefined;
    const isGone = fate === "not_deleted" && missing.has(id) && !mayHaveMoved;
    return isGone ? { outcome: "gone", isRevoked: false, disagrees: false, note: "" } : undefined;
  };
}

/** Whether the users before and after can be compared. */
function isComparison({ action, prior, planned }: PlannedChange): boolean {
  return (action === "update" || action === "none") && prior !== undefined && planned?.usersKnown === true;
}

function findMissing(change: PlannedChange): [string, string][] {
  const { prior, planned } = change;
  if (!isComparison(change)) return [];
  return (prior?.drift.missing ?? []).flatMap((id): [string, string][] => {
    const label = planned?.users.get(id);
    return label === undefined ? [] : [[id, label]];
  });
}

/**
 * Finds the suspended users of a set whose day had come when the plan was made, and who are not deleted by
 * it: a limit or the operator holds them, or the look-ups do not find them.
 *
 * @param plannedAt when the plan was made; absent: not known, so nobody is found
 * @returns each id, and the day of the deletion
 */
function findOverdue(
  { prior, planned }: PlannedChange,
  plannedAt: string | undefined,
): (readonly [id: string, day: string])[] {
  if (!prior || plannedAt === undefined) return [];
  const now = Date.parse(plannedAt);
  const isKept = (id: string): boolean =>
    planned?.fates.get(id) !== "deleted" && planned?.users.has(id) !== true;
  return [...prior.suspended].filter(([id, day]) => Date.parse(day) <= now && isKept(id));
}
