import type { Target } from "./call-run";
import type { DirectoryFailure, Outcome, SettableStatus } from "../directory";
import { changedByOthers, type StatusAnswer, type StatusAnswers } from "./change-status";

/** All fields that GenAuth shows of a user. */
export type AllFields = Readonly<Record<string, unknown>>;

/** What a change of statuses consists of. */
export interface ChangeSteps {
  /** Gives users the new status, passes over those who are not as expected, and reads the status back. */
  readonly change: (targets: readonly Target[]) => Promise<StatusAnswers>;
  /** Undoes the change, unless look-ups show a third status. Absent if users keep the new status whatever else has changed. */
  readonly undo?: (target: Target) => Promise<StatusAnswer>;
  /** Reads all fields of a user; `undefined` if GenAuth does not show the user. */
  readonly readRecord: (target: Target) => Promise<Outcome<AllFields | undefined>>;
  /** Whether the declared id still finds the user. Absent if it does not matter. */
  readonly isFoundById?: (target: Target) => Promise<boolean>;
}

/** The answers for users whose status was to be changed. */
export interface CheckedAnswers {
  readonly answers: StatusAnswers;
  /** A user whose record is not what it was, and who keeps the new status: what has changed, as a sentence. */
  readonly harmed: ReadonlyMap<Target, string>;
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

/** What the changes of a process have shown of the service. Those to either status share it. */
export interface ChangeFindings {
  /** The word for the change after which the user's record was not what it was; absent while there was none. */
  harmful?: string;
}

type Verdict =
  | { readonly kind: "harmless" }
  | { readonly kind: "open" }
  | (StatusAnswer & { readonly kind: "failed" });

/**
 * Lets the first change of a process to one status go alone. GenAuth's documentation does not say whether an update changes fields that
 * it leaves out, or whether look-ups still show suspended users. So the first user's record is compared before and after; if more than
 * the status changed, or the user is no longer shown, the change is undone where that helps, and nobody else's status is changed. If more
 * than the status changed, nobody's is changed to the other status either.
 */
export class FirstChange {
  private verdict: Promise<Verdict> | undefined;
  private refused = 0;
  private readonly words: Words;

  /** @param status the status that users get */
  constructor(
    status: SettableStatus,
    private readonly findings: ChangeFindings = {},
  ) {
    this.words = WORDS[status];
  }

  /** Changes the status of at most 50 users: the first of the process alone, the others together. */
  async change(targets: readonly Target[], steps: ChangeSteps): Promise<CheckedAnswers> {
    const answers = new Map<Target, StatusAnswer>();
    const harmed = new Map<Target, string>();
    let left = targets;
    for (let [first] = left; first; [first] = left) {
      const known = this.verdict ?? this.knownHarm();
      const verdict = known && (await known);
      // Another chunk's trial may say nothing.
      if (verdict?.kind === "open") continue;
      if (verdict) {
        const rest =
          verdict.kind === "harmless"
            ? await steps.change(left)
            : new Map(left.map((target) => [target, verdict]));
        return { answers: new Map([...answers, ...rest]), harmed };
      }
      const trial = this.try(first, steps);
      this.verdict = trial.then((tried) => tried.verdict);
      const tried = await trial;
      if (tried.verdict.kind === "open") this.verdict = undefined;
      if (tried.answer) answers.set(first, tried.answer);
      if (tried.harm !== undefined) harmed.set(first, tried.harm);
      left = left.slice(1);
    }
    return { answers, harmed };
  }

  /** The verdict if a change to the other status did harm. */
  private knownHarm(): Promise<Verdict> | undefined {
    const { harmful } = this.findings;
    return harmful === undefined ? undefined : Promise.resolve(this.refuseAfter(harmful));
  }

  private async try(target: Target, steps: ChangeSteps): Promise<Trial> {
    const { words } = this;
    const before = await steps.readRecord(target);
    if (!before.ok) return this.refuse(failed(before.failure));
    if (!before.value) return this.refuse({ kind: "failed", reason: `${words.not}, because ${NOT_SHOWN}` });
    const answer = (await steps.change([target])).get(target);
    if (!answer) return { verdict: { kind: "open" } };
    if (answer.kind === "passed_over") return { answer, verdict: { kind: "open" } };
    if (answer.kind === "failed") return this.refuse(answer);
    const after = await steps.readRecord(target);
    const loss = after.ok && after.value ? describeLoss(words, before.value, after.value) : undefined;
    if (loss !== undefined) this.findings.harmful = words.change;
    const harm =
      (await findHarm(target, steps, words, after)) ??
      loss ??
      (answer.kind === "changed" ? undefined : words.hidden);
    if (harm === undefined) return { answer, verdict: { kind: "harmless" } };
    const verdict = this.refuseAfter(words.change);
    const others = `Nobody else was ${words.changed}.`;
    if (!steps.undo) return { answer, harm: `${harm} ${others}`, verdict };
    const reason = `${harm} ${describeUndone(await steps.undo(target))} ${others}`;
    return { answer: { kind: "failed", reason }, verdict };
  }

  /** @param change the word for the change that did harm */
  private refuseAfter(change: string) {
    const why = `the first ${change} of this run did not leave the user's record as it was. See the message about that user.`;
    return { kind: "failed", reason: `${this.words.not}: ${why}` } as const;
  }

  private refuse(answer: StatusAnswer & { kind: "failed" }): Trial {
    if (answer.failure?.reach === "every_call") return { answer, verdict: answer };
    this.refused += 1;
    return { answer, verdict: this.refused < MOST_REFUSED ? { kind: "open" } : answer };
  }
}

interface Trial {
  readonly answer?: StatusAnswer;
  readonly harm?: string;
  readonly verdict: Verdict;
}

const WORDS = {
  Suspended: {
    change: "suspension",
    changed: "suspended",
    not: "Not suspended",
    hidden:
      "GenAuth's look-ups no longer show the user after the suspension, so nobody could delete or reactivate the user later.",
  },
  Activated: {
    change: "reactivation",
    changed: "reactivated",
    not: "Not reactivated",
    hidden: "GenAuth's look-ups no longer show the user after the reactivation.",
  },
} as const satisfies Record<SettableStatus, object>;

type Words = (typeof WORDS)[SettableStatus];

const NOT_SHOWN = "GenAuth does not show the user's record, so a change of it could not be noticed.";

function describeUndone(undone: StatusAnswer): string {
  if (undone.kind === "changed") return "The status was set back to Activated.";
  if (undone.kind === "passed_over" && undone.found.kind === "found")
    return changedByOthers(undone.found.user, "so it was not set back");
  return "The status could not be set back to Activated: do that in GenAuth's console.";
}

/** Why it is not certain that the user can still be found and read. */
async function findHarm(
  target: Target,
  { isFoundById }: ChangeSteps,
  { change, hidden }: Words,
  after: Outcome<AllFields | undefined>,
): Promise<string | undefined> {
  if (!after.ok) return `The user's record could not be read after the ${change}: ${after.failure.message}`;
  return !after.value || (isFoundById && !(await isFoundById(target))) ? hidden : undefined;
}

/** Which fields beside the status have changed; `undefined` if none have. */
function describeLoss({ change }: Words, before: AllFields, after: AllFields): string | undefined {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = fields.filter(
    (field) => !MAY_DIFFER.has(field) && textOf(before[field]) !== textOf(after[field]),
  );
  return changed.length === 0
    ? undefined
    : `The ${change} also changed other fields of the user: ${changed.sort().join(", ")}. GenAuth's support can say why; the earlier values are in GenAuth's audit log.`;
}

/** A value as text: lists and fields in any order, and null as if it were absent. */
function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return `[${value.map(textOf).sort().join(",")}]`;
  if (typeof value !== "object") return JSON.stringify(value);
  const shown = Object.entries(value).filter(([, its]) => textOf(its) !== "");
  const fields = shown.map(([name, its]) => `${name}:${textOf(its)}`).sort();
  return `{${fields.join(",")}}`;
}

function failed(failure: DirectoryFailure): StatusAnswer & { kind: "failed" } {
  return { kind: "failed", reason: failure.message, failure };
}
