import type { Effect, Emulator, ReceivedCall, RuleHandle } from "../../../support/emulator";
import type { Place } from "../matrix/place";
import { emailsOf, PEOPLE } from "./people";

/** The calls of a run that suspends, reactivates, and deletes who is due. */
export const PHASES = [
  "refresh of those who wait",
  "look-up of the second plan",
  "look-up before all",
  "look-up before the deletion",
  "deletion",
  "read-back of the deletion",
  "look-up before the reactivation",
  "reactivation",
  "read-back of the reactivation",
  "look-up before the suspension",
  "suspension of the first",
  "check of the first",
  "suspension",
  "read-back of the suspension",
] as const;

export type Phase = (typeof PHASES)[number];

/** How many calls an undisturbed run makes in each phase, and the places at which a fault is injected. */
export const CALLS: Readonly<Record<Phase, { readonly calls: number; readonly places: readonly Place[] }>> = {
  "refresh of those who wait": { calls: 2, places: ["first", "always"] },
  // Those who leave by their declared id, and those who wait by system user id.
  "look-up of the second plan": { calls: 4, places: ["first", "always"] },
  // Those who wait.
  "look-up before all": { calls: 2, places: ["first", "last", "always"] },
  "look-up before the deletion": { calls: 2, places: ["first", "always"] },
  deletion: { calls: 2, places: ["first", "always"] },
  "read-back of the deletion": { calls: 2, places: ["first", "always"] },
  "look-up before the reactivation": { calls: 1, places: ["first", "always"] },
  reactivation: { calls: 1, places: ["first", "always"] },
  "read-back of the reactivation": { calls: 1, places: ["first", "always"] },
  // Of a chunk, of the first user twice (the record, and the status), and of both chunks of the others.
  "look-up before the suspension": { calls: 5, places: ["first", "middle", "last", "always"] },
  "suspension of the first": { calls: 1, places: ["first", "always"] },
  // The status, the record, and whether the declared id finds the user.
  "check of the first": { calls: 3, places: ["first", "middle", "last", "always"] },
  suspension: { calls: 2, places: ["first", "always"] },
  "read-back of the suspension": { calls: 2, places: ["first", "always"] },
};

const userIdsOf = (...kinds: readonly (keyof typeof PEOPLE)[]): ReadonlySet<string> =>
  new Set(kinds.flatMap((kind) => PEOPLE[kind].map(({ userId }) => userId)));

const LEAVING = userIdsOf("leaving");
const RETURNING = userIdsOf("returning");
const DUE = userIdsOf("due");
const WAITING = userIdsOf(
  "due",
  "dueRetained",
  "dueProtected",
  "dueActivated",
  "later",
  "returning",
  "returningNotOurs",
);
const LEAVING_EMAILS = new Set(emailsOf("leaving"));
const DUE_EMAILS = new Set(emailsOf("due", "dueRetained", "dueProtected", "dueActivated"));

/** Tells the phase of each call of one run, from the calls before it. */
class PhaseOfCalls {
  readonly #updated = new Set<string>();
  #operation: "plan" | "second plan" | "apply" = "plan";
  #hasDeleted = false;
  readonly #deleted = new Set<string>();
  #hasSuspendedMany = false;

  begin(operation: "second plan" | "apply"): void {
    this.#operation = operation;
  }

  /** `undefined` for the look-ups of declared users, and of users who leave by their declared ids. */
  next({ path, ids, userIdType }: ReceivedCall): Phase | undefined {
    const names = (set: ReadonlySet<string>): boolean => ids.some((id) => set.has(id));
    const wasUpdated = ids.some((id) => this.#updated.has(id));
    switch (path.replace(/^.*\//, "")) {
      case "delete-users-batch":
        this.#hasDeleted = true;
        for (const id of ids) this.#deleted.add(id);
        return "deletion";
      case "update-user-batch":
        for (const id of ids) this.#updated.add(id);
        if (names(RETURNING)) return "reactivation";
        if (ids.length > 1) this.#hasSuspendedMany = true;
        return this.#hasSuspendedMany ? "suspension" : "suspension of the first";
    }
    const isOfWaiting = userIdType === "user_id" && names(WAITING);
    if (this.#operation === "plan") return isOfWaiting ? "refresh of those who wait" : undefined;
    if (this.#operation === "second plan") {
      const isOfLeavers = userIdType !== "user_id" && (names(LEAVING_EMAILS) || names(DUE_EMAILS));
      return isOfWaiting || isOfLeavers ? "look-up of the second plan" : undefined;
    }
    if (userIdType !== "user_id") {
      if (this.#hasDeleted && ids.some((id) => this.#deleted.has(id))) return "read-back of the deletion";
      if (names(DUE_EMAILS)) return "look-up before the deletion";
      return names(LEAVING_EMAILS) ? "check of the first" : undefined;
    }
    if (names(LEAVING)) {
      if (!wasUpdated) return "look-up before the suspension";
      return this.#hasSuspendedMany ? "read-back of the suspension" : "check of the first";
    }
    if (!this.#hasDeleted) return "look-up before all";
    if (names(DUE)) return "read-back of the deletion";
    return wasUpdated ? "read-back of the reactivation" : "look-up before the reactivation";
  }
}

/** Which calls of a phase have a fault, and which. */
export interface PhaseFault {
  readonly phase: Phase;
  readonly place: Place;
  readonly effect: Effect;
  /** For how many milliseconds all calls of the phase have it, from the first one at the place; default that call only. */
  readonly forMs?: number;
}

/** Watches the calls of one run, and applies a fault. */
export class PhaseWatch {
  readonly #phases = new PhaseOfCalls();
  /** How many calls each phase had. */
  readonly counts = new Map<Phase, number>();
  #applied = 0;
  readonly #rules: RuleHandle[] = [];
  #endsAt: number | undefined;

  constructor(
    private readonly emulator: Emulator,
    private readonly fault?: PhaseFault,
  ) {
    emulator.steps.add({ run: () => this.#see() });
  }

  begin(operation: "second plan" | "apply"): void {
    this.#phases.begin(operation);
  }

  /** The fault as the emulator's rules show theirs. */
  get handle(): RuleHandle {
    const applied = (): number => this.#applied;
    return {
      get applied() {
        return applied();
      },
      remove: () => undefined,
    };
  }

  /** Whether a call got the fault instead of its answer. */
  get hasHit(): boolean {
    return this.#rules.some(({ applied }) => applied > 0);
  }

  /** Runs right before a call is answered, as the step of that call. */
  #see(): void {
    const call = this.emulator.calls.at(-1);
    const phase = call && this.#phases.next(call);
    if (!phase) return;
    const number = (this.counts.get(phase) ?? 0) + 1;
    this.counts.set(phase, number);
    if (phase !== this.fault?.phase || !this.#isHit(number)) return;
    this.#applied += 1;
    const { ids, userIdType } = call;
    const on = call.path.replace(/^.*\//, "") as "get-user" | "get-user-batch" | "delete-users-batch";
    // With the ids, so that a call that arrives at the same moment does not take the fault.
    this.#rules.push(
      this.emulator.faults.add({
        on,
        ids,
        ...(userIdType !== undefined && { userIdType: userIdType as "email" }),
        times: 1,
        then: this.fault.effect,
      }),
    );
  }

  #isHit(number: number): boolean {
    const { place, forMs, phase } = this.fault as PhaseFault;
    const { calls } = CALLS[phase];
    if (place === "always") return true;
    const nth = { first: 1, middle: Math.ceil(calls / 2), last: calls }[place];
    if (forMs === undefined) return number === nth;
    if (number < nth) return false;
    this.#endsAt ??= performance.now() + forMs;
    return performance.now() < this.#endsAt;
  }
}
