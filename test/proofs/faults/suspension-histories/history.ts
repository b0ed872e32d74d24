import { type Emulator, startEmulator } from "../../../support/emulator";
import { UserIdType } from "../../../../src/users";
import { names, People } from "./people";
import type { PoolWatch } from "./pool-watch";
import {
  messagesIn,
  saysNeverSeen,
  saysNotSuspended,
  notFoundByIdIn,
  notReactivatedIn,
  saysPlanDiffers,
  brokenPromises,
  engineErrors,
} from "./promises";
import type { SetInPlan, SetInState, Stack, StackConfiguration } from "./stack";
import { type History, SIZE, type Step } from "./steps";
import { World } from "./world";

/**
 * Runs a history.
 *
 * @param open makes the stack
 *
 * @throws Error that describes each broken promise
 */
export async function runSuspensionHistory(
  history: History,
  open: (emulator: Emulator) => Stack,
): Promise<void> {
  const people = new People();
  const emulator = await startEmulator({
    users: people.users,
    rateLimit: false,
    latencyMs: 2,
    variants: history.variant,
  });
  const world = new World(history, people, emulator, open(emulator));
  const play = new Play(world);
  try {
    await play.check("The creation", () => play.create());
    for (const [index, step] of history.steps.entries())
      await play.check(`Step ${index + 1}`, () => play.take(step));
  } finally {
    await world.stack.close();
    await emulator.close();
  }
}

/** A step without anything beside the run itself. */
const UNDISTURBED: Settings = {
  between: { events: [], days: 0 },
  meanwhile: null,
  faults: [],
  cut: null,
  hold: "no",
  minDays: null,
  operatorMax: null,
  isOpen: false,
  run: "apply",
};

type Settings = Pick<
  Step,
  "run" | "between" | "meanwhile" | "hold" | "minDays" | "operatorMax" | "faults" | "cut" | "isOpen"
>;

class Play {
  /** The configuration that the last run applied completely, so that a plan of it is empty. */
  #settled: string | undefined;

  constructor(private readonly world: World) {}

  async check(name: string, part: () => Promise<string[]>): Promise<void> {
    const broken = await part();
    if (broken.length > 0) throw new Error([`${name}:`, ...broken].join("\n"));
  }

  async create(): Promise<string[]> {
    const configuration = this.world.configure({ ...FIRST, isStack: true });
    return this.#run(configuration, [], UNDISTURBED);
  }

  async take(step: Step): Promise<string[]> {
    this.world.letPass(step.days);
    if (step.isQuiet) return this.#stayQuiet(step);
    for (const event of step.events) this.world.happen(event);
    this.world.declare(step);
    const configuration = this.world.configure(step);
    const keeps =
      step.operatorKeeps === null ? [] : [this.world.people.idOf(step.operatorKeeps, UserIdType.EMAIL)];
    const broken = await this.#run(configuration, keeps, step);
    if (broken.length > 0) return broken;
    // Limits of the operator are lifted, and what was disturbed is done.
    const unsettled = await this.#settle(configuration, keeps);
    if (unsettled.length > 0 || !step.suspendDays?.isReverted) return unsettled;
    this.world.revertDays(step.suspendDays);
    return this.#settle(this.world.configure(step), keeps);
  }

  /** Applies once more without a disturbance. After that, a plan is empty. */
  async #settle(configuration: StackConfiguration, keeps: readonly string[]): Promise<string[]> {
    const key = JSON.stringify([configuration, keeps]);
    const broken = this.#settled === key ? [] : await this.#run(configuration, keeps, UNDISTURBED);
    if (broken.length > 0 || this.#settled !== key || this.#isDatedLate()) return broken;
    return this.#expectEmpty("directly after an apply");
  }

  /** Nothing has changed but the date. */
  async #stayQuiet(step: Step): Promise<string[]> {
    if (this.#settled === undefined || this.#isDatedLate()) return [];
    const isHeld = step.hold !== "no";
    this.world.operate(isHeld ? { GENAUTH_DUE_DELETIONS: "hold" } : {}, []);
    const isRefreshed = step.run !== "no refresh";
    if (!isRefreshed && this.world.stack.held().some((set) => set && isTold(set))) return [];
    const due = this.world.stack
      .held()
      .flatMap((set) =>
        [...(set?.suspended ?? [])].filter(([, date]) => Date.parse(date) <= this.world.now()),
      );
    if (!isRefreshed || isHeld || due.length === 0)
      return this.#expectEmpty("without a change", isRefreshed ? "apply" : "no refresh");
    return [];
  }

  async #expectEmpty(when: string, how: Step["run"] = "apply"): Promise<string[]> {
    const plan = await this.world.stack.plan(how);
    const changes = this.world.watch.takeChanges();
    return [
      ...engineErrors(plan.text),
      ...(plan.code === 0 ? [] : [`a plan ${when} is not empty:`, plan.text]),
      ...(changes.deleted.length + changes.statuses.length === 0 ? [] : ["a plan changes users"]),
    ];
  }

  async #run(
    configuration: StackConfiguration,
    operatorKeeps: readonly string[],
    step: Settings,
  ): Promise<string[]> {
    const key = JSON.stringify([configuration, operatorKeeps]);
    this.#settled = undefined;
    const { stack, watch, emulator } = this.world;
    stack.write({ ...configuration, isOpen: step.isOpen });
    const before = stack.held();
    const poolAtPlan = watch.users();
    this.world.operate(variablesOf(step, "at plan"), operatorKeeps);
    this.world.fail(step.faults.filter(({ atPlan }) => atPlan));
    const planTime = this.world.now();
    const plan = await stack.plan(step.run);
    emulator.faults.clear();
    const atPlan = watch.takeChanges();
    const isUnchanged = atPlan.deleted.length + atPlan.statuses.length + atPlan.otherFields.size === 0;
    const broken = [...(isUnchanged ? [] : ["a plan changes users"]), ...engineErrors(plan.text)];
    const isTooShort = configuration.sets.some((set) => set && (set.suspendDays ?? 0) < (step.minDays ?? 0));
    if (isTooShort && plan.code !== 1 && step.run !== "refresh only")
      broken.push("suspend_days below the minimum is not refused");
    if (plan.code === 1) {
      // While it is not known that somebody who moves is protected, the move is refused as in plain HCL.
      const mustSucceed = step.minDays === null && !step.isOpen && this.#mustSucceed(configuration);
      const isContradiction =
        isShift(configuration, plan.text) ||
        declaresFormerHolder(plan.text, poolAtPlan, step.run !== "no refresh");
      if (isFaultless(step) && mustSucceed && !isContradiction) broken.push("an undisturbed plan fails");
      return withOutput(broken, plan.text);
    }

    const touchedBetween = new Set<string>();
    if (step.run === "saved") {
      for (const event of step.between.events) {
        const userId = this.world.happen(event);
        if (userId !== undefined) touchedBetween.add(userId);
      }
      this.world.letPass(step.between.days);
    }
    const poolAtApply = watch.users();
    const authors = new Map(poolAtApply.map(({ userId }) => [userId, watch.authorOf(userId)]));
    const beganAt = this.world.now();
    this.world.operate(variablesOf(step, "at apply"), operatorKeeps);
    this.world.fail(step.faults.filter(({ atPlan: its }) => !its));
    let touched: string | undefined;
    const { meanwhile } = step;
    if (meanwhile) {
      const run = (): void => void (touched = this.world.happen(meanwhile.event));
      emulator.steps.add({ nth: meanwhile.call, times: 1, run });
    }
    const called = emulator.calls.length;
    const { code, text, isCut } = await stack.apply(step.cut);
    const firstUpdate = emulator.calls.slice(called).find(({ path }) => path.endsWith("/update-user-batch"));
    emulator.faults.clear();
    emulator.steps.clear();
    watch.attach();

    const changes = watch.takeChanges();
    // The provider releases whom GenAuth shows with another time than at plan, also if only the time was late.
    const isChanged =
      step.between.events.length > 0 ||
      touched !== undefined ||
      step.faults.length > 0 ||
      this.#isDatedLate();
    const mayFail =
      (this.#isDatedLate() && saysPlanDiffers(text)) ||
      (step.run === "no refresh" && removesUnseen(before, configuration) && saysNeverSeen(text)) ||
      (endsTwice(before, plan.sets, changes) && saysNotSuspended(text)) ||
      awaitsOnlyVanished(before, poolAtApply, text) ||
      deletesOnlyNameless(before, poolAtApply, text);
    const messages = messagesIn(plan.text) + messagesIn(text);
    const after = stack.held();
    const isDone =
      code === 0 &&
      step.hold === "no" &&
      step.operatorMax === null &&
      step.run === "apply" &&
      !step.isOpen &&
      isFaultless(step);
    broken.push(...engineErrors(text, { isChanged, isCut }));
    broken.push(
      ...brokenPromises({
        isDone,
        firstUpdate: firstUpdate?.ids.length ?? 0,
        configuration,
        mostDays: this.world.mostDays(),
        operatorKeeps,
        before,
        after,
        plan: plan.sets,
        changes,
        poolAtPlan,
        poolAtApply,
        poolAtEnd: watch.users(),
        authorsBefore: (userId) => authors.get(userId),
        authorsAtEnd: (userId) => watch.authorOf(userId),
        touched,
        touchedBetween,
        beganAt,
        endedAt: this.world.now(),
        isHeld: step.hold !== "no",
        isRefreshed: step.run !== "no refresh",
        isRefreshOnly: step.run === "refresh only",
        isCut,
        operatorMax: step.operatorMax,
        isDated: isDated(this.world.history),
        showsSuspended:
          this.world.history.variant.suspended !== "hidden" &&
          this.world.history.variant.hiddenFields?.includes("status") !== true,
        hidesSuspended: this.world.history.variant.suspended === "hidden",
        messages,
      }),
    );
    if (touched !== undefined) watch.forgiveRace(touched);
    if (step.run === "refresh only") broken.push(...changesOfRefresh(before, after, changes));
    else if (
      isFaultless(step) &&
      code !== 0 &&
      !mayFail &&
      step.minDays === null &&
      this.#mustSucceed(configuration)
    )
      broken.push("an undisturbed apply fails");
    if (isDone) {
      broken.push(...this.#undone(before, after, messages, planTime));
      const postponed = after.flatMap((set, index) =>
        [...(set?.suspended ?? [])].filter(
          ([id, date]) => Date.parse(date) <= this.world.now() && before[index]?.suspended.get(id) !== date,
        ),
      );
      // A survivor whose id was handed on meanwhile is bound anew one apply after it is declared again.
      const hadSurvivors = before.some((set) => set !== undefined && set.survivors.size > 0);
      // Whom the other set deleted, after this one had looked, is released by the next apply.
      const there = new Set(watch.users().map(({ userId }) => userId));
      const areThere = after.every((set) =>
        [...(set?.waiting.values() ?? [])].every(({ userId }) => there.has(userId.toLowerCase())),
      );
      if (
        postponed.length === 0 &&
        areThere &&
        !hadSurvivors &&
        configuration.sets.every((set) => set === undefined || set.maxDeletions >= SIZE)
      )
        this.#settled = key;
    }
    return withOutput(broken, plan.text, text);
  }

  /** Who is due and still waits after an undisturbed run, without a message. */
  #undone(
    before: ReturnType<Stack["held"]>,
    after: ReturnType<Stack["held"]>,
    messages: string,
    planTime: number,
  ): string[] {
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
  #mustSucceed({ isStack, sets }: StackConfiguration): boolean {
    const isLimited = sets.some((set) => set && set.maxDeletions < SIZE);
    return (
      isStack && !isLimited && Object.keys(this.world.history.variant).every((name) => HARMLESS.has(name))
    );
  }

  /**
   * Whether GenAuth shows the time of a change so late that it looks like another change: later than the provider waits for its own, or
   * right after others made one.
   */
  #isDatedLate(): boolean {
    const delayMs = this.world.history.variant.statusChangedAtDelayMs ?? 0;
    return delayMs > 200 || (delayMs > 0 && this.world.watch.hasOtherAuthors);
  }
}

const FIRST = {
  retained: null,
  spelling: "as in the pool",
  isLabelled: false,
  takenAway: null,
  maxDeletions: null,
} as const;

/** Whether a plan is refused because a set that deletes takes over users of the one that is taken away, as with `count`. */
function isShift({ sets }: StackConfiguration, text: string): boolean {
  return sets.includes(undefined) && /takes over \d+ users? of a set that is being removed/.test(text);
}

/**
 * Whether one set deleted a user whom the other one was to suspend. Engines apply both at once, so the other may find nobody any more: it says
 * so, and the next apply forgets the user.
 */
function endsTwice(
  before: readonly (SetInState | undefined)[],
  plans: readonly SetInPlan[],
  { deleted }: ReturnType<PoolWatch["takeChanges"]>,
): boolean {
  return plans.some(({ suspended }, index) => {
    const set = before[index];
    return set && [...suspended].some((id) => deleted.some(({ user }) => names(user, id, set.type)));
  });
}

/**
 * Whether a plan is refused because a set deletes the former holder of an id that the other set declares. The other set stands for the former
 * holder until its plan binds the id to a new one, whom only a refresh finds.
 */
function declaresFormerHolder(
  text: string,
  pool: ReturnType<PoolWatch["users"]>,
  isRefreshed: boolean,
): boolean {
  const there = [...text.matchAll(/\(there: (\S+)\)/g)].flatMap(([, id]) => id ?? []);
  const shown = JSON.stringify(pool).toLowerCase();
  const isLeft = (id: string) => !isRefreshed || !shown.includes(`"${id.toLowerCase()}"`);
  return / that (this|another) set declares/.test(text) && there.length > 0 && there.every(isLeft);
}

/**
 * Whether an apply fails because of users who are declared again, and whom others deleted while they waited. A look-up that shows nobody else
 * who waits cannot tell whether they are gone (S8 of docs/guides/trust.md).
 */
function awaitsOnlyVanished(
  before: readonly (SetInState | undefined)[],
  pool: ReturnType<PoolWatch["users"]>,
  text: string,
): boolean {
  const there = new Set(pool.map(({ userId }) => userId));
  const vanished = new Set(
    before.flatMap((set) =>
      [...(set?.waiting ?? [])].flatMap(([id, { userId }]) => (there.has(userId.toLowerCase()) ? [] : [id])),
    ),
  );
  const awaited = notReactivatedIn(text);
  return awaited.length > 0 && awaited.every((id) => vanished.has(id));
}

/**
 * Whether an apply fails because of users who are due, and whose ids others took away without giving them new ones. A call by the declared id
 * would reach nobody, and the set cannot tell a user without an id from one whose id GenAuth does not show.
 */
function deletesOnlyNameless(
  before: readonly (SetInState | undefined)[],
  pool: ReturnType<PoolWatch["users"]>,
  text: string,
): boolean {
  const nameless = new Set(
    pool.filter(({ email, username }) => !email && !username).map((user) => user.userId),
  );
  const waiting = new Map(before.flatMap((set) => [...(set?.waiting ?? [])]));
  const left = notFoundByIdIn(text);
  return left.length > 0 && left.every((id) => nameless.has(waiting.get(id)?.userId ?? ""));
}

/** Variants in which a run without faults succeeds. */
const HARMLESS = new Set(["unknownIdsInUpdates", "mostUpdates", "statusChangedAtDelayMs", "statusChangedAt"]);

/**
 * Whether an id leaves that no look-up had found before the plan. Without a refresh, nobody has reviewed whom it names by now, so the
 * apply leaves that user alone and fails.
 */
function removesUnseen(before: readonly (SetInState | undefined)[], { sets }: StackConfiguration): boolean {
  return before.some((set, index) => {
    const declared = sets[index]?.ids;
    return set && declared && [...set.users].some((id) => !set.bindings.has(id) && !declared.includes(id));
  });
}

/**
 * Whether somebody is due, or somebody who waits is declared again. Without a refresh, the plan says what becomes of
 * that person, even if nothing does.
 */
function isTold({ users, bindings, waiting }: SetInState): boolean {
  if ([...waiting.values()].some(({ isDue }) => isDue)) return true;
  const ids = new Set([...users].map((id) => id.toLowerCase()));
  const userIds = new Set(bindings.values());
  return [...waiting].some(([id, { userId }]) => ids.has(id.toLowerCase()) || userIds.has(userId));
}

function isDated({ variant }: History): boolean {
  return (
    (variant.statusChangedAt ?? "shown") === "shown" &&
    (variant.statusChangedAtDelayMs ?? 0) === 0 &&
    variant.hiddenFields === undefined
  );
}

function isFaultless(step: Settings): boolean {
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
  { hold, minDays, operatorMax }: Settings,
  at: "at plan" | "at apply",
): Record<string, string> {
  return {
    ...((hold === at || hold === "always") && { GENAUTH_DUE_DELETIONS: "hold" }),
    ...(minDays !== null && { GENAUTH_MIN_SUSPEND_DAYS: String(minDays) }),
    ...(operatorMax !== null && { GENAUTH_MAX_DELETIONS: String(operatorMax) }),
  };
}

function changesOfRefresh(
  before: ReturnType<Stack["held"]>,
  after: ReturnType<Stack["held"]>,
  { deleted, statuses }: ReturnType<PoolWatch["takeChanges"]>,
): string[] {
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
