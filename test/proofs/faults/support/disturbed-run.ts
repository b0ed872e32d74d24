import { setTimeout as delay } from "node:timers/promises";
import { seedUsers, startEmulator, type Emulator, type EmulatorOptions } from "../../../support/emulator";
import { UserIdType } from "../../../../src/users";
import type { ResourceType } from "../../../support/scenario";
import type {
  DeclaredSet,
  Environment,
  ManagedSet,
  RunEnd,
  OperationHooks,
  OperationVariables,
} from "./managed-set";
import { NullSet } from "./null-set";
import { ProviderSet } from "./provider-set";

/** The outcome of a run. */
export type Outcome =
  /** It succeeds by itself: every removed user is gone, and there is no error. */
  | "recovered"
  /** It fails and names the users who are not confirmed gone. They stay in the state, although some may be gone. */
  | "reported"
  /** It fails before it does anything: nobody is deleted, and the state is unchanged. */
  | "refused";

/** The result of a run with a disturbance. */
export interface DisturbedResult {
  readonly outcome: Outcome | "something else";
  /** Descriptions of broken promises. */
  readonly broken: readonly string[];
}

/** The parts of a disturbance that take effect during the run. */
export interface Injection {
  readonly hooks?: OperationHooks;
  readonly variables?: OperationVariables;
}

/** How a run is disturbed. */
export interface Disturbance {
  readonly resourceType: ResourceType;
  readonly emulator?: EmulatorOptions;
  /** Further variables of every process. */
  readonly environment?: Environment;
  /** Starts the disturbance. Returns hooks and variables for the operations of the run. */
  inject(emulator: Emulator): Injection | Promise<Injection>;
  /** Ends the disturbance before the undisturbed run. Not needed for faults of the emulator. */
  readonly recover?: () => void | Promise<void>;
}

/**
 * 145 users are removed, 5 are retained, 20 stay, and 5 were never in the set. More than a tenth stays, so that a run that is
 * killed after the deletions does not look like a wrong pool.
 */
const people = seedUsers(175);
const emails = people.map(({ email }) => email ?? "");
const removed = emails.slice(0, 145);
const retained = emails.slice(145, 150);
const staying = emails.slice(150, 170);
const common = { user_id_type: UserIdType.EMAIL, max_deletions: 200, max_deletions_percent: 100 };
const before: DeclaredSet = { ...common, users: [...removed, ...retained, ...staying] };
const after: DeclaredSet = { ...common, users: staying, retained_ids: retained };

/** Creates a set, removes 145 users in a disturbed run, and applies again undisturbed. */
export async function runDisturbed(disturbance: Disturbance): Promise<DisturbedResult> {
  const emulator = await startEmulator({ users: people, rateLimit: false, ...disturbance.emulator });
  const set = setOf(disturbance.resourceType, {
    ...emulator.environment(),
    GENAUTH_REQUESTS_PER_SECOND: "1000",
    GENAUTH_TIMEOUT_SECONDS: "60",
    GENAUTH_MAX_ATTEMPTS: "3",
    GENAUTH_CONFIRM_SECONDS: "1",
    ...disturbance.environment,
  });
  const created = await set.run(before);
  const { hooks, variables } = await disturbance.inject(emulator);
  const end = await set.run(after, hooks, variables);
  const outcome = outcomeOf(end, emulator, set);
  const broken = [...problemsOf(created), ...brokenAfter(end, emulator, set)];
  emulator.faults.clear();
  await disturbance.recover?.();
  await waitForServer(emulator);
  const next = await set.run(after);
  const differences = [...problemsOf(next), ...unlikeUndisturbed(next, emulator, set)];
  await emulator.close();
  return { outcome, broken: [...broken, ...differences] };
}

/** After an outage, the server may still be unavailable when the run is over. */
export async function waitForServer({ url }: Emulator): Promise<void> {
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
  if (errors.length === 0) return left.length + inState.length === 0 ? "recovered" : "something else";
  if (drift) return drift.survivors.length > 0 ? "reported" : "something else";
  return left.length === removed.length && holds(set, before.users) ? "refused" : "something else";
}

/** Checks the promises that hold for every outcome. */
function brokenAfter({ errors, drift }: RunEnd, { pool }: Emulator, set: ManagedSet): string[] {
  const isThere = (id: string): boolean => pool.find(id, "email") !== undefined;
  const lost = emails.filter((id) => !removed.includes(id) && !isThere(id));
  const forgotten = removed.filter((id) => isThere(id) && !set.users.has(id));
  const survivors = drift?.survivors ?? [];
  const unreported = drift ? removed.filter((id) => isThere(id) && !survivors.includes(id)) : [];
  // The null resource keeps the whole state, the provider only the survivors.
  const isExact = holds(set, [...staying, ...survivors]) || (errors.length > 0 && holds(set, before.users));
  return [
    ...lost.map((id) => `${id} was never removed and is gone`),
    ...forgotten.map((id) => `${id} is still in the pool and not in the state`),
    ...unreported.map((id) => `${id} is still in the pool and not reported`),
    ...(isExact ? [] : ["the state is neither the declared users and survivors, nor unchanged"]),
    ...(survivors.length > 0 && errors.length === 0 ? ["survivors without an error"] : []),
  ];
}

/** How pool and state differ from those after an undisturbed run. */
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

function problemsOf({ operation, errors }: RunEnd): string[] {
  return errors.map((error) => `an undisturbed ${operation} fails: ${error}`);
}
