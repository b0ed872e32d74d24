import { setTimeout as delay } from "node:timers/promises";
import { seedUsers, startEmulator, type Emulator, type EmulatorOptions } from "../../../src/emulator";
import { UserIdType } from "../../../src/users";
import type { ResourceType } from "../../support/scenario";
import type { DeclaredSet, Environment, ManagedSet, RunEnd, Stages, StageVariables } from "./managed-set";
import { NullSet } from "./null-set";
import { ProviderSet } from "./provider-set";

/** What a run comes to. */
export type Outcome =
  /** It ends well by itself: every removed user is gone, and nothing is said. */
  | "mended"
  /** It fails and names who is not confirmed gone; they stay in the state, and some may be gone. */
  | "reported"
  /** It fails before it does anything: nobody is deleted, and the state is as it was. */
  | "refused";

/** What came of a run. */
export interface DisturbedResult {
  readonly outcome: Outcome | "something else";
  /** Promises that were broken, in words; none where all is well. */
  readonly broken: readonly string[];
}

/** What happens in a run. */
export interface Struck {
  readonly stages?: Stages;
  readonly variables?: StageVariables;
}

/** What disturbs a run. */
export interface Disturbance {
  /** What carries the set. */
  readonly resourceType: ResourceType;
  readonly emulator?: EmulatorOptions;
  /** Further variables of every process. */
  readonly environment?: Environment;
  /** Prepares the trouble: what happens at each stage of the run, and with which variables. */
  strike(emulator: Emulator): Struck | Promise<Struck>;
  /** Ends the trouble, before the undisturbed run; faults are taken back without it. */
  readonly calm?: () => void | Promise<void>;
}

/**
 * 145 are removed and 5 leave without being deleted, 20 stay, and 5 were never in the set. More than a tenth stays: a run that
 * is killed when the others are gone must not look like one in a wrong pool.
 */
const people = seedUsers(175);
const emails = people.map(({ email }) => email ?? "");
const removed = emails.slice(0, 145);
const retained = emails.slice(145, 150);
const staying = emails.slice(150, 170);
const common = { user_id_type: UserIdType.EMAIL, max_deletions: 200, max_deletions_percent: 100 };
const before: DeclaredSet = { ...common, users: [...removed, ...retained, ...staying] };
const after: DeclaredSet = { ...common, users: staying, retained_user_ids: retained };

/** A set is declared, 145 leave it in a run that something disturbs, and an undisturbed run follows. */
export async function runDisturbed(disturbance: Disturbance): Promise<DisturbedResult> {
  const emulator = await startEmulator({ users: people, rateLimit: false, ...disturbance.emulator });
  try {
    const set = setOf(disturbance.resourceType, {
      ...emulator.environment(),
      GENAUTH_REQUESTS_PER_SECOND: "1000",
      GENAUTH_TIMEOUT_SECONDS: "60",
      GENAUTH_MAX_ATTEMPTS: "3",
      GENAUTH_CONFIRM_SECONDS: "1",
      ...disturbance.environment,
    });
    const created = await set.run(before);
    const { stages, variables } = await disturbance.strike(emulator);
    const end = await set.run(after, stages, variables);
    const outcome = outcomeOf(end, emulator, set);
    const broken = [...problemsOf(created), ...brokenAfter(end, emulator, set)];
    emulator.faults.clear();
    await disturbance.calm?.();
    await untilThere(emulator);
    const next = await set.run(after);
    return { outcome, broken: [...broken, ...problemsOf(next), ...unlikeUndisturbed(next, emulator, set)] };
  } finally {
    await emulator.close();
  }
}

/** A server that went away may still be gone when the run is over. */
async function untilThere({ url }: Emulator): Promise<void> {
  const answers = (): Promise<boolean> =>
    fetch(url).then(
      () => true,
      () => false,
    );
  while (!(await answers())) await delay(50);
}

function setOf(resourceType: ResourceType, environment: Environment): ManagedSet {
  return resourceType === "genauth_user_set" ? new ProviderSet(environment) : new NullSet(environment);
}

function outcomeOf(
  { errors, drift }: RunEnd,
  emulator: Emulator,
  set: ManagedSet,
): DisturbedResult["outcome"] {
  const left = removed.filter((id) => emulator.pool.find(id, "email"));
  const inState = removed.filter((id) => set.users.has(id));
  if (errors.length === 0) return left.length + inState.length === 0 ? "mended" : "something else";
  if (drift) return drift.survivors.length > 0 ? "reported" : "something else";
  return left.length === removed.length && holds(set, before.users) ? "refused" : "something else";
}

/** What the six promises say of a run, whatever came of it. */
function brokenAfter({ errors, drift }: RunEnd, { pool }: Emulator, set: ManagedSet): string[] {
  const isThere = (id: string): boolean => pool.find(id, "email") !== undefined;
  const lost = emails.filter((id) => !removed.includes(id) && !isThere(id));
  const forgotten = removed.filter((id) => isThere(id) && !set.users.has(id));
  const survivors = drift?.survivors ?? [];
  const unreported = drift ? removed.filter((id) => isThere(id) && !survivors.includes(id)) : [];
  // The null resource keeps the state as it was; the provider puts just the survivors back.
  const isExact = holds(set, [...staying, ...survivors]) || (errors.length > 0 && holds(set, before.users));
  return [
    ...lost.map((id) => `${id} was never removed and is gone`),
    ...forgotten.map((id) => `${id} is still in the pool and not in the state`),
    ...unreported.map((id) => `${id} is still in the pool and not reported`),
    ...(isExact ? [] : ["the state is neither what is declared, with the survivors, nor as it was"]),
    ...(survivors.length > 0 && errors.length === 0 ? ["survivors without an error"] : []),
  ];
}

/** How the end differs from that of a run without a fault. */
function unlikeUndisturbed({ drift }: RunEnd, { pool }: Emulator, set: ManagedSet): string[] {
  const left = pool.list().map(({ email }) => email ?? "");
  const expected = [...retained, ...staying, ...emails.slice(170)];
  return [
    ...(String(left) === String(expected) ? [] : [`in the pool at the end: ${String(left)}`]),
    ...(holds(set, staying) ? [] : ["the state at the end is not what is declared"]),
    ...(drift && drift.missing.length + drift.survivors.length > 0 ? ["drift at the end"] : []),
  ];
}

function holds({ users }: ManagedSet, ids: readonly string[]): boolean {
  return users.size === new Set(ids).size && ids.every((id) => users.has(id));
}

function problemsOf({ stage, errors }: RunEnd): string[] {
  return errors.map((error) => `an undisturbed ${stage} fails: ${error}`);
}
