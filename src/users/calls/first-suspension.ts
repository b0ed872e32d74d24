import pLimit from "p-limit";
import { printable } from "../../text";
import type { Outcome } from "../directory";
import { isSameUserId } from "../ids/id-types";
import type { Target } from "./call-run";
import { type Ending, survive } from "./ending";

/** All fields that GenAuth shows of a user. */
export type AllFields = Readonly<Record<string, unknown>>;

/** Reads all fields of at most 50 users, by system user id. */
export type ReadFullUsers = (
  userIds: readonly string[],
  stop?: AbortSignal,
) => Promise<Outcome<readonly (AllFields & { readonly userId: string })[]>>;

/** How users are suspended one by one. */
export interface SuspensionSteps<T extends Target> {
  /** Looks users up. Returns how it ended for those who are not to be suspended. */
  readonly endWithoutCall: (targets: readonly T[]) => Promise<Map<T, Ending>>;
  /** Suspends one user, and reads the status back. */
  readonly suspend: (target: T) => Promise<SuspendedAlone>;
  /** Whether the declared id still finds the user. */
  readonly isFoundById: (target: T) => Promise<boolean>;
  /** Stops reads once it fires. */
  readonly stop: AbortSignal;
}

/** How it ended for a user who went alone. */
export interface SuspendedAlone {
  readonly ending: Ending;
  /** Whether a call for the user may have been carried out. */
  readonly mayBeSuspended: boolean;
}

/** How it ended for a user who went alone, and what that says of suspensions. */
interface Trial {
  /**
   * - `confirmed`: suspended, and read back as expected. The others may be suspended together.
   * - `skipped`: the user was not to be suspended any more. That says nothing, and the next one goes alone.
   * - `refused`: GenAuth refused this user. It may suspend the next one, who goes alone.
   * - `failed`: anything else, such as a user that look-ups hide now. Nobody else may be suspended.
   */
  readonly outcome: "confirmed" | "skipped" | "refused" | "failed";
  readonly ending: Ending;
}

/** Fields that change with the status, or by what the user does meanwhile. */
const MAY_DIFFER: ReadonlySet<string> = new Set([
  "status",
  "statusChangedAt",
  "updatedAt",
  "lastLogin",
  "lastLoginApp",
  "lastIp",
  "lastMfaTime",
  "loginsCount",
]);

/**
 * GenAuth may refuse one user and not the others. After so many refused users in a row, it refuses
 * suspensions.
 */
const MOST_REFUSED = 3;

/**
 * Suspends the first user of a process alone. GenAuth's documentation does not say whether look-ups show
 * suspended users, and whether a change of the status changes other fields. So the first user is read back:
 * shown, `Suspended`, and all other fields as before. Otherwise nobody else is suspended in this process, and
 * the message says which user to look at (trust.md, S9). All sets of a process share one.
 */
export class FirstSuspension {
  private readonly oneAtATime = pLimit(1);
  private isConfirmed = false;
  private refused = 0;
  /** Why nobody else is suspended. */
  private stopped?: Ending;

  constructor(private readonly readFullUsers: ReadFullUsers) {}

  /**
   * Suspends users alone, one after the other, until the first suspension is confirmed.
   *
   * @returns how it ended for these. The others, if any, may be suspended together.
   */
  async suspendAlone<T extends Target>(
    targets: readonly T[],
    steps: SuspensionSteps<T>,
  ): Promise<Map<T, Ending>> {
    return await this.oneAtATime(async () => {
      if (this.isConfirmed) return new Map<T, Ending>();
      const endings = this.stopped ? new Map<T, Ending>() : await steps.endWithoutCall(targets);
      const active = targets.filter((target) => !endings.has(target));
      return new Map([...endings, ...(await this.suspendEach(active, steps))]);
    });
  }

  private async suspendEach<T extends Target>(
    active: readonly T[],
    steps: SuspensionSteps<T>,
  ): Promise<Map<T, Ending>> {
    const endings = new Map<T, Ending>();
    for (const target of active) {
      if (this.isConfirmed) break;
      endings.set(target, this.stopped ?? (await this.suspendNext(target, steps)));
    }
    return endings;
  }

  /** Suspends one user, and notes what that means for the others. */
  private async suspendNext<T extends Target>(target: T, steps: SuspensionSteps<T>): Promise<Ending> {
    const { outcome, ending } = await this.try(target, steps);
    if (outcome === "confirmed") this.isConfirmed = true;
    if (outcome === "refused") this.refused += 1;
    if (outcome === "failed" || this.refused === MOST_REFUSED) this.stopped = endingOfOthers(target, ending);
    return ending;
  }

  private async try<T extends Target>(target: T, steps: SuspensionSteps<T>): Promise<Trial> {
    const before = await this.read(target, steps);
    if (!before.ok) return judgeUntouched(survive(before.failure.message, before.failure));
    if (!before.value) return judgeUntouched(survive(NO_RECORD));
    const { ending, mayBeSuspended } = await steps.suspend(target);
    if (!mayBeSuspended) return judgeUntouched(ending);
    if (ending.kind === "survivor") {
      const isHidden = await this.isHidden(target, steps);
      return { outcome: "failed", ending: isHidden ? survive(`${HIDDEN} ${LOOK}`) : ending };
    }
    const harm = await this.findHarm(target, before.value, steps);
    if (harm !== undefined) return { outcome: "failed", ending: survive(`${harm} ${LOOK}`) };
    return { outcome: "confirmed", ending };
  }

  private async read<T extends Target>(
    { userId }: T,
    { stop }: SuspensionSteps<T>,
  ): Promise<Outcome<AllFields | undefined>> {
    const outcome = await this.readFullUsers([userId], stop);
    if (!outcome.ok) return outcome;
    return { ok: true, value: outcome.value.find((user) => isSameUserId(user.userId, userId)) };
  }

  /** Whether look-ups no longer show a user who was there before the call. */
  private async isHidden<T extends Target>(target: T, steps: SuspensionSteps<T>): Promise<boolean> {
    const after = await this.read(target, steps);
    return after.ok && after.value === undefined;
  }

  /** What is wrong with a suspended user, as a sentence; `undefined` if nothing. */
  private async findHarm<T extends Target>(
    target: T,
    before: AllFields,
    steps: SuspensionSteps<T>,
  ): Promise<string | undefined> {
    const after = await this.read(target, steps);
    if (!after.ok)
      return `The user's record could not be read after the suspension: ${after.failure.message}`;
    if (!after.value || !(await steps.isFoundById(target))) return HIDDEN;
    const changed = changedFields(before, after.value);
    if (changed.length === 0) return undefined;
    return `The suspension also changed other fields of the user: ${changed.map((field) => printable(field)).join(", ")}. GenAuth's support can say why; the earlier values are in GenAuth's audit log.`;
  }
}

const NO_RECORD =
  "Not suspended, because GenAuth does not show the user's record, so a change of it could not be noticed.";
const HIDDEN =
  "GenAuth's look-ups no longer show the user after the suspension, so nobody could delete or reactivate the user later.";
const LOOK =
  "Look at this user in GenAuth's console: the user stays suspended. Nobody else was suspended by this run. Do not apply again before you know why: each apply would suspend one more user.";

/** Judges suspensions by a user that no call of this set can have suspended. */
function judgeUntouched(ending: Ending): Trial {
  if (ending.kind !== "survivor") return { outcome: "skipped", ending };
  const { failure } = ending;
  const isRefused = failure?.reach === "call" && !failure.transient;
  return { outcome: isRefused ? "refused" : "failed", ending };
}

/** How it ends for all others, after a user who was not suspended as expected. */
function endingOfOthers({ id }: Target, ending: Ending): Ending {
  if (ending.kind === "survivor" && ending.failure?.reach === "every_call") return ending;
  const reason = `Not suspended, because the first suspension of this run did not end as it should. See the message about ${printable(id)}.`;
  return survive(reason);
}

/** The fields that differ, but for those that may. */
function changedFields(before: AllFields, after: AllFields): string[] {
  const fields = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return fields
    .filter((field) => !MAY_DIFFER.has(field) && textOf(before[field]) !== textOf(after[field]))
    .sort();
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
