import * as z from "zod";
import { compact } from "../lists";
import { hintForOutput, type PlanJson, priorObjects } from "../terraform-json";
import { readPlanMessage } from "../users";
import { ReportedMessage } from "./document";
import type { PlannedChange, PlannedLeaver } from "./planned-change";
import { readStateSets, type SetSnapshot } from "./set-snapshot";

const DiagnosticLine = z.object({
  type: z.literal("diagnostic"),
  diagnostic: ReportedMessage.extend({ detail: z.string().default("") }),
});

const TimedLine = z.object({ "@timestamp": z.iso.datetime({ offset: true }) });

/** The output of `terraform plan -json`, as far as a report needs it. */
export interface PlanOutput {
  readonly messages: readonly ReportedMessage[];
  /** When the engine began and ended, as it wrote these times; absent if the output holds no time. */
  readonly ran?: { readonly from: string; readonly until: string } | undefined;
}

/**
 * Reads the output of `terraform plan -json`. Its warnings and errors contain what the plan file does not:
 * what the provider learned from the user pool, and why it deletes a user or does not.
 *
 * @throws Error if a line is not JSON
 */
export function parseMessages(text: string): PlanOutput {
  const lines = text
    .split("\n")
    .flatMap((line, index) => (line.trim() === "" ? [] : [parseLine(line, index + 1)]));
  const messages = lines.flatMap((line) => DiagnosticLine.safeParse(line).data?.diagnostic ?? []);
  const times = lines.flatMap((line) => TimedLine.safeParse(line).data?.["@timestamp"] ?? []);
  const from = times[0];
  const until = times.at(-1);
  return { messages, ran: from !== undefined && until !== undefined ? { from, until } : undefined };
}

/** A plan states its time in whole seconds, and a clock may be set while it is made. In milliseconds. */
const CLOCK_TOLERANCE = 5000;

/**
 * Finds out that messages are not those of a plan: such as the messages of a run that failed before it wrote
 * a plan, and the plan of an earlier run.
 *
 * @returns why, as a sentence; `undefined` if they may belong together
 */
export function findOtherRun(
  { errored, timestamp }: Pick<PlanJson, "errored" | "timestamp">,
  { messages, ran }: PlanOutput,
): string | undefined {
  const failed = messages.some(({ severity }) => severity === "error");
  if (failed && !errored) return "The messages have an error, and the plan has none.";
  if (!ran) return undefined;
  if (errored && !failed) return "The plan failed, and the messages have no error.";
  if (timestamp === undefined) return undefined;
  const plannedAt = Date.parse(timestamp);
  const isWithin =
    plannedAt >= Date.parse(ran.from) - CLOCK_TOLERANCE &&
    plannedAt <= Date.parse(ran.until) + CLOCK_TOLERANCE;
  return isWithin
    ? undefined
    : `The messages are of a run from ${ran.from}, and the plan is of ${timestamp}.`;
}

/** How an engine reports the error of a function: its reason is in the detail. */
const FUNCTION_ERROR = /^(?:Call to function "[^"]*" failed|Invalid value for "[^"]*" parameter): (.*)$/s;

/**
 * Puts the reason of a function's error where an engine has only "Error in function call", so that it is the
 * first thing to read.
 */
export function withReason(message: ReportedMessage): ReportedMessage {
  const [, reason] = FUNCTION_ERROR.exec(message.detail) ?? [];
  if (reason === undefined) return message;
  const [first = ""] = reason.split(/(?<=[.:])\s/, 1);
  return { ...message, summary: first.replace(/[.:]$/, ""), detail: reason };
}

/** The user pools that the messages of a plan name, in their order. */
export function findPools(messages: readonly ReportedMessage[]): string[] {
  return [...new Set(messages.flatMap((message) => readPlanMessage(message).pool ?? []))];
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    const hint = hintForOutput(line, "Give the standard output of terraform plan -json -out=tfplan.");
    throw new Error(`Line ${number} of the messages is not JSON. ${hint}`);
  }
}

/**
 * Whether a user who counts as deleted may still be kept, because of a failed look-up or an unknown protected
 * user. Without messages this cannot be excluded.
 */
export function isUpperBound(
  { address, prior, leavers }: PlannedChange,
  messages: readonly ReportedMessage[] | undefined,
): boolean {
  if (leavers.every(({ fate }) => fate === "not_deleted")) return false;
  if (prior?.resourceType === "null_resource" || messages === undefined) return true;
  return messages.some(
    (message) =>
      (message.address === undefined || message.address === address) && readPlanMessage(message).mayBeKept,
  );
}

/**
 * Warns a reviewer of what the plan implies but does not state.
 *
 * @param messages the engine's messages, which are not repeated
 */
export function planMessages(
  changes: readonly PlannedChange[],
  messages: readonly ReportedMessage[] | undefined,
): ReportedMessage[] {
  const explained = changes.some(
    ({ leavers, planned, changed, prior }) =>
      planned?.resourceType === "genauth_user_set" &&
      (leavers.length > 0 || (changed.length > 0 && holdsSuspended(prior))),
  );
  // The provider numbers the warnings of several sets that have one summary.
  const isSaid = (own: ReportedMessage): boolean =>
    messages?.some(({ summary, address }) => summary.startsWith(own.summary) && address === own.address) ===
    true;
  const own = changes.flatMap((change) =>
    IMPLIED.filter(({ isImplied }) => isImplied(change)).map(({ summary, detail }): ReportedMessage => ({
      severity: "warning",
      summary,
      detail,
      address: change.address,
    })),
  );
  return compact(explained && messages === undefined && NO_MESSAGES, ...own.filter((one) => !isSaid(one)));
}

const NO_MESSAGES: ReportedMessage = {
  severity: "warning",
  summary: "The messages of the plan are missing",
  detail:
    "A plan file does not contain them. Without them, this report cannot say why somebody is not deleted, who could not be looked up, or which suspended users are released or not reactivated. Plan with terraform plan -json -out=tfplan >messages.jsonl, and add --messages messages.jsonl.",
};

/** What a change of a set implies. */
const IMPLIED: readonly (Pick<ReportedMessage, "summary" | "detail"> & {
  readonly isImplied: (change: PlannedChange) => boolean;
})[] = [
  {
    summary: "The removed users are not known yet",
    detail:
      "Its users come from something that is known only during apply, so nobody can review who is deleted. First apply their source (-target), then plan again.",
    isImplied: ({ planned }) => planned?.usersKnown === false,
  },
  {
    summary: "Removals are lost with the set",
    detail:
      "This change destroys or replaces the set, which deletes nobody: anyone still to be deleted keeps the account. Make the two changes one after the other.",
    isImplied: losesRemovals,
  },
  {
    // A plan that only forgets the set does not ask the provider.
    summary: "Users that the set has suspended stay suspended without it",
    detail:
      "This change destroys, replaces or forgets the set. After it, nothing deletes or reactivates those who wait for their deletion, or are declared and still suspended.",
    isImplied: ({ action, prior }) => action === "release" && holdsSuspended(prior),
  },
  {
    summary: "The plan does not show which leavers apply keeps",
    detail:
      "A null_resource checks its guards at apply, before it deletes anybody. Only then does it find out who is retained, protected, still declared or already gone. So this report counts everyone who leaves.",
    isImplied: ({ leavers, planned }) => leavers.length > 0 && planned?.resourceType === "null_resource",
  },
];

/** Whether somebody waits for the deletion, or is declared and still suspended. */
function holdsSuspended(set: SetSnapshot | undefined): boolean {
  return set !== undefined && set.suspended.size + set.drift.locked_out.length > 0;
}

/** A release drops the pending removals. Only a later drift check with `--undeclared` finds the accounts. */
function losesRemovals({ action, prior, planned }: PlannedChange): boolean {
  if (action !== "release" || !prior) return false;
  const isComparable = planned?.usersKnown === true && planned.userIdType === prior.userIdType;
  const leaves = isComparable && [...prior.users.keys()].some((id) => !planned.users.has(id));
  return leaves || prior.drift.survivors.length > 0;
}

/**
 * Finds the sets at which a plan failed. The plan does not show their change, but the provider's message
 * names the first users that it would have deleted, and counts them all.
 *
 * @param known the changes that the plan shows
 */
export function readRefusedSets(
  plan: PlanJson,
  known: readonly PlannedChange[],
  messages: readonly ReportedMessage[] = [],
): PlannedChange[] {
  if (!plan.errored) return [];
  const addresses = new Set(known.map(({ address }) => address));
  return readStateSets(priorObjects(plan))
    .filter(({ address }) => !addresses.has(address))
    .flatMap(({ address, set }) => {
      const own = messages.filter((message) => message.address === address);
      return readRefusedSet(address, set, own) ?? [];
    });
}

function readRefusedSet(
  address: string,
  prior: SetSnapshot,
  messages: readonly ReportedMessage[],
): PlannedChange | undefined {
  // Users who wait may be due. The state does not hold their labels.
  const waiting = [...prior.suspended.keys()].map((id) => [id, undefined] as const);
  const labels = new Map([...waiting, ...prior.users]);
  const read = messages.map((message) => readPlanMessage(message, labels));
  const unnamed = { deleted: 0, suspended: 0 };
  for (const { removals, unnamed: its } of read) {
    const suspends = [...removals.values()].some((said) => said.suspends);
    unnamed[suspends ? "suspended" : "deleted"] += (its.get("delete") ?? 0) + (its.get("not_looked_up") ?? 0);
  }
  const survivors = new Set(prior.drift.survivors);
  const leavers = read.flatMap(({ removals }) =>
    [...removals].map(([id, said]): PlannedLeaver => {
      const label = prior.users.get(id);
      return {
        id,
        label,
        fate: !said.isRevoked ? "not_deleted" : said.suspends ? "suspended" : "deleted",
        survivor: survivors.has(id),
        suspendedUntil: label === undefined ? prior.suspended.get(id) : undefined,
      };
    }),
  );
  if (leavers.length === 0) return undefined;
  return {
    address,
    action: "refused",
    prior,
    leavers,
    unnamed,
    endsWaiting: false,
    joiners: [],
    reactivated: [],
    rebound: [],
    relabelled: [],
    changed: [],
  };
}
