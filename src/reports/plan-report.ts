import * as z from "zod";
import { originOf } from "../operator";
import { NO_PLAN, parsePlan, type PlanJson, resourceAddress } from "../terraform-json";
import type { UserLookUps } from "../users";
import { ReportContext } from "./context";
import { classifyDueDeletions } from "./due-deletions";
import { Count, createRedactor, FormatVersion, ListedUser } from "./listed-user";
import {
  findOtherRun,
  findPools,
  isUpperBound,
  planMessages,
  type PlanOutput,
  ReportedMessage,
} from "./plan-messages";
import { lookUpNames, type PoolNames } from "./pool-names";
import { readRestOfPlan, RestOfPlan } from "./plan-rest";
import { explainMissingPlan, findRefusals, PlanRefusal, type RefusalRules } from "./refusals";
import { readRefusedSets } from "./refused-sets";
import {
  DeclaringSets,
  RelabelledUser,
  ReportedLeaver,
  ReportedReactivation,
  ReportedSet,
  reportOnSet,
  UpperBound,
} from "./reported-set";
import { readPlannedChanges, readPlannedHosts, readUntouchedSets } from "./planned-change";

/** Why a list of the report cannot be read whole. */
const NotWhole = z.object({
  set: z.string().optional().describe("The set that it concerns; absent: the whole plan."),
  why: z
    .enum(["unknown", "sensitive", "deferred"])
    .describe(
      "`unknown`: the users are known only during apply. `sensitive`: the configuration hides them. `deferred`: a part is left to a later plan.",
    ),
});

const Totals = z.object({
  deleted: Count,
  upper_bound: UpperBound,
  due: Count,
  overdue: Count,
  suspended: Count,
  reactivated: Count,
  declared_elsewhere: Count.describe("Of `deleted` and `suspended`: users whom another set still declares."),
  not_deleted: Count,
  released: Count,
  stay: Count,
  join: Count,
  relabelled: Count,
  missing: Count,
});

/** What `genauth-users plan-report --format json` writes. */
export const PlanReportSchema = z.object({
  format_version: FormatVersion,
  kind: z.literal("plan"),
  verdict: z
    .enum(["nobody_leaves", "somebody_leaves", "not_known"])
    .describe(
      "Whether ids leave a set. `not_known`: the users of at least one set, or whom it reactivates, are known only during apply.",
    ),
  due_deletions: z
    .enum(["none", "alone", "with_others"])
    .describe(
      "Whether the plan deletes suspended users whose day has come. `alone`: it does nothing else. `with_others`: it does, such as a change of users or of another resource. Outputs do not count, nor data sources that the plan has read.",
    ),
  plan_failed: z.boolean().describe("Terraform could not finish the plan: it cannot be applied."),
  refusals: z
    .array(PlanRefusal)
    .describe("Why the plan must not be applied, the gravest reason first. Empty: nothing refuses it."),
  redacted: z.boolean(),
  names_looked_up: z
    .boolean()
    .optional()
    .describe("The names of everybody who is deleted or suspended were looked up in GenAuth (--look-up)."),
  context: ReportContext.extend({
    planned_at: z.string().optional().describe("When the plan was made."),
  }),
  hosts: z
    .array(z.string())
    .describe(
      "The hosts that the configurations of the provider name, if there are several, or one is not the host of the report's own run (GENAUTH_HOST). Empty: nothing to notice.",
    ),
  whole: z.boolean().describe("Everyone who may be deleted is listed, by id."),
  not_whole: z.array(NotWhole),
  totals: Totals,
  sets: z.array(ReportedSet),
  leavers: z.array(ReportedLeaver),
  rest: z.array(RestOfPlan).describe("What the plan does besides changing user sets. Empty: nothing."),
  joiners: z.array(ListedUser),
  reactivated: z
    .array(ReportedReactivation)
    .describe("Users whom a set suspended, or may have, and whom apply reactivates, or may."),
  relabelled: z.array(RelabelledUser),
  missing: z.array(ListedUser),
  warnings: z
    .array(ReportedMessage)
    .describe(
      "The provider's warnings and errors, if --messages was given, and those about the plan itself.",
    ),
});

export type PlanReport = z.infer<typeof PlanReportSchema>;

/** How a plan's report is made. */
export interface PlanReportOptions {
  /** The engine's messages about the plan; default: not known. */
  readonly messages?: PlanOutput["messages"];
  /** When the engine that gave these messages ran; default: not known. */
  readonly ran?: PlanOutput["ran"];
  /** For public places: replaces ids with a keyed hash, and omits labels and details. */
  readonly redactKey?: string;
  /** The context that is known besides the plan. */
  readonly context?: ReportContext;
  /** The names in GenAuth; default: those that the messages hold. */
  readonly names?: PoolNames;
  /** The host that the configurations should name; default: any one. */
  readonly host?: string | undefined;
  /** What the report refuses besides a plan that failed; default nothing. */
  readonly refuse?: RefusalRules;
}

/**
 * Reports who leaves and who joins each set, what the plan says about them, and what else a reviewer must know. It makes no
 * decision: the provider plans who is deleted, in `removals`.
 */
export function reportOnPlan(
  plan: PlanJson,
  { messages, ran, redactKey, names, context = {}, host = "", refuse = {} }: PlanReportOptions = {},
): PlanReport {
  const shown = readPlannedChanges(plan);
  const changes = [...shown, ...readRefusedSets(plan, shown, messages)];
  const planContext = {
    messages: messages ?? [],
    declared: new DeclaringSets([...changes, ...readUntouchedSets(plan)]),
    nameOf: names?.nameOf ?? (() => undefined),
    plannedAt: plan.timestamp,
    redactor: createRedactor(redactKey),
  };
  const parts = changes.map((change) => reportOnSet(change, isUpperBound(change, messages), planContext));
  const sets = parts.map(({ set }) => set);
  const redacted = redactKey !== undefined;
  const hidesDetails = redacted || sets.some(({ sensitive }) => sensitive);
  const given = (messages ?? []).map((message) => (hidesDetails ? withoutIds(message) : message));
  const notWhole = findNotWhole(plan, sets);
  const pools = findPools(messages ?? []);
  const rest = readRestOfPlan(plan);
  const report = {
    format_version: "1.0" as const,
    kind: "plan" as const,
    verdict: classifyPlan(sets),
    due_deletions: classifyDueDeletions(plan, changes),
    plan_failed: plan.errored,
    redacted,
    ...(names && { names_looked_up: true }),
    context: {
      ...(pools.length > 0 && { pool: pools.join(", ") }),
      ...context,
      ...(plan.timestamp !== undefined && { planned_at: plan.timestamp }),
    },
    hosts: findHosts(plan, originOf(host)),
    whole: notWhole.length === 0,
    not_whole: notWhole,
    totals: addUp(sets),
    sets,
    leavers: parts.flatMap(({ leavers }) => leavers),
    rest: redacted ? rest.map((item) => ({ ...item, address: resourceAddress(item.address) })) : rest,
    joiners: parts.flatMap(({ joiners }) => joiners),
    reactivated: parts.flatMap(({ reactivated }) => reactivated),
    relabelled: parts.flatMap(({ relabelled }) => relabelled),
    missing: parts.flatMap(({ missing }) => missing),
    warnings: [...distinct(given), ...planMessages(changes, messages)],
  };
  const otherRun = messages && findOtherRun(plan, { messages, ...(ran && { ran }) });
  return { ...report, refusals: findRefusals(plan, report, { ...refuse, otherRun }) };
}

/**
 * Reports on a run that wrote no plan: why, by its messages.
 *
 * @throws Error if the messages hold no error
 */
export function reportOnMissingPlan(options: PlanReportOptions): PlanReport {
  if (!options.messages?.some(({ severity }) => severity === "error")) {
    throw new Error("There is no plan, and the messages hold no error that says why. Plan again.");
  }
  const report = reportOnPlan(NO_PLAN, options);
  return { ...report, refusals: report.refusals.map((refusal) => explainMissingPlan(refusal)) };
}

/** What a run of an engine made. */
export interface PlanRun extends Omit<PlanReportOptions, "names"> {
  /** What the engine shows of the saved plan; undefined: it wrote none, and the messages say why. */
  readonly json: string | undefined;
  /** Looks up whom the plan deletes or suspends; default: nobody. */
  readonly lookUps?: UserLookUps | undefined;
}

/**
 * Reports on what a run of an engine made. Names that cannot be looked up are blank in the report, which is worth more than none.
 *
 * @returns the report, and why some names could not be looked up
 * @throws Error if there is neither a plan nor an error that says why
 */
export async function reportOnRun({
  json,
  lookUps,
  ...options
}: PlanRun): Promise<{ readonly report: PlanReport; readonly failure: string | undefined }> {
  if (json === undefined) return { report: reportOnMissingPlan(options), failure: undefined };
  const plan = parsePlan(json);
  const names = lookUps && (await lookUpNames(plan, lookUps));
  const report = reportOnPlan(plan, { ...options, ...(names && { names }) });
  return { report, failure: names?.failure };
}

/** @param expected empty: any one */
function findHosts(plan: PlanJson, expected: string): string[] {
  const hosts = readPlannedHosts(plan);
  return hosts.length > 1 || hosts.some((host) => expected !== "" && host !== expected) ? hosts : [];
}

function findNotWhole(
  { complete, errored }: PlanJson,
  sets: readonly ReportedSet[],
): PlanReport["not_whole"] {
  return [
    ...sets.flatMap(({ address, users_known, sensitive, action }) => [
      ...(users_known ? [] : [{ set: address, why: "unknown" as const }]),
      ...(sensitive && action !== "none" ? [{ set: address, why: "sensitive" as const }] : []),
    ]),
    ...(complete || errored ? [] : [{ why: "deferred" as const }]),
  ];
}

/** The sums over sets, or over stacks. */
export function addUp(parts: readonly PlanReport["totals"][]): PlanReport["totals"] {
  const names = Totals.keyof().exclude(["upper_bound"]).options;
  const sums = names.map((name) => [name, parts.reduce((sum, part) => sum + part[name], 0)]);
  const upper_bound = parts.some((part) => part.upper_bound);
  return Totals.parse({ ...Object.fromEntries(sums), upper_bound });
}

function classifyPlan(sets: readonly ReportedSet[]): PlanReport["verdict"] {
  if (sets.some(({ users_known }) => !users_known)) return "not_known";
  const leave = sets.some((set) => set.deleted + set.suspended + set.not_deleted + set.released > 0);
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
