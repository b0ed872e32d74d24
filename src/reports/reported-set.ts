import * as z from "zod";
import { printable } from "../text";
import { mayBeSamePool } from "../user-pool";
import {
  canonicalId,
  disagree,
  LEAVING_REASONS,
  readPlanMessage,
  type StatedRemoval,
  UserIdType,
} from "../users";
import { countOverdue } from "./due-deletions";
import { Count, ListedUser, type Redactor } from "./listed-user";
import type { ReportedMessage } from "./plan-messages";
import type { PlannedChange, PlannedFate, PlannedLeaver } from "./planned-change";

/** Why a user leaves a set without being deleted, or could not be looked up. */
const Reason = z.enum(LEAVING_REASONS);

export const ReportedLeaver = ListedUser.extend({
  fate: z
    .enum(["deleted", "suspended", "not_deleted"])
    .describe(
      "What the plan says about the user. `deleted`: apply deletes the user, or, with `upper_bound`, may delete the user. `suspended`: apply suspends the user, or may; a later plan deletes the user. `not_deleted`: apply fails rather than delete or suspend the user.",
    ),
  reason: Reason.optional().describe("Why, if the plan's messages say so."),
  note: z.string().optional().describe("More about the reason, in the provider's words."),
  name: z
    .string()
    .optional()
    .describe("The name in GenAuth, if the plan's messages hold it, or it was looked up."),
  names_disagree: z.boolean().describe("The label and the name in GenAuth differ: it may be somebody else."),
  declared_in: z.array(z.string()).describe("Other sets of the plan that still declare the id."),
  other_id: z.string().optional().describe("An id that joins the same set with the same label."),
  survivor: z.boolean().describe("The last apply could not delete this user."),
  user_id: z
    .string()
    .optional()
    .describe(
      "The system user id of the account that the id means, as the state has it; absent if the id is one itself, was never found, or is hidden.",
    ),
  suspended_until: z
    .string()
    .optional()
    .describe("Only for a deletion that is due: the day until which the user has been suspended."),
});

export type ReportedLeaver = z.infer<typeof ReportedLeaver>;

export const RelabelledUser = ListedUser.extend({
  former_label: z.string().describe("The label before the change."),
});

export type RelabelledUser = z.infer<typeof RelabelledUser>;

export const ReportedReactivation = ListedUser.extend({
  user_id: z.string().optional().describe("The system user id; absent if the report hides ids."),
});

export type ReportedReactivation = z.infer<typeof ReportedReactivation>;

export const UpperBound = z
  .boolean()
  .describe(
    "true: apply may delete fewer users than `deleted`, because the plan does not say who is kept, some users could not be looked up, or --messages was not given.",
  );

export const ReportedSet = z.object({
  address: z.string().describe("The address of the set in Terraform."),
  resource_type: z.enum(["genauth_user_set", "null_resource"]),
  user_id_type: z.enum(UserIdType),
  user_pool_name: z.string().optional().describe("The name of the set's user pool, if its provider has one."),
  action: z
    .enum(["none", "create", "update", "release", "refused"])
    .describe(
      "`release`: the set is destroyed, renamed or replaced, which deletes nobody. `refused`: the plan failed at this set; the counts are of the change that was refused.",
    ),
  users_known: z
    .boolean()
    .describe("false: the declared users, or whom the set reactivates, are known only during apply."),
  sensitive: z
    .boolean()
    .describe("The configuration marks the users as sensitive, so the report hides them."),
  held: Count.describe("Users before the change."),
  deleted: Count.describe("Users that apply deletes, at most."),
  upper_bound: UpperBound,
  due: Count.describe("Of `deleted`: suspended users whose day has come."),
  overdue: Count.describe(
    "Suspended users whose day had come when the plan was made, by the clock of the engine, and whom it does not delete.",
  ),
  suspended: Count.describe("Users that apply suspends, at most. A later apply deletes them."),
  reactivated: Count.describe("Users who are declared again and whom apply reactivates, at most."),
  declared_elsewhere: Count.describe("Of `deleted` and `suspended`: users whom another set still declares."),
  not_deleted: Count.describe("Users who leave the set without being deleted or suspended."),
  released: Count.describe("Users who are no longer managed but keep their accounts."),
  stay: Count,
  join: Count,
  relabelled: Count.describe("Users who stay under another label."),
  missing: Count.describe("Declared after the change, but not in the user pool when the plan was made."),
  max_deletions: z.number().optional(),
  max_deletions_percent: z.number().optional(),
  suspend_days: Count.describe("Days between a suspension and the deletion; 0: users are deleted at once."),
  ends_waiting: z
    .boolean()
    .describe(
      "Some of the suspended users may not wait any more after the apply: deleted, reactivated or released.",
    ),
});

export type ReportedSet = z.infer<typeof ReportedSet>;

/** One set's part of a plan's report. */
export interface SetPart {
  readonly set: ReportedSet;
  readonly leavers: readonly ReportedLeaver[];
  readonly joiners: readonly ListedUser[];
  readonly reactivated: readonly ReportedReactivation[];
  readonly relabelled: readonly RelabelledUser[];
  readonly missing: readonly ListedUser[];
}

/** What the whole plan says, for the part of one set. */
export interface PlanContext {
  readonly messages: readonly ReportedMessage[];
  readonly declared: DeclaringSets;
  /** The name of a leaver in GenAuth, if it was looked up. */
  readonly nameOf: (id: string, type: UserIdType) => string | undefined;
  /** When the plan was made, if that is known. */
  readonly plannedAt: string | undefined;
  readonly redactor: Redactor;
}

const NOBODY = { deleted: 0, suspended: 0 };

/** Describes one set's change. */
export function reportOnSet(change: PlannedChange, upperBound: boolean, context: PlanContext): SetPart {
  const { address, action, prior, planned, leavers, unnamed = NOBODY, joiners, relabelled } = change;
  const snapshot = planned ?? prior;
  if (!snapshot) throw new Error(`${address} is in the plan, but neither before nor after it.`);
  const type = snapshot.userIdType;
  const sensitive = (prior?.sensitive ?? false) || (planned?.sensitive ?? false);
  const show = (id: string, label: string): ListedUser => ({
    set: address,
    user_id_type: type,
    ...context.redactor({ id, label }, type, sensitive),
  });
  const isShown = (id: string) => show(id, "").id === id;

  const missing = findMissing(change);
  const counted = (of: PlannedFate) => leavers.filter(({ fate }) => fate === of).length;
  const deleted = counted("deleted") + unnamed.deleted;
  const suspended = counted("suspended") + unnamed.suspended;
  const held = prior?.users.size ?? 0;
  const stated = readStated(change, context.messages);
  // Of a refused set, the messages count everybody who would leave, or nobody.
  const stay =
    held - leavers.filter(({ id }) => prior?.users.has(id)).length - unnamed.deleted - unnamed.suspended;
  const tellsWhoStays = isComparison(change) || (action === "refused" && leavers.length > 0);
  return {
    set: {
      address,
      resource_type: snapshot.resourceType,
      user_id_type: type,
      ...(snapshot.userPoolName !== undefined && { user_pool_name: snapshot.userPoolName }),
      action,
      users_known: planned === undefined || (planned.usersKnown && planned.reactivationsKnown),
      sensitive,
      held,
      deleted,
      upper_bound: upperBound,
      due: leavers.filter(({ suspendedUntil }) => suspendedUntil !== undefined).length,
      overdue: countOverdue(change, context.plannedAt),
      suspended,
      reactivated: change.reactivated.length,
      declared_elsewhere: leavers.filter(
        ({ id, fate }) => fate !== "not_deleted" && context.declared.otherSets(id, type, change).length > 0,
      ).length,
      not_deleted: counted("not_deleted"),
      released: action === "release" ? held : 0,
      stay: tellsWhoStays ? Math.max(0, stay) : 0,
      join: joiners.length,
      relabelled: relabelled.length,
      missing: missing.length,
      ...(snapshot.maxDeletions !== undefined && { max_deletions: snapshot.maxDeletions }),
      ...(snapshot.maxDeletionsPercent !== undefined && {
        max_deletions_percent: snapshot.maxDeletionsPercent,
      }),
      suspend_days: snapshot.suspendDays,
      ends_waiting: change.endsWaiting,
    },
    leavers: leavers.map((leaver) => {
      const { id, fate, otherId, survivor, userId, suspendedUntil } = leaver;
      const said = stated(leaver);
      const label = leaver.label ?? said?.label ?? "";
      const poolName = context.nameOf(id, type);
      const name = said?.name ?? (poolName && printable(poolName));
      const reason = said && said.outcome !== "delete" ? said.outcome : undefined;
      return {
        ...show(id, label),
        fate,
        ...(reason !== undefined && { reason }),
        ...(said && said.note !== "" && isShown(id) && { note: said.note }),
        ...(name !== undefined && isShown(id) && { name }),
        names_disagree: said?.disagrees ?? disagree(label, poolName),
        declared_in: context.declared.otherSets(id, type, change),
        ...(otherId !== undefined && { other_id: show(otherId, "").id }),
        survivor,
        ...(userId !== undefined && isShown(id) && { user_id: userId }),
        ...(suspendedUntil !== undefined && { suspended_until: suspendedUntil }),
      };
    }),
    joiners: joiners.map(([id, label]) => show(id, label)),
    reactivated: change.reactivated.map(({ id, label, userId }) => ({
      ...show(id, label),
      ...(isShown(id) && { user_id: userId }),
    })),
    relabelled: relabelled.map(({ id, label, formerLabel }) => ({
      ...show(id, label),
      former_label: show(id, formerLabel).label,
    })),
    missing: missing.map(([id, label]) => show(id, label)),
  };
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
    if (said) return isSaidOf(fate, said) ? said : undefined;
    const isGone = fate === "not_deleted" && missing.has(id) && !mayHaveMoved;
    return isGone ? { outcome: "gone", isRevoked: false, disagrees: false, note: "" } : undefined;
  };
}

/** The plan decides. A message of another plan may contradict it. */
function isSaidOf(fate: PlannedLeaver["fate"], said: StatedRemoval): boolean {
  return (fate !== "not_deleted") === said.isRevoked;
}

type DeclaringSet = Pick<PlannedChange, "address" | "planned">;

/** The ids that a plan declares. */
export class DeclaringSets {
  readonly #sets = new Map<string, DeclaringSet[]>();

  constructor(changes: readonly DeclaringSet[]) {
    for (const set of changes) {
      const { planned } = set;
      for (const id of planned?.users.keys() ?? []) {
        const key = keyOf(id, planned?.userIdType ?? UserIdType.USER_ID);
        const sets = this.#sets.get(key);
        if (sets) sets.push(set);
        else this.#sets.set(key, [set]);
      }
    }
  }

  /** The addresses of the other sets, in the same user pool as far as is known, that declare an id after the change. */
  otherSets(id: string, type: UserIdType, { address, planned, prior }: PlannedChange): string[] {
    const pool = (planned ?? prior)?.userPoolName;
    return (this.#sets.get(keyOf(id, type)) ?? [])
      .filter((other) => other.address !== address && mayBeSamePool(other.planned?.userPoolName, pool))
      .map((other) => other.address);
  }
}

/** The same for two spellings of one id. */
export function keyOf(id: string, type: UserIdType): string {
  return JSON.stringify([type, canonicalId(id, type)]);
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
