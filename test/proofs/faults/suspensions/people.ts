import type { KeptSet } from "../../../support/engine-model/user-set";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../../support/at-end";
import { type Emulator, type PoolUser, seedUsers, startEmulator } from "../../../support/emulator";
import { UserIdType } from "../../../../src/users";
import type { DeclaredSet, Environment } from "../support/managed-set";
import { ProviderSet } from "../support/provider-set";

/** How many people there are of each kind, in the order of the pool. */
const SIZES = {
  /** They stay declared. */
  staying: 20,
  /** They leave in the disturbed run, and are to be suspended. */
  leaving: 60,
  /** They leave as well, and `retained_ids` or the operator's file keeps them. */
  leavingRetained: 3,
  leavingProtected: 3,
  /** They wait, and their day has come. The last two were suspended by an administrator before they left. */
  due: 52,
  /** Their day has come, but they are kept, or an administrator has activated them meanwhile. */
  dueRetained: 3,
  dueProtected: 3,
  dueActivated: 2,
  /** They wait, and their day comes later. */
  later: 6,
  /** They wait, and are declared again in the disturbed run. */
  returning: 12,
  /** The same, but an administrator had suspended them before they left. */
  returningNotOurs: 2,
  /** They were never in the set. */
  strangers: 5,
} as const;

type Kind = keyof typeof SIZES;

const everybody = seedUsers(Object.values(SIZES).reduce((sum: number, size) => sum + size, 0));

/** The people of each kind. */
export const PEOPLE = (() => {
  const left = everybody.values();
  const take = (size: number): PoolUser[] =>
    Array.from({ length: size }, () => left.next().value as PoolUser);
  const kinds = Object.keys(SIZES) as Kind[];
  return Object.fromEntries(kinds.map((kind) => [kind, take(SIZES[kind])])) as Record<Kind, PoolUser[]>;
})();

/** Their e-mail addresses, by which the set declares them. */
export function emailsOf(...kinds: readonly Kind[]): string[] {
  return kinds.flatMap((kind) => PEOPLE[kind].map(({ email = "" }) => email));
}

/** Writes the operator's file of protected users into a temporary folder. @returns its variable */
export function protectUsers(): Environment {
  const file = join(newFolder(), "protected.json");
  writeFileSync(file, JSON.stringify({ email: emailsOf("leavingProtected", "dueProtected") }));
  return { GENAUTH_PROTECTED_USERS_FILE: file };
}

/** The settings of every run. */
export const ENVIRONMENT: Environment = {
  GENAUTH_REQUESTS_PER_SECOND: "1000",
  GENAUTH_TIMEOUT_SECONDS: "60",
  GENAUTH_MAX_ATTEMPTS: "3",
  GENAUTH_CONFIRM_SECONDS: "1",
};

const common = {
  user_id_type: UserIdType.EMAIL,
  max_deletions: 1_000,
  max_deletions_percent: 100,
  suspend_days: 14,
};

/** What the disturbed run declares. */
export const AFTER: DeclaredSet = {
  ...common,
  users: emailsOf("staying", "returning", "returningNotOurs"),
  retained_ids: emailsOf("leavingRetained", "dueRetained"),
};

/** Days after the start: the first leave, others leave, the first are due. */
const SECOND_LEAVE = 5;
const DUE = 16;

/** A set of whom some wait, and its pool, right before the disturbed run. */
export interface PreparedSet {
  readonly kept: KeptSet;
  readonly pool: readonly PoolUser[];
}

let prepared: Promise<PreparedSet> | undefined;

/** Prepares the set once. */
export function prepareSet(): Promise<PreparedSet> {
  return (prepared ??= prepare());
}

async function prepare(): Promise<PreparedSet> {
  const emulator = await startEmulator({ users: everybody, rateLimit: false });
  // Nobody is protected or retained yet.
  const set = new ProviderSet({ ...emulator.environment(), ...ENVIRONMENT });
  const declare = async (users: readonly string[]): Promise<void> => {
    const { errors } = await set.run({ ...common, users });
    if (errors.length > 0) throw new Error(errors.join("\n"));
  };
  const change = (users: readonly PoolUser[], status: NonNullable<PoolUser["status"]>): void => {
    for (const { userId } of users) emulator.pool.update(userId, { status });
  };
  const first = emailsOf("staying", "leaving", "leavingRetained", "leavingProtected");
  const others = emailsOf("later", "returning", "returningNotOurs");
  await declare([...first, ...emailsOf("due", "dueRetained", "dueProtected", "dueActivated"), ...others]);
  change(PEOPLE.returningNotOurs, "Suspended");
  change(PEOPLE.due.slice(-2), "Suspended");
  await declare([...first, ...others]);
  emulator.letDaysPass(SECOND_LEAVE);
  change(PEOPLE.dueActivated, "Activated");
  await declare(first);
  return { kept: set.kept, pool: emulator.pool.list() };
}

/** Starts a server on the day of the disturbed run. */
export async function startOnTheDay(pool: readonly PoolUser[]): Promise<Emulator> {
  const emulator = await startEmulator({ users: pool, rateLimit: false });
  emulator.letDaysPass(DUE);
  return emulator;
}
