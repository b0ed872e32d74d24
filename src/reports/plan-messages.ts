import * as z from "zod";
import type { PlanJson } from "../terraform-json";
import { readPlanMessage } from "../users";
import type { PlannedChange } from "./planned-change";

/** A warning or an error about a plan. */
export const ReportedMessage = z.object({
  severity: z.enum(["error", "warning"]),
  summary: z.string(),
  detail: z.string().describe("May be empty; always empty with --redact."),
  address: z.string().optional().describe("The set that the message concerns."),
});
export type ReportedMessage = z.infer<typeof ReportedMessage>;

const DiagnosticLine = z.object({
  type: z.literal("diagnostic"),
  diagnostic: z.object({
    severity: z.enum(["error", "warning"]),
    summary: z.string(),
    detail: z.string().default(""),
    address: z.string().optional(),
  }),
});

const TimedLine = z.object({ "@timestamp": z.iso.datetime({ offset: true }) });

/** The output of `terraform plan -json`, as far as a report needs it. */
export interface PlanOutput {
  readonly messages: readonly ReportedMessage[];
  /** When the engine began and ended, as it wrote these times; absent if the output holds no time. */
  readonly ran?: { readonly from: string; readonly until: string };
}

/**
 * Reads the output of `terraform plan -json`. Its warnings and errors contain what the plan file does not: what the provider
 * learned from the user pool, and why it deletes a user or does not.
 *
 * @throws Error if a line is not JSON
 */
export function parseMessages(text: string): PlanOutput {
  const lines = text
    .split("\n")
    .flatMap((line, index) => (line.trim() === "" ? [] : [parseLine(line, index + 1)]));
  const messages = lines.flatMap((line) => {
    const { data } = DiagnosticLine.safeParse(line);
    return data ? [data.diagnostic] : [];
  });
  const times = lines.flatMap((line) => TimedLine.safeParse(line).data?.["@timestamp"] ?? []);
  const [from, until] = [times[0], times.at(-1)];
  return { messages, ...(from !== undefined && until !== undefined && { ran: { from, until } }) };
}

/** A plan states its time in whole seconds, and a clock may be set while it is made. In milliseconds. */
const CLOCK_TOLERANCE = 5000;

/**
 * Finds out that messages are not those of a plan: such as the messages of a run that failed before it wrote a plan, and the plan
 * of an earlier run.
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

/** The user pools that the messages of a plan name, in their order. */
export function findPools(messages: readonly ReportedMessage[]): string[] {
  return [...new Set(messages.flatMap((message) => readPlanMessage(message).pool ?? []))];
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(
      `Line ${number} of the messages is not JSON. Give the standard output of terraform plan -json -out=tfplan.`,
    );
  }
}

/**
 * Whether a user who counts as deleted may still be kept, because of a failed look-up or an unknown protected user. Without
 * messages this cannot be excluded.
 */
export function isUpperBound(
  { address, prior, leavers, removalsStated }: PlannedChange,
  messages: readonly ReportedMessage[] | undefined,
): boolean {
  if (leavers.every(({ fate }) => fate === "not_deleted")) return false;
  if (prior?.resourceType === "null_resource" || !removalsStated || messages === undefined) return true;
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
    ({ leavers, planned }) => leavers.length > 0 && planned?.resourceType === "genauth_user_set",
  );
  return [
    ...(explained && messages === undefined ? [NO_MESSAGES] : []),
    ...changes
      .flatMap((change) => [...usersUnknown(change), ...lostRemovals(change), ...removalsNotStated(change)])
      .filter(
        (own) =>
          messages?.some(({ summary, address }) => summary === own.summary && address === own.address) !==
          true,
      ),
  ];
}

const NO_MESSAGES: ReportedMessage = {
  severity: "warning",
  summary: "The messages of the plan are missing",
  detail:
    "A plan file does not contain them. Without them, this report cannot say why somebody is not deleted, or who could not be looked up. Plan with terraform plan -json -out=tfplan >messages.jsonl, and add --messages messages.jsonl.",
};

function warning(summary: string, detail: string, address: string): ReportedMessage {
  return { severity: "warning", summary, detail, address };
}

function usersUnknown({ address, planned }: PlannedChange): ReportedMessage[] {
  if (planned?.usersKnown !== false) return [];
  return [
    warning(
      "The removed users are not known yet",
      "Its users come from something that is known only during apply, so nobody can review who is deleted. First apply their source (-target), then plan again.",
      address,
    ),
  ];
}

/** Releasing a set drops its pending removals. Only a later drift check with `--undeclared` finds those accounts. */
function lostRemovals({ address, action, prior, planned }: PlannedChange): ReportedMessage[] {
  if (action !== "release" || !prior) return [];
  const isComparable = planned?.usersKnown === true && planned.userIdType === prior.userIdType;
  const leaving = isComparable ? [...prior.users.keys()].filter((id) => !planned.users.has(id)).length : 0;
  if (prior.drift.survivors.length + leaving === 0) return [];
  return [
    warning(
      "Removals are lost with the set",
      "This change destroys or replaces the set, which deletes nobody: anyone still to be deleted keeps the account. Make the two changes one after the other.",
      address,
    ),
  ];
}

function removalsNotStated({ address, planned, removalsStated }: PlannedChange): ReportedMessage[] {
  if (removalsStated) return [];
  if (planned?.resourceType === "null_resource") {
    return [
      warning(
        "Whom apply does not delete is not in the plan",
        "A null_resource checks its guards at apply, before it deletes anybody. Only then does it find out who is retained, protected, still declared or already gone. So this report counts everyone who leaves.",
        address,
      ),
    ];
  }
  return [
    warning(
      "The plan does not say who is deleted",
      "Its attributes removals and suspensions do not list everyone who leaves the set, as in a plan by an older version of the provider. So this report counts them all as deleted. Update the provider (and its lock file), and plan again.",
      address,
    ),
  ];
}
