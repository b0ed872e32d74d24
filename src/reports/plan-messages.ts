import * as z from "zod";
import type { PlanJson } from "../terraform-json";
import type { SetChange } from "./set-change";

/** A warning or an error about a plan, as a report has it. */
export const ReportedMessage = z.object({
  severity: z.enum(["error", "warning"]),
  summary: z.string(),
  detail: z.string().describe("May be empty, and is with --redact."),
  address: z.string().optional().describe("The set that the message is about."),
});
export type ReportedMessage = z.infer<typeof ReportedMessage>;

const Line = z.object({
  type: z.literal("diagnostic"),
  diagnostic: z.object({
    severity: z.enum(["error", "warning"]),
    summary: z.string(),
    detail: z.string().default(""),
    address: z.string().optional(),
  }),
});

/**
 * Reads the warnings and errors of a plan, from what `terraform plan -json` printed. They hold what the plan file does
 * not: what the provider learned from the user pool, and why it deletes somebody or does not.
 *
 * @throws Error where a line is not JSON
 */
export function parseMessages(text: string): ReportedMessage[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "") return [];
    const { data } = Line.safeParse(parseLine(line, index + 1));
    return data ? [data.diagnostic] : [];
  });
}

function parseLine(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(
      `Line ${number} of the messages is not JSON. Give what terraform plan -json -out=tfplan printed on stdout.`,
    );
  }
}

/** By these words the provider says that some who count as deleted may turn out not to be. */
const MAY_BE_KEPT = /may be permanently deleted|^Not all protected users are known yet/;

/**
 * Whether somebody who counts as deleted may be kept all the same: not looked up, or protected by what is unknown. Without
 * messages nobody can tell, so it may be.
 */
export function isUpperBound(
  { address, prior, leavers, removalsStated }: SetChange,
  messages: readonly ReportedMessage[] | undefined,
): boolean {
  if (!leavers.some(({ fate }) => fate === "deleted")) return false;
  if (prior?.resourceType === "null_resource" || !removalsStated || messages === undefined) return true;
  return messages.some(
    (message) =>
      (message.address === undefined || message.address === address) && MAY_BE_KEPT.test(message.summary),
  );
}

/**
 * What a reviewer must know that the plan shows without saying it.
 *
 * @param messages those of the engine; what they say already is not repeated
 */
export function planMessages(
  plan: PlanJson,
  changes: readonly SetChange[],
  messages: readonly ReportedMessage[] | undefined,
): ReportedMessage[] {
  const explained = changes.some(
    ({ leavers, planned }) => leavers.length > 0 && planned?.resourceType === "genauth_user_set",
  );
  return [
    ...(plan.errored ? [PLAN_FAILED] : []),
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

const PLAN_FAILED: ReportedMessage = {
  severity: "error",
  summary: "The plan failed, so it cannot be applied and this report is incomplete",
  detail:
    "The engine's own output says why: a guard, an unreachable user pool, an error in the configuration.",
};

const NO_MESSAGES: ReportedMessage = {
  severity: "warning",
  summary: "The messages of the plan are missing",
  detail:
    "A plan file does not hold them. Without them this report cannot say why somebody is not deleted, nor who could not be looked up. Plan with terraform plan -json -out=tfplan >messages.jsonl, and add --messages messages.jsonl.",
};

function usersUnknown({ address, planned }: SetChange): ReportedMessage[] {
  if (planned?.usersKnown !== false) return [];
  return [
    {
      severity: "warning",
      summary: "The removed users are not known yet",
      detail:
        "Its users come from something that is known only during apply, so nobody can review who is deleted. Apply what they come from first (-target), then plan again.",
      address,
    },
  ];
}

/** A set that is released takes the removals that were still pending with it; a drift check finds the accounts later. */
function lostRemovals({ address, action, prior, planned }: SetChange): ReportedMessage[] {
  if (action !== "release" || !prior) return [];
  const isComparable = planned?.usersKnown === true && planned.userIdType === prior.userIdType;
  const leaving = isComparable ? [...prior.users.keys()].filter((id) => !planned.users.has(id)).length : 0;
  if (prior.drift.survivors.length + leaving === 0) return [];
  return [
    {
      severity: "warning",
      summary: "Removals are lost with the set",
      detail:
        "The set is destroyed or replaced in this change, which deletes nobody: anyone still to be deleted keeps the account. Make the two changes one after the other.",
      address,
    },
  ];
}

function removalsNotStated({ address, planned, removalsStated }: SetChange): ReportedMessage[] {
  if (removalsStated) return [];
  if (planned?.resourceType === "null_resource") {
    return [
      {
        severity: "warning",
        summary: "Whom apply does not delete is not in the plan",
        detail:
          "A null_resource checks its guards at apply, before anybody is deleted, and finds out only then who is retained, protected, still declared or already gone. So this report counts everyone who leaves.",
        address,
      },
    ];
  }
  return [
    {
      severity: "warning",
      summary: "The plan does not say who is deleted",
      detail:
        "Its removals does not name everyone who leaves the set, as in a plan by an older version of the provider. So this report counts them all as deleted. Update the provider (and its lock file), and plan again.",
      address,
    },
  ];
}
