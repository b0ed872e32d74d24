import { closeSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { replaceFile } from "../files";
import { parseJson } from "../text";
import { count } from "../users/wording";
import { HANDED_OVER, sha256Of } from "./hand-over";
import { type Job, type Receipt, renewFolder } from "./job";

/** What each kind of change makes of people. */
const CHANGES = { deletion: "deleted", suspension: "suspended", reactivation: "reactivated" } as const;

/** People of one kind of change: how many the plans show, for how many a call was sent, and how many GenAuth said it changed. */
const Counts = z.object({ approved: z.number(), sent: z.number(), done: z.number() });
const Ended = {
  changes: z.object({ deletion: Counts, suspension: Counts, reactivation: Counts }),
  /** Of the guard's audit. */
  audit_sha256: z.string(),
  /** The stacks that were refused when they were planned. */
  refused: z.array(z.string()),
  /** The stacks whose engine failed. */
  failed: z.array(z.string()),
};

/**
 * How an apply ended. `not_started`: no job that applies has begun; `refused`: one has, and nothing was sent; `started`: the engine has
 * begun; `as_approved`: it did all that was approved; `in_part`: it did not; `unknown`: nothing says what it did.
 */
export const ApplyOutcome = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["not_started", "refused", "started", "unknown"]) }),
  z.object({ kind: z.enum(["as_approved", "in_part"]), ...Ended }),
]);

export type ApplyOutcome = z.infer<typeof ApplyOutcome>;

/** Hands over what is true from now on, so that it holds even if this process is killed: the last one that was written counts. */
export function recordOutcome({ platform, folder }: Job, outcome: ApplyOutcome): void {
  const text = JSON.stringify(outcome);
  // In place of what is there: the engine's user may have laid a link that leads to another file.
  replaceFile(join(folder, HANDED_OVER.outcome), Buffer.from(`${text}\n`));
  platform.setOutput("outcome", text);
}

/** Says how an apply ended. */
export function describeOutcome(outcome: ApplyOutcome): string {
  switch (outcome.kind) {
    case "not_started":
      return "Nothing was applied.";
    case "refused":
      return "Refused. Nothing was applied: the log of the job that applies says why.";
    case "started":
    case "unknown":
      return "What was applied is not known: the job was cut off, or how it ended cannot be read. Read its log and the guard's audit, and plan again to see who is left.";
    case "as_approved": {
      const isFewer = Object.values(outcome.changes).some(({ approved, done }) => done < approved);
      return `Applied as approved: ${describeChanges(outcome)}.${isFewer ? " The others were gone by then, or the apply kept them: its log says which, and why." : ""}`;
    }
    case "in_part": {
      const [refused, failed] = [outcome.refused.join(", "), outcome.failed.join(", ")];
      const unplanned = refused && ` Refused, and not applied: ${refused}. The report of the plan says why.`;
      const unfinished = failed && ` Not applied as planned: ${failed}. The log of the job says why.`;
      return `Not applied in full: ${describeChanges(outcome)}.${unplanned}${unfinished}`;
    }
  }
}

function describeChanges({ changes }: Extract<ApplyOutcome, { readonly changes: unknown }>): string {
  const parts = Object.entries(CHANGES).flatMap(([change, word]) => {
    const { approved, done } = changes[change as keyof typeof CHANGES];
    if (approved + done === 0) return [];
    return [`${done < approved ? `${done} of ` : ""}${count(Math.max(done, approved), "user")} ${word}`];
  });
  return parts.length === 0 ? "nobody was deleted, suspended or reactivated" : parts.join("; ");
}

/** The last line of the guard's audit. */
const LastEvent = z.object({ event: z.literal("ended"), changes: Ended.changes });

/**
 * Reads from the guard's audit how an apply ended.
 *
 * @param audit the open file, which is closed: its folder may have got another one in its place, from the engine's user
 * @param others the stacks that were not applied as planned
 */
export function readOutcome(audit: number, others: Record<"refused" | "failed", string[]>): ApplyOutcome {
  const text = readFileSync(audit, "utf8");
  closeSync(audit);
  const { data: last } = LastEvent.safeParse(parseJson(text.trimEnd().split("\n").at(-1) ?? ""));
  // The guard ended before it wrote whom it changed.
  if (!last) return { kind: "unknown" };
  return {
    kind: others.refused.length + others.failed.length === 0 ? "as_approved" : "in_part",
    changes: last.changes,
    audit_sha256: sha256Of(text),
    ...others,
  };
}

/**
 * Writes a receipt before anything is asked of the platform, which may not answer, and then with what it says.
 *
 * @returns all of it
 */
export async function keepReceipt<T extends Receipt>(
  job: Job,
  known: object,
  ask: () => Promise<T>,
): Promise<T> {
  const file = join(renewFolder(job, "receipt"), "receipt.json");
  const write = (receipt: object): void => writeFileSync(file, `${JSON.stringify(receipt, null, 2)}\n`);
  write(known);
  const receipt = { ...known, ...(await ask()) };
  write(receipt);
  return receipt;
}
