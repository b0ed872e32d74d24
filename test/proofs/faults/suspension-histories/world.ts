import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Emulator } from "../../../support/emulator";
import type { People } from "./people";
import { PoolWatch } from "./pool-watch";
import { type Declared, SETS, type Stack, type StackConfiguration } from "./stack";
import { type Event, type Fault, type History, type Place, SIZE, type Step } from "./steps";

const DAY_MS = 24 * 3600 * 1000;

/** What a history changes: the pool and its clock, who is declared where, and the operator's settings. */
export class World {
  readonly watch: PoolWatch;
  readonly #places: Place[];
  /** For how many days each set has suspended, one change after another. */
  readonly #days: (number | null)[][];
  #daysPassed = 0;

  constructor(
    readonly history: History,
    readonly people: People,
    readonly emulator: Emulator,
    readonly stack: Stack,
  ) {
    this.watch = new PoolWatch(emulator, () => this.now());
    this.#places = [...history.start];
    this.#days = history.suspendDays.map((days) => [days]);
  }

  /** Moves people between the sets, and changes for how long a set suspends. */
  declare({ moves, suspendDays }: Pick<Step, "moves" | "suspendDays">): void {
    const waiting = this.#waiting();
    for (const { to, ...aim } of moves) this.#places[this.people.aim(aim, waiting)] = to;
    if (suspendDays) this.#days[suspendDays.set]?.push(suspendDays.days);
  }

  /** Lets a set suspend for as long as before the last change. */
  revertDays({ set }: NonNullable<Step["suspendDays"]>): void {
    const those = this.#days[set] ?? [];
    those.push(those.at(-2) ?? null);
  }

  /** The most days for which each set has suspended so far. */
  mostDays(): readonly number[] {
    return this.#days.map((those) => Math.max(...those.map((days) => days ?? 0)));
  }

  /**
   * Whether GenAuth shows the time of a change so late that it looks like another change: later than the provider waits for its own, or
   * right after others made one.
   */
  isDatedLate(): boolean {
    const delayMs = this.history.variant.statusChangedAtDelayMs ?? 0;
    return delayMs > 200 || (delayMs > 0 && this.watch.hasOtherAuthors);
  }

  /** The configuration of a step. */
  configure(
    step: Pick<Step, "retained" | "isStack" | "spelling" | "isLabelled" | "takenAway" | "maxDeletions">,
  ): StackConfiguration {
    const sets = this.history.types.map((type, index): Declared | undefined => {
      if (step.takenAway === index) return undefined;
      const its = this.#places.flatMap((place, person) =>
        place === SETS[index] || place === "both" ? [person] : [],
      );
      return {
        type,
        ids: its.map((person) => this.people.idOf(person, type, step.spelling)),
        labels: Object.fromEntries(
          its.map((person) => [
            this.people.idOf(person, type, step.spelling),
            step.isLabelled ? this.people.labelOf(person) : "",
          ]),
        ),
        retained: step.retained === null ? [] : [this.people.idOf(step.retained, type)],
        suspendDays: this.#days[index]?.at(-1) ?? null,
        maxDeletions: step.maxDeletions ?? SIZE * 2,
      };
    });
    return { sets, isStack: step.isStack, isOpen: false };
  }

  /** Sets variables of the further runs, and writes the file of users whom the operator protects. */
  operate(variables: Readonly<Record<string, string>>, protectedEmails: readonly string[]): void {
    const file = join(this.stack.folder, "protected.json");
    writeFileSync(file, JSON.stringify({ email: protectedEmails }));
    this.stack.setVariables({
      GENAUTH_PROTECTED_USERS_FILE: file,
      GENAUTH_DUE_DELETIONS: "",
      GENAUTH_MIN_SUSPEND_DAYS: "",
      GENAUTH_MAX_DELETIONS: "",
      ...variables,
    });
  }

  /** Makes calls fail. */
  fail(faults: readonly Fault[]): void {
    for (const { effect, on, nth } of faults) this.emulator.faults.add({ on, nth, times: 1, then: effect });
  }

  /** Lets somebody else change the pool. @returns whom it concerns */
  happen(event: Event): string | undefined {
    const waiting = this.#waiting();
    return this.watch.asOthers(() => this.people.applyEvent(event, this.emulator.pool, waiting));
  }

  /** The system user ids of those who wait for their deletion. */
  #waiting(): Set<string> {
    return new Set(
      this.stack.held().flatMap((set) => [...(set?.waiting.values() ?? [])].map(({ userId }) => userId)),
    );
  }

  /** Lets days pass on GenAuth's clock. */
  letPass(days: number): void {
    this.emulator.letDaysPass(days);
    this.#daysPassed += days;
  }

  /** GenAuth's time, in milliseconds since 1970. */
  now(): number {
    return Date.now() + this.#daysPassed * DAY_MS;
  }
}
