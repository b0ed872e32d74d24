import * as z from "zod";
import { MAX_IDS_PER_CALL, UserIdType } from "../users";
import type { PlanJson } from "../terraform-json";
import { Count, createRedactor, FormatVersion, ListedUser, type Redactor } from "./listed-user";
import { isUpperBound, planMessages, ReportedMessage } from "./plan-messages";
import { digestRemovals, readSetChanges, type SetChange } from "./set-change";

const Leaver = ListedUser.extend({
  fate: z
    .enum(["deleted", "not_deleted"])
    .describe(
      "What the plan says about the user. `deleted`: apply deletes the user, or, with `upper_bound`, may delete the user. `not_deleted`: apply fails rather than delete the user.",
    ),
  other_id: z.string().optional().describe("An id that joins the same set with the same label."),
  survivor: z.boolean().describe("The last apply could not delete this user."),
});

const UpperBound = z
  .boolean()
  .describe(
    "true: apply may delete fewer users than `deleted`, because the plan does not say who is kept, some users could not be looked up, or --messages was not given.",
  );

const UserSet = z.object({
  address: z.string().describe("The address of the set in Terraform."),
  resource_type: z.enum(["genauth_user_set", "null_resource"]),
  user_id_type: z.enum(UserIdType),
  action: z
    .enum(["none", "create", "update", "release"])
    .describe("`release`: the set is destroyed, renamed or replaced, which deletes nobody."),
  users_known: z.boolean().describe("false: the declared users are known only during apply."),
  held: Count.describe("Users before the change."),
  deleted: Count.describe("Users that apply deletes, at most."),
  upper_bound: UpperBound,
  calls: Count.describe("Calls that the deletion takes, 50 users each."),
  not_deleted: Count.describe("Users who leave the set without being deleted."),
  released: Count.describe("Users who are no longer managed but keep their accounts."),
  stay: Count,
  join: Count,
  missing: Count.describe("Declared after the change, but not in the user pool when the plan was made."),
  max_deletions: z.number().optional(),
  max_deletions_percent: z.number().optional(),
});

/** What `genauth-users plan-report --format json` writes. */
export const PlanReportSchema = z.object({
  format_version: FormatVersion,
  kind: z.literal("plan"),
  verdict: z
    .enum(["nobody_leaves", "somebody_leaves", "not_known"])
    .describe(
      "Whether ids leave a set. `not_known`: the users of at least one set are known only during apply.",
    ),
  plan_failed: z.boolean().describe("Terraform could not finish the plan: it cannot be applied."),
  redacted: z.boolean(),
  digest: z
    .string()
    .describe(
      "The digest of all removals: two plans with the same digest delete the same users from the same sets.",
    ),
  totals: z.object({
    deleted: Count,
    upper_bound: UpperBound,
    calls: Count,
    not_deleted: Count,
    released: Count,
    stay: Count,
    join: Count,
    missing: Count,
  }),
  sets: z.array(UserSet),
  leavers: z.array(Leaver),
  joiners: z.array(ListedUser),
  missing: z.array(ListedUser),
  warnings: z
    .array(ReportedMessage)
    .describe(
      "The provider's warnings and errors, if --messages was given, and those about the plan itself.",
    ),
});

export type PlanReport = z.infer<typeof PlanReportSchema>;
export type ReportedLeaver = z.infer<typeof Leaver>;
export type ReportedSet = z.infer<typeof UserSet>;

/** How a plan's report is made. */
export interface PlanReportOptions {
  /** The engine's messages about the plan; default: not known. */
  readonly messages?: readonly ReportedMessage[];
  /** For public places: replaces ids with a keyed hash, omits labels and details, and keys the digest. */
  readonly redactKey?: string;
}

/**
 * Reports who leaves and who joins each set, what the plan says about them, and what else a reviewer must know. It makes no
 * decision: the provider plans who is deleted, in `removals`.
 */
export function reportOnPlan(plan: PlanJson, { messages, redactKey }: PlanReportOptions = {}): PlanReport {
  const changes = readSetChanges(plan);
  const redactor = createRedactor(redactKey);
  const parts = changes.map((change) => reportOnSet(change, isUpperBound(change, messages), redactor));
  const sets = parts.map(({ set }) => set);
  const hidesDetails =
    redactKey !== undefined || changes.some(({ prior, planned }) => prior?.sensitive || planned?.sensitive);
  const given = (messages ?? []).map((message) => (hidesDetails ? withoutIds(message) : message));
  return {
    format_version: "1.0",
    kind: "plan",
    verdict: classifyPlan(sets),
    plan_failed: plan.errored,
    redacted: redactKey !== undefined,
    digest: digestRemovals(changes, redactKey),
    totals: addUp(sets),
    sets,
    leavers: parts.flatMap(({ leavers }) => leavers),
    joiners: parts.flatMap(({ joiners }) => joiners),
    missing: parts.flatMap(({ missing }) => missing),
    warnings: [...distinct(given), ...planMessages(plan, changes, messages)],
  };
}

/** One set's part of a plan's report. */
interface SetPart {
  readonly set: ReportedSet;
  readonly leavers: readonly ReportedLeaver[];
  readonly joiners: readonly ListedUser[];
  readonly missing: readonly ListedUser[];
}

function reportOnSet(change: SetChange, upperBound: boolean, redactor: Redactor): SetPart {
  const { address, action, prior, planned, leavers, joiners } = change;
  const snapshot = planned ?? prior;
  if (!snapshot) throw new Error(`${address} is in the plan, but neither before nor after it.`);
  const sensitive = (prior?.sensitive ?? false) || (planned?.sensitive ?? false);
  const show = (id: string, label: string): ListedUser => ({
    set: address,
    user_id_type: snapshot.userIdType,
    ...redactor({ id, label }, snapshot.userIdType, sensitive),
  });

  const missing = findMissing(change);
  const deleted = leavers.filter(({ fate }) => fate === "deleted").length;
  const held = prior?.users.size ?? 0;
  return {
    set: {
      address,
      resource_type: snapshot.resourceType,
      user_id_type: snapshot.userIdType,
      action,
      users_known: planned?.usersKnown ?? true,
      held,
      deleted,
      upper_bound: upperBound,
      calls: Math.ceil(deleted / MAX_IDS_PER_CALL),
      not_deleted: leavers.length - deleted,
      released: action === "release" ? held : 0,
      stay: isComparison(change) ? held - leavers.length : 0,
      join: joiners.length,
      missing: missing.length,
      ...(snapshot.maxDeletions !== undefined && { max_deletions: snapshot.maxDeletions }),
      ...(snapshot.maxDeletionsPercent !== undefined && {
        max_deletions_percent: snapshot.maxDeletionsPercent,
      }),
    },
    leavers: leavers.map(({ id, label, fate, otherId, survivor }) => ({
      ...show(id, label),
      fate,
      ...(otherId !== undefined && { other_id: show(otherId, "").id }),
      survivor,
    })),
    joiners: joiners.map(([id, label]) => show(id, label)),
    missing: missing.map(([id, label]) => show(id, label)),
  };
}

/** Whether the users before and after can be compared. */
function isComparison({ action, prior, planned }: SetChange): boolean {
  return (action === "update" || action === "none") && prior !== undefined && planned?.usersKnown === true;
}

function findMissing(change: SetChange): [string, string][] {
  const { prior, planned } = change;
  if (!isComparison(change)) return [];
  return (prior?.drift.missing ?? []).flatMap((id): [string, string][] => {
    const label = planned?.users.get(id);
    return label === undefined ? [] : [[id, label]];
  });
}

function addUp(sets: readonly ReportedSet[]): PlanReport["totals"] {
  const total = (name: Exclude<keyof PlanReport["totals"], "upper_bound">) =>
    sets.reduce((sum, set) => sum + set[name], 0);
  return {
    deleted: total("deleted"),
    upper_bound: sets.some(({ upper_bound }) => upper_bound),
    calls: total("calls"),
    not_deleted: total("not_deleted"),
    released: total("released"),
    stay: total("stay"),
    join: total("join"),
    missing: total("missing"),
  };
}

function classifyPlan(sets: readonly ReportedSet[]): PlanReport["verdict"] {
  if (sets.some(({ users_known }) => !users_known)) return "not_known";
  const leave = sets.some((set) => set.deleted + set.not_deleted + set.released > 0);
  return leave ? "somebody_leaves" : "nobody_leaves";
}

/** Removes the detail and the part of the summary after the colon, which quote ids and labels. */
function withoutIds(message: ReportedMessage): ReportedMessage {
  const [summary = ""] = message.summary.split(": ", 1);
  return { ...message, summary, detail: "" };
}

/** Removes duplicate messages, and sorts the rest, so that the engine's order does not matter. */
function distinct(messages: readonly ReportedMessage[]): ReportedMessage[] {
  const byText = new Map(messages.map((message) => [JSON.stringify(message), message]));
  return [...byText].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, message]) => message);
}
