import type { PoolUser } from "../../../support/emulator";
import { isExcused, mayFail } from "./excused-failures";
import type { Author, PoolChanges } from "./pool-watch";
import { brokenPromises, engineErrors, messagesIn } from "./promises";
import type { Applied, Plan, Stack, StackConfiguration } from "./stack";
import { type History, SIZE, type Step } from "./steps";
import type { World } from "./world";

/** What happens beside a run of a step, and how it is made. */
export type RunSettings = Pick<
  Step,
  "run" | "between" | "meanwhile" | "hold" | "minDays" | "operatorMax" | "faults" | "cut" | "isOpen"
>;

type Held = ReturnType<Stack["held"]>;

/** A plan that was made, what was there before it, and what it broke. */
interface Planned {
  readonly plan: Plan;
  /** GenAuth's time when it was made, in milliseconds since 1970. */
  readonly at: number;
  readonly before: Held;
  readonly pool: readonly PoolUser[];
  readonly broken: readonly string[];
}

/** How an apply ended, what was there before and after it, and what others did. */
interface Ended extends Applied {
  readonly after: Held;
  readonly pool: readonly PoolUser[];
  /** Who gave the users their status before. */
  readonly authors: ReadonlyMap<string, Author | undefined>;
  readonly beganAt: number;
  readonly touched: string | undefined;
  readonly touchedBetween: ReadonlySet<string>;
  /** How many users its first update named. */
  readonly firstUpdate: number;
  readonly changes: PoolChanges;
}

/** A plan of a configuration and its apply, with what happens beside them. */
export class OneRun {
  constructor(
    private readonly world: World,
    private readonly configuration: StackConfiguration,
    private readonly operatorKeeps: readonly string[],
    private readonly settings: RunSettings,
  ) {}

  /**
   * Plans, and applies what was planned.
   *
   * @returns each broken promise, with the output; and whether nothing is left to do, so that the next plan is empty
   */
  async make(): Promise<{ readonly broken: readonly string[]; readonly isAtRest: boolean }> {
    const planned = await this.#plan();
    const { plan } = planned;
    if (plan.code === 1) {
      const refused = [...planned.broken, ...this.#brokenByRefusal(planned)];
      return { broken: withOutput(refused, plan.text), isAtRest: false };
    }
    const ended = await this.#apply();
    const broken = [...planned.broken, ...this.#brokenByApply(planned, ended)];
    return {
      broken: withOutput(broken, plan.text, ended.text),
      isAtRest: isDone(this.settings, ended) && this.#isAtRest(planned.before, ended.after),
    };
  }

  async #plan(): Promise<Planned> {
    const { configuration, operatorKeeps, settings: step } = this;
    const { stack, watch, emulator } = this.world;
    stack.write({ ...configuration, isOpen: step.isOpen });
    const before = stack.held();
    const pool = watch.users();
    this.world.operate(variablesOf(step, "at plan"), operatorKeeps);
    this.world.fail(step.faults.filter(({ atPlan }) => atPlan));
    const at = this.world.now();
    const plan = await stack.plan(step.run);
    emulator.faults.clear();
    const changes = watch.takeChanges();
    const isUnchanged = changes.deleted.length + changes.statuses.length + changes.otherFields.size === 0;
    const isTooShort = configuration.sets.some((set) => set && (set.suspendDays ?? 0) < (step.minDays ?? 0));
    const broken = [
      ...(isUnchanged ? [] : ["a plan changes users"]),
      ...engineErrors(plan.text),
      ...(isTooShort && plan.code !== 1 && step.run !== "refresh only"
        ? ["suspend_days below the minimum is not refused"]
        : []),
    ];
    return { plan, at, before, pool, broken };
  }

  #brokenByRefusal({ plan, pool }: Planned): string[] {
    const { configuration, settings: step } = this;
    // While it is not known that somebody who moves is protected, the move is refused as in plain HCL.
    const mustSucceed = step.minDays === null && !step.isOpen && this.#mustSucceed();
    if (!isFaultless(step) || !mustSucceed) return [];
    const isRefreshed = step.run !== "no refresh";
    return isExcused({ text: plan.text, configuration, pool, isRefreshed })
      ? []
      : ["an undisturbed plan fails"];
  }

  /** Applies the saved plan, after and during what others do. */
  async #apply(): Promise<Ended> {
    const { operatorKeeps, settings: step } = this;
    const { stack, watch, emulator } = this.world;
    const touchedBetween = new Set<string>();
    if (step.run === "saved") {
      for (const event of step.between.events) {
        const userId = this.world.happen(event);
        if (userId !== undefined) touchedBetween.add(userId);
      }
      this.world.letPass(step.between.days);
    }
    const pool = watch.users();
    const authors = new Map(pool.map(({ userId }) => [userId, watch.authorOf(userId)]));
    const beganAt = this.world.now();
    this.world.operate(variablesOf(step, "at apply"), operatorKeeps);
    this.world.fail(step.faults.filter(({ atPlan }) => !atPlan));
    let touched: string | undefined;
    const { meanwhile } = step;
    if (meanwhile) {
      const run = (): void => void (touched = this.world.happen(meanwhile.event));
      emulator.steps.add({ nth: meanwhile.call, times: 1, run });
    }
    const called = emulator.calls.length;
    const applied = await stack.apply(step.cut);
    const firstUpdate = emulator.calls.slice(called).find(({ path }) => path.endsWith("/update-user-batch"));
    emulator.faults.clear();
    emulator.steps.clear();
    watch.attach();
    return {
      ...applied,
      after: stack.held(),
      pool,
      authors,
      beganAt,
      touched,
      touchedBetween,
      firstUpdate: firstUpdate?.ids.length ?? 0,
      changes: watch.takeChanges(),
    };
  }

  #brokenByApply(planned: Planned, ended: Ended): string[] {
    const { configuration, operatorKeeps, settings: step } = this;
    const { watch, history } = this.world;
    const { plan, before } = planned;
    const { text, isCut, after, changes, touched } = ended;
    const isDatedLate = this.world.isDatedLate();
    // The provider releases whom GenAuth shows with another time than at plan, also if only the time was late.
    const isChanged =
      step.between.events.length > 0 || touched !== undefined || step.faults.length > 0 || isDatedLate;
    const isRefreshed = step.run !== "no refresh";
    const isRefreshOnly = step.run === "refresh only";
    const messages = messagesIn(plan.text) + messagesIn(text);
    const isAllDone = isDone(step, ended);
    const broken = [
      ...engineErrors(text, { isChanged, isCut }),
      ...brokenPromises({
        isDone: isAllDone,
        firstUpdate: ended.firstUpdate,
        configuration,
        mostDays: this.world.mostDays(),
        operatorKeeps,
        before,
        after,
        plan: plan.sets,
        changes,
        poolAtPlan: planned.pool,
        poolAtApply: ended.pool,
        poolAtEnd: watch.users(),
        authorsBefore: (userId) => ended.authors.get(userId),
        authorsAtEnd: (userId) => watch.authorOf(userId),
        touched,
        touchedBetween: ended.touchedBetween,
        beganAt: ended.beganAt,
        endedAt: this.world.now(),
        isHeld: step.hold !== "no",
        isRefreshed,
        isRefreshOnly,
        isCut,
        operatorMax: step.operatorMax,
        isDated: isDated(history),
        showsSuspended:
          history.variant.suspended !== "hidden" && history.variant.hiddenFields?.includes("status") !== true,
        hidesSuspended: history.variant.suspended === "hidden",
        messages,
      }),
    ];
    if (touched !== undefined) watch.forgiveRace(touched);
    if (isRefreshOnly) broken.push(...changesOfRefresh(before, after, changes));
    const mustSucceed = !isRefreshOnly && isFaultless(step) && step.minDays === null && this.#mustSucceed();
    const { pool } = ended;
    if (
      mustSucceed &&
      ended.code !== 0 &&
      !mayFail({ text, configuration, before, plans: plan.sets, changes, pool, isRefreshed, isDatedLate })
    )
      broken.push("an undisturbed apply fails");
    if (isAllDone) broken.push(...this.#undone(before, after, messages, planned.at));
    return broken;
  }

  /** Whether nothing is left to do after an undisturbed apply, so that the next plan is empty. */
  #isAtRest(before: Held, after: Held): boolean {
    const isSomebodyPostponed = after.some((set, index) =>
      [...(set?.suspended ?? [])].some(
        ([id, date]) => Date.parse(date) <= this.world.now() && before[index]?.suspended.get(id) !== date,
      ),
    );
    // A survivor whose id was handed on meanwhile is bound anew one apply after it is declared again.
    const hadSurvivors = before.some((set) => set !== undefined && set.survivors.size > 0);
    // Whom the other set deleted, after this one had looked, is released by the next apply.
    const there = new Set(this.world.watch.users().map(({ userId }) => userId));
    const areThere = after.every((set) =>
      [...(set?.waiting.values() ?? [])].every(({ userId }) => there.has(userId.toLowerCase())),
    );
    const isUnlimited = this.configuration.sets.every((set) => set === undefined || set.maxDeletions >= SIZE);
    return !isSomebodyPostponed && areThere && !hadSurvivors && isUnlimited;
  }

  /** Who is due and still waits after an undisturbed run, without a message. */
  #undone(before: Held, after: Held, messages: string, planTime: number): string[] {
    return after.flatMap((set, index) =>
      [...(set?.suspended ?? [])].flatMap(([id, date]) => {
        const isDue = Date.parse(date) <= planTime - 2_000;
        // Whoever was postponed becomes due at the next refresh.
        const isPostponed = before[index]?.suspended.get(id) !== date;
        return isDue && !isPostponed && !messages.includes(id) ? [`${id} is due and was not deleted`] : [];
      }),
    );
  }

  /** Whether a run without faults must succeed: sets of plain HCL may contradict each other, and some deployments refuse suspensions. */
  #mustSucceed(): boolean {
    const { isStack, sets } = this.configuration;
    const isLimited = sets.some((set) => set && set.maxDeletions < SIZE);
    return (
      isStack && !isLimited && Object.keys(this.world.history.variant).every((name) => HARMLESS.has(name))
    );
  }
}

/** Variants in which a run without faults succeeds. */
const HARMLESS = new Set(["unknownIdsInUpdates", "mostUpdates", "statusChangedAtDelayMs", "statusChangedAt"]);

function isDated({ variant }: History): boolean {
  return (
    (variant.statusChangedAt ?? "shown") === "shown" &&
    (variant.statusChangedAtDelayMs ?? 0) === 0 &&
    variant.hiddenFields === undefined
  );
}

/** Whether a run did all that its configuration asks for, and nothing disturbed or limited it. */
function isDone(step: RunSettings, { code }: Applied): boolean {
  return (
    code === 0 &&
    step.hold === "no" &&
    step.operatorMax === null &&
    step.run === "apply" &&
    !step.isOpen &&
    isFaultless(step)
  );
}

function isFaultless(step: RunSettings): boolean {
  const isSaved = step.run === "saved" && step.between.events.length > 0;
  return (
    step.faults.length === 0 &&
    step.cut === null &&
    step.meanwhile === null &&
    step.operatorMax === null &&
    !isSaved
  );
}

function variablesOf(
  { hold, minDays, operatorMax }: RunSettings,
  at: "at plan" | "at apply",
): Record<string, string> {
  return {
    ...((hold === at || hold === "always") && { GENAUTH_DUE_DELETIONS: "hold" }),
    ...(minDays !== null && { GENAUTH_MIN_SUSPEND_DAYS: String(minDays) }),
    ...(operatorMax !== null && { GENAUTH_MAX_DELETIONS: String(operatorMax) }),
  };
}

function changesOfRefresh(before: Held, after: Held, { deleted, statuses }: PoolChanges): string[] {
  const shown = (sets: typeof before): string =>
    JSON.stringify(sets.map((set) => set && [[...set.users].sort(), [...set.suspended].sort()]));
  return [
    ...(deleted.length + statuses.length === 0 ? [] : ["refresh-only changes users"]),
    ...(shown(before) === shown(after) ? [] : ["refresh-only changes who is in the set"]),
  ];
}

function withOutput(broken: readonly string[], ...outputs: readonly string[]): string[] {
  return broken.length === 0 ? [] : [...broken, "output:", ...outputs];
}
