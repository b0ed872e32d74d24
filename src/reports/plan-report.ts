import { originOf } from "../operator";
import { NO_PLAN, parsePlan, type PlanJson, resourceAddress } from "../terraform-json";
import type { DirectoryUser, UserLookUps } from "../users";
import type { ReportContext } from "./context";
import type { ReportedMessage } from "./document";
import { declaringSets, declaringSetsOf, type OtherStack } from "./declared-elsewhere";
import { createLister } from "./listed-user";
import { type LookedUpUsers, lookUpLeavers } from "./look-up-leavers";
import {
  findOtherRun,
  findPools,
  isUpperBound,
  planMessages,
  type PlanOutput,
  readRefusedSets,
  withReason,
} from "./plan-messages";
import { type LeavingCause, type StackReport, type ReportedSet, Totals } from "./plan-report-schema";
import { readRestOfPlan } from "./plan-rest";
import { readPlanned, readPlannedChanges, readUntouchedSets } from "./planned-change";
import { findRefusals, type RefusalRules } from "./refusals";
import { reportOnSet } from "./reported-set";
import type { SetSnapshot } from "./set-snapshot";

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
  /** Those who leave and were looked up; default: nobody was. */
  readonly lookedUp?: LookedUpUsers | undefined;
  /** The host that the configurations should name; default: any one. */
  readonly host?: string | undefined;
  /** Why users leave, by id; default: not known. */
  readonly causes?: ReadonlyMap<string, LeavingCause> | undefined;
  /** What the report refuses besides a plan that failed; default nothing. */
  readonly refuse?: RefusalRules;
  /** The plans of the other stacks of the run, which may still declare somebody who leaves; default none. */
  readonly others?: readonly OtherStack[];
  /** What the operator has set to hold the deletions that are due, by its name; default nothing. */
  readonly dueHeldBy?: string | undefined;
}

/**
 * Reports who leaves and who joins each set, what the plan says about them, and what else a reviewer must
 * know. It makes no decision: the provider plans who is deleted, in `removals`.
 */
export function reportOnPlan(
  plan: PlanJson,
  {
    messages,
    ran,
    redactKey,
    lookedUp,
    causes = new Map(),
    context = {},
    host = "",
    refuse = {},
    others = [],
    dueHeldBy,
  }: PlanReportOptions = {},
): StackReport {
  const shown = readPlannedChanges(plan);
  const changes = [...shown, ...readRefusedSets(plan, shown, messages)];
  const untouched = readUntouchedSets(plan);
  const planContext = {
    messages: messages ?? [],
    declaring: [...declaringSets([...changes, ...untouched]), ...others.flatMap(declaringSetsOf)],
    lookedUp: lookedUp?.users ?? new Map<string, DirectoryUser>(),
    causes,
    plannedAt: plan.timestamp,
    list: createLister(redactKey),
  };
  const parts = changes.map((change) => reportOnSet(change, isUpperBound(change, messages), planContext));
  const sets = parts.map(({ set }) => set);
  const redacted = redactKey !== undefined;
  const hidesDetails = redacted || sets.some(({ sensitive }) => sensitive);
  const given = (messages ?? [])
    .map(withReason)
    .map((message) => (hidesDetails ? withoutIds(message) : message));
  const notWhole = findNotWhole(plan, sets);
  const pools = findPools(messages ?? []);
  const rest = readRestOfPlan(plan);
  const report = {
    verdict: classifyPlan(sets),
    plan_failed: plan.errored,
    redacted,
    names_looked_up: lookedUp && true,
    context: {
      ...(pools.length > 0 && { pool: pools.join(", ") }),
      ...context,
      planned_at: plan.timestamp,
    },
    hosts: findHosts(plan, originOf(host)),
    whole: notWhole.length === 0,
    not_whole: notWhole,
    totals: addUp(sets),
    run_limit: refuse.above,
    sets,
    leavers: parts.flatMap(({ leavers }) => leavers),
    rest: redacted ? rest.map((item) => ({ ...item, address: resourceAddress(item.address) })) : rest,
    joiners: parts.flatMap(({ joiners }) => joiners),
    reactivated: parts.flatMap(({ reactivated }) => reactivated),
    rebound: parts.flatMap(({ rebound }) => rebound),
    overdue: parts.flatMap(({ overdue }) => overdue),
    due_held_by: changes.some(({ prior }) => waits(prior)) ? dueHeldBy : undefined,
    relabelled: parts.flatMap(({ relabelled }) => relabelled),
    missing: parts.flatMap(({ missing }) => missing),
    warnings: [...distinct(given), ...planMessages(changes, messages)],
  };
  const otherRun = messages && findOtherRun(plan, { messages, ran });
  const holdsSets = untouched.length > 0 || changes.some(({ prior }) => prior !== undefined);
  return { ...report, refusals: findRefusals(plan, report, { ...refuse, otherRun, holdsSets }) };
}

/** What a run of an engine made. */
export interface PlanRun extends Omit<PlanReportOptions, "lookedUp" | "causes"> {
  /** What the engine shows of the saved plan; undefined: it wrote none, and the messages say why. */
  readonly json: string | undefined;
  /** Looks up the people that the plan deletes or suspends; default: nobody. */
  readonly lookUps?: UserLookUps | undefined;
  /** Finds out why users leave, by id; default: for nobody. */
  readonly findCauses?: (ids: readonly string[]) => Promise<ReadonlyMap<string, LeavingCause>>;
}

/**
 * Reports on what a run of an engine made. Names that cannot be looked up are blank in the report, which is
 * worth more than none.
 *
 * @returns the report, and why some names could not be looked up
 * @throws Error if there is neither a plan nor an error that says why
 */
export async function reportOnRun({
  json,
  lookUps,
  findCauses,
  ...options
}: PlanRun): Promise<{ readonly report: StackReport; readonly failure: string | undefined }> {
  if (json === undefined && !options.messages?.some(({ severity }) => severity === "error"))
    throw new Error("There is no plan, and the messages hold no error that says why. Plan again.");
  const plan = json === undefined ? NO_PLAN : parsePlan(json);
  const lookedUp = json !== undefined && lookUps ? await lookUpLeavers(plan, lookUps) : undefined;
  const leavers = readPlannedChanges(plan).flatMap((change) => change.leavers.map(({ id }) => id));
  const causes = leavers.length > 0 ? await findCauses?.([...new Set(leavers)]) : undefined;
  return { report: reportOnPlan(plan, { ...options, lookedUp, causes }), failure: lookedUp?.failure };
}

/** Whether somebody in a set waits for the deletion. */
function waits(set: SetSnapshot | undefined): boolean {
  return set !== undefined && set.suspended.size > 0;
}

/** @param expected empty: any one */
function findHosts(plan: PlanJson, expected: string): string[] {
  const hosts = readPlanned("host", plan);
  return hosts.length > 1 || hosts.some((host) => expected !== "" && host !== expected) ? hosts : [];
}

function findNotWhole(
  { complete, errored }: PlanJson,
  sets: readonly ReportedSet[],
): StackReport["not_whole"] {
  return [
    ...sets.flatMap(({ address, users_known, sensitive, action }) => [
      ...(users_known ? [] : [{ set: address, why: "unknown" as const }]),
      ...(sensitive && action !== "none" ? [{ set: address, why: "sensitive" as const }] : []),
    ]),
    ...(complete !== false || errored ? [] : [{ why: "deferred" as const }]),
  ];
}

/** The sums over sets, or over stacks. */
export function addUp(parts: readonly StackReport["totals"][]): StackReport["totals"] {
  const names = Totals.keyof().exclude(["upper_bound"]).options;
  const sums = names.map((name) => [name, parts.reduce((sum, part) => sum + part[name], 0)]);
  const upper_bound = parts.some((part) => part.upper_bound);
  return Totals.parse({ ...Object.fromEntries(sums), upper_bound });
}

function classifyPlan(sets: readonly ReportedSet[]): StackReport["verdict"] {
  if (sets.some(({ users_known }) => !users_known)) return "not_known";
  const leave = sets.some((set) => set.deleted + set.suspended + set.not_deleted + set.released > 0);
  return leave ? "somebody_leaves" : "nobody_leaves";
}

/** Removes the detail and the part of the summary after the colon, which quote ids and labels. */
function withoutIds({ severity, summary: whole, address }: ReportedMessage): ReportedMessage {
  const [summary = ""] = whole.split(": ", 1);
  return { severity, summary, detail: "", address };
}

/** Removes duplicate messages, and sorts the rest, so that the engine's order does not matter. */
function distinct(messages: readonly ReportedMessage[]): ReportedMessage[] {
  const byText = new Map(messages.map((message) => [JSON.stringify(message), message]));
  return [...byText].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, message]) => message);
}
