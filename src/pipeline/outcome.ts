import { closeSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { replaceFile } from "../files";
import { parseJson } from "../text";
import { sleep } from "../timing";
import { count } from "../users/wording";
import { HANDED_OVER, readPlainFile, sha256Of } from "./hand-over";
import { type Job, type Receipt, renewFolder } from "./job";
import { CountedCause } from "./leaving-causes";

/** What each kind of change makes of people. */
const CHANGES = { deletion: "deleted", suspension: "suspended", reactivation: "reactivated" } as const;

/**
 * People of one kind of change: how many the plans show, for how many a call was sent, and how many GenAuth
 * said it changed.
 */
const Counts = z.object({ approved: z.number(), sent: z.number(), done: z.number() });
const Changes = z.object({ deletion: Counts, suspension: Counts, reactivation: Counts });
type Changes = z.infer<typeof Changes>;
/** What is known of an apply before its engine begins. */
const Planned = {
  /** The stacks that were refused when they were planned. */
  refused: z.array(z.string()),
  /** Why people lose their accounts by it. */
  causes: z.array(CountedCause),
};
type Planned = Pick<Extract<ApplyOutcome, { readonly kind: "started" }>, keyof typeof Planned>;

const Ended = {
  ...Planned,
  changes: Changes,
  /** Of the guard's audit. */
  audit_sha256: z.string(),
  /** The stacks whose engine failed. */
  failed: z.array(z.string()),
};

/**
 * How an apply ended. `not_started`: no job that applies has begun; `refused`: one has, and nothing was sent;
 * `started`: the engine has begun; `as_approved`: it did all that was approved; `in_part`: it did not;
 * `cut_off`: it was ended before its end, and its audit says how far it came; `unknown`: nothing says what it
 * did.
 */
export const ApplyOutcome = z.discriminatedUnion("kind", [
  z.object({ kind: z.enum(["not_started", "refused", "unknown"]) }),
  z.object({ kind: z.literal("started"), ...Planned }),
  z.object({ kind: z.enum(["as_approved", "in_part"]), ...Ended }),
  /** `unanswered`: how many people a call was sent for, without an answer that anybody has. */
  z.object({ kind: z.literal("cut_off"), unanswered: z.number(), ...Ended }),
]);

export type ApplyOutcome = z.infer<typeof ApplyOutcome>;

/**
 * Hands over what is true from now on, also if this process is killed: the last one that was written counts.
 */
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
    case "cut_off": {
      const { unanswered: open } = outcome;
      const unanswered =
        open > 0 ? ` What became of ${count(open, "more user")} is not known: a call was sent.` : "";
      return `Cut off: ${describeChanges(outcome)}, as the guard's audit counts.${unanswered} ${LOCK_STAYS} Run the whole pipeline again: its plan shows who is left.`;
    }
    case "as_approved": {
      const isFewer = Object.values(outcome.changes).some(({ approved, done }) => done < approved);
      return `Applied as approved: ${describeChanges(outcome)}.${isFewer ? " The others were gone by then, or the apply kept them: its log says which, and why." : ""}`;
    }
    case "in_part": {
      const refused = outcome.refused.join(", ");
      const failed = outcome.failed.join(", ");
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

/** What an apply that was cut off leaves, besides the people who are left. */
const LOCK_STAYS =
  "The state may still be locked: if the next apply says so, see that no other one runs, and unlock it as that message tells.";

/**
 * Reads from the guard's audit how an apply ended.
 *
 * @param audit the open file, which is closed: its folder may have got another one in its place, from the
 * engine's user
 */
export function readOutcome(audit: number, planned: Planned & { failed: string[] }): ApplyOutcome {
  const text = readFileSync(audit, "utf8");
  closeSync(audit);
  return countAudit(text, planned);
}

/**
 * Counts how far an apply came that ended before it could say so, and records that.
 *
 * @returns that as a sentence for people; undefined: the apply has said itself how it ended
 */
export async function settleOutcome(job: Job): Promise<string | undefined> {
  const said = readRecorded(job.folder);
  if (said.kind !== "started") return undefined;
  const file = join(job.folder, HANDED_OVER.audit);
  const read = (): string => (existsSync(file) ? readPlainFile(file).toString("utf8") : "");
  // Its guard may still be there: it writes its last line when it notices that it was left alone.
  for (let waited = 0; waited < MOST_WAIT_MS && isGuardRunning(read()); waited += WAIT_MS)
    await sleep(WAIT_MS);
  const outcome = countAudit(read(), { ...said, failed: [] }, true);
  recordOutcome(job, outcome);
  const text = describeOutcome(outcome);
  job.platform.announceCutOff(text);
  return text;
}

/** How the apply of this run ended, as the folder of the run holds it. */
export function readRecorded(folder: string): ApplyOutcome {
  const file = join(folder, HANDED_OVER.outcome);
  if (!existsSync(file)) return { kind: "not_started" };
  return ApplyOutcome.parse(JSON.parse(readPlainFile(file).toString("utf8")));
}

const WAIT_MS = 500;
const MOST_WAIT_MS = 60_000;

const Change = z.enum(["deletion", "suspension", "reactivation"]);
/**
 * The lines of the guard's audit that count: its first one, its last one, and what stands right before and
 * after each call.
 */
const AuditLine = z.discriminatedUnion("event", [
  z.object({ event: z.enum(["started", "ended"]), pid: z.number().optional(), changes: Ended.changes }),
  z.object({
    event: z.literal("sending"),
    request: z.number(),
    change: Change,
    users: z.array(z.object({ user_id: z.string() })),
  }),
  z.object({ event: z.literal("answered"), request: z.number(), cause: z.unknown().optional() }),
]);

type AuditLine = z.infer<typeof AuditLine>;

function readAudit(text: string): AuditLine[] {
  return text.split("\n").flatMap((line) => AuditLine.safeParse(parseJson(line)).data ?? []);
}

/** @param isCutOff whether the job that applied is gone, whatever its guard wrote */
function countAudit(
  text: string,
  { refused, failed, causes }: Planned & { failed: string[] },
  isCutOff = false,
): ApplyOutcome {
  const lines = readAudit(text);
  const first = lines.at(0);
  const last = lines.at(-1);
  const audit = { audit_sha256: sha256Of(text), refused, failed, causes };
  if (last?.event === "ended") {
    const { changes } = last;
    if (isCutOff) return { kind: "cut_off", unanswered: 0, changes, ...audit };
    const isWhole = refused.length + failed.length === 0;
    return { kind: isWhole ? "as_approved" : "in_part", changes, ...audit };
  }
  // The guard did not come to start.
  if (first?.event !== "started") return { kind: "unknown" };
  return { kind: "cut_off", ...countCalls(lines, first.changes), ...audit };
}

/** Counts the people of all calls, once each. @param approved how many people the plans show */
function countCalls(lines: readonly AuditLine[], approved: Changes) {
  const changes = structuredClone(approved);
  const answers = new Map(
    lines.flatMap((line) => (line.event === "answered" ? [[line.request, line] as const] : [])),
  );
  const open = new Set<string>();
  for (const change of Change.options) {
    const sent = new Set<string>();
    const done = new Set<string>();
    for (const line of lines) {
      if (line.event !== "sending" || line.change !== change) continue;
      const answer = answers.get(line.request);
      for (const { user_id: user } of line.users) {
        sent.add(user);
        if (!answer) open.add(user);
        else if (answer.cause === undefined) done.add(user);
      }
    }
    changes[change] = { ...changes[change], sent: sent.size, done: done.size };
    for (const user of done) open.delete(user);
  }
  return { changes, unanswered: open.size };
}

/** Why people lost their accounts, a line for each change that took them away. It names nobody. */
export function describeCauses(outcome: ApplyOutcome): string[] {
  return ("causes" in outcome ? outcome.causes : []).map(({ people, commit, request, ticket, reason }) =>
    [`${count(people, "user")} by ${commit.slice(0, 12)}`, request, ticket, reason]
      .filter((part) => part !== undefined)
      .join(", "),
  );
}

/** Whether the guard has not written its last line, and may yet. */
function isGuardRunning(text: string): boolean {
  const lines = readAudit(text);
  const first = lines.at(0);
  const last = lines.at(-1);
  if (first?.event !== "started" || first.pid === undefined || last?.event === "ended") return false;
  try {
    process.kill(first.pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * Writes a receipt before anything is asked of the platform, which may not answer, and then with what it
 * says.
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
