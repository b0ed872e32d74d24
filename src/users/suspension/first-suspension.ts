import type { Target } from "../deletion/deletion-run";
import type { DirectoryFailure, Outcome } from "../directory";
import { changedByOthers, type StatusAnswer, type StatusAnswers } from "./change-status";

/** All fields that GenAuth shows of a user. */
export type AllFields = Readonly<Record<string, unknown>>;

/** How a suspension left a user. */
export type Suspended = StatusAnswer & { readonly kind: "changed" | "hidden" };

/** What a suspension consists of. */
export interface SuspensionSteps {
  /** Suspends users who are still active, passes the others over, and reads the status back. */
  readonly suspend: (targets: readonly Target[]) => Promise<StatusAnswers>;
  /** Sets a user's status to `Activated` again, if look-ups still show the user exactly as the suspension left the user. */
  readonly restore: (target: Target, suspended: Suspended) => Promise<StatusAnswer>;
  /** Reads all fields of a user; `undefined` if GenAuth does not show the user. */
  readonly readRecord: (target: Target) => Promise<Outcome<AllFields | undefined>>;
  /** Whether the declared id still finds the user. */
  readonly isFoundById: (target: Target) => Promise<boolean>;
}

/** Fields that change with the status, or by what the user does meanwhile. */
const MAY_DIFFER = new Set([
  "status",
  "statusChangedAt",
  "updatedAt",
  "lastLogin",
  "lastLoginApp",
  "lastIp",
  "lastMfaTime",
  "loginsCount",
]);

/** After so many refused users in a row, the others are not tried any more: GenAuth refuses suspensions. */
const MOST_REFUSED = 3;

type Verdict =
  { readonly kind: "harmless" } | { readonly kind: "open" } | (StatusAnswer & { readonly kind: "failed" });

/**
 * Lets the first suspension of a process go alone. GenAuth's documentation does not say whether an update changes fields that it
 * leaves out, or whether look-ups still show suspended users. So the first user's record is compared before and after; if more than the
 * status changed, or the user is no longer shown, the status is set back and nobody else is suspended.
 */
export class FirstSuspension {
  private verdict: Promise<Verdict> | undefined;
  private refused = 0;

  /** Suspends users: the first of the process alone, the others together. */
  async suspend(targets: readonly Target[], steps: SuspensionSteps): Promise<StatusAnswers> {
    const answers = new Map<Target, StatusAnswer>();
    let left = targets;
    while (left.length > 0) {
      const [first] = left;
      if (this.verdict || !first) {
        const verdict = await this.verdict;
        if (verdict?.kind === "harmless") {
          for (const [target, answer] of await steps.suspend(left)) answers.set(target, answer);
          break;
        }
        if (verdict?.kind === "failed") {
          for (const target of left) answers.set(target, verdict);
          break;
        }
        continue;
      }
      const trial = this.try(first, steps);
      this.verdict = trial.then(({ verdict }) => verdict);
      const { answer, verdict } = await trial;
      if (answer) answers.set(first, answer);
      left = left.slice(1);
      if (verdict.kind === "open") this.verdict = undefined;
    }
    return answers;
  }

  private async try(
    target: Target,
    steps: SuspensionSteps,
  ): Promise<{ answer?: StatusAnswer; verdict: Verdict }> {
    const before = await steps.readRecord(target);
    if (!before.ok) return this.refuse(failed(before.failure));
    if (!before.value) return this.refuse({ kind: "failed", reason: NOT_SHOWN });
    const answer = (await steps.suspend([target])).get(target);
    if (!answer) return { verdict: { kind: "open" } };
    if (answer.kind === "passed_over") return { answer, verdict: { kind: "open" } };
    if (answer.kind === "failed") return this.refuse(answer);
    const after = await steps.readRecord(target);
    const harm = await findHarm(target, steps, before.value, after);
    if (harm === undefined && answer.kind === "changed") return { answer, verdict: { kind: "harmless" } };
    const restored = describeRestored(await steps.restore(target, answer));
    const reason = `${harm ?? HIDDEN} ${restored} Nobody else was suspended.`;
    return {
      answer: { kind: "failed", reason },
      verdict: { kind: "failed", reason: `Not suspended: ${WHY}` },
    };
  }

  private refuse(answer: StatusAnswer & { kind: "failed" }): { answer: StatusAnswer; verdict: Verdict } {
    if (answer.failure?.reach === "every_call") return { answer, verdict: answer };
    this.refused += 1;
    return { answer, verdict: this.refused < MOST_REFUSED ? { kind: "open" } : answer };
  }
}

const NOT_SHOWN =
  "Not suspended, because GenAuth does not show the user's record, so a change of it could not be noticed.";
const HIDDEN =
  "GenAuth's look-ups no longer show the user after the suspension, so nobody could delete or reactivate the user later.";
const WHY =
  "the first suspension of this run did not leave the user's record as it was. See the message about that user.";

function describeRestored(restored: StatusAnswer): string {
  if (restored.kind === "changed") return "The status was set back to Activated.";
  if (restored.kind === "passed_over" && restored.found.kind === "found")
    return changedByOthers(restored.found.user, "so it was not set back");
  return "The status could not be set back to Activated: do that in GenAuth's console.";
}

async function findHarm(
  target: Target,
  { isFoundById }: SuspensionSteps,
  before: AllFields,
  after: Outcome<AllFields | undefined>,
): Promise<string | undefined> {
  if (!after.ok) return `The user's record could not be read after the suspension: ${after.failure.message}`;
  if (!after.value || !(await isFoundById(target))) return HIDDEN;
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after.value)])];
  const { value } = after;
  const changed = fields.filter(
    (field) => !MAY_DIFFER.has(field) && textOf(before[field]) !== textOf(value[field]),
  );
  return changed.length === 0
    ? undefined
    : `The suspension also changed other fields of the user: ${changed.sort().join(", ")}. GenAuth's support can say why; the earlier values are in GenAuth's audit log.`;
}

/** A value as text: lists and fields in any order, and null as if it were absent. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return `[${value.map(textOf).sort().join(",")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, held]) => textOf(held) !== "");
  return `{${fields
    .map(([name, held]) => `${name}:${textOf(held)}`)
    .sort()
    .join(",")}}`;
}

function failed(failure: DirectoryFailure): StatusAnswer & { kind: "failed" } {
  return { kind: "failed", reason: failure.message, failure };
}
