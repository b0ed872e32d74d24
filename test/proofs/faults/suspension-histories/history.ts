import { type Emulator, startEmulator } from "../../../support/emulator";
import { UserIdType } from "../../../../src/users";
import { OneRun, type RunSettings } from "./one-run";
import { People } from "./people";
import { engineErrors } from "./promises";
import type { SetInState, Stack, StackConfiguration } from "./stack";
import type { History, Step } from "./steps";
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
const UNDISTURBED: RunSettings = {
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

/** The configuration of the creation. */
const FIRST = {
  retained: null,
  spelling: "as in the pool",
  isLabelled: false,
  takenAway: null,
  maxDeletions: null,
} as const;

/** Plays the steps of a history one after another. */
class Play {
  /** The configuration that the last run applied completely, so that a plan of it is empty. */
  #settled: string | undefined;

  constructor(private readonly world: World) {}

  async check(name: string, part: () => Promise<readonly string[]>): Promise<void> {
    const broken = await part();
    if (broken.length > 0) throw new Error([`${name}:`, ...broken].join("\n"));
  }

  async create(): Promise<readonly string[]> {
    const configuration = this.world.configure({ ...FIRST, isStack: true });
    return this.#run(configuration, [], UNDISTURBED);
  }

  async take(step: Step): Promise<readonly string[]> {
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
  async #settle(configuration: StackConfiguration, keeps: readonly string[]): Promise<readonly string[]> {
    const key = JSON.stringify([configuration, keeps]);
    const broken = this.#settled === key ? [] : await this.#run(configuration, keeps, UNDISTURBED);
    if (broken.length > 0 || this.#settled !== key || this.world.isDatedLate()) return broken;
    return this.#expectEmpty("directly after an apply");
  }

  /** Nothing has changed but the date. */
  async #stayQuiet(step: Step): Promise<readonly string[]> {
    if (this.#settled === undefined || this.world.isDatedLate()) return [];
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

  async #expectEmpty(when: string, how: Step["run"] = "apply"): Promise<readonly string[]> {
    const plan = await this.world.stack.plan(how);
    const changes = this.world.watch.takeChanges();
    return [
      ...engineErrors(plan.text),
      ...(plan.code === 0 ? [] : [`a plan ${when} is not empty:`, plan.text]),
      ...(changes.deleted.length + changes.statuses.length === 0 ? [] : ["a plan changes users"]),
    ];
  }

  /** Makes a run, and remembers whether it left anything to do. */
  async #run(
    configuration: StackConfiguration,
    keeps: readonly string[],
    settings: RunSettings,
  ): Promise<readonly string[]> {
    const { broken, isAtRest } = await new OneRun(this.world, configuration, keeps, settings).make();
    this.#settled = isAtRest ? JSON.stringify([configuration, keeps]) : undefined;
    return broken;
  }
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
