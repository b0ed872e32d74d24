import { setTimeout as delay } from "node:timers/promises";
import type { Emulator, PoolUser } from "../../../support/emulator";
import type { Environment, RunEnd } from "../support/managed-set";
import { ProviderSet } from "../support/provider-set";
import { waitForServer } from "../support/disturbed-run";
import { AFTER, emailsOf, ENVIRONMENT, PEOPLE, prepareSet, protectUsers, startOnTheDay } from "./people";
import { type Phase, type PhaseFault, PhaseWatch } from "./phases";

/** The outcome of a run that suspends, reactivates and deletes who is due. */
export type Outcome =
  /** It succeeds by itself: those who left are suspended, those who returned may log in, those who were due are gone. */
  | "recovered"
  /** It fails and names whom it did not suspend, reactivate or delete. They stay in the state. */
  | "reported"
  /** It succeeds, and a warning names those who wait on. The next plan shows them again. */
  | "postponed"
  /** It fails before it changes anybody, and the state is unchanged. */
  | "refused";

/** The result of a run with a fault. */
export interface SuspensionResult {
  readonly outcome: Outcome | "something else";
  /** Descriptions of broken promises. */
  readonly broken: readonly string[];
  readonly end: RunEnd;
  /** How many calls each phase had. */
  readonly counts: ReadonlyMap<Phase, number>;
  /** Whether a call met the fault. */
  readonly hasHit: boolean;
}

/** What is disturbed, and how. */
export interface SuspensionDisturbance {
  readonly fault?: PhaseFault;
  /** Further variables of every process. */
  readonly environment?: Environment;
  /** Called with the server and the fault before the run. Returns variables of the run. */
  readonly begin?: (emulator: Emulator, watch: PhaseWatch) => Environment | Promise<Environment>;
  /** How long the effects of the fault last, in milliseconds. */
  readonly recoveryMs?: number;
}

/** Lets a set suspend 110 users, reactivate 60 and delete 62 in a disturbed run, and applies again undisturbed. */
export async function runSuspending({
  fault,
  environment,
  begin,
  recoveryMs = 0,
}: SuspensionDisturbance): Promise<SuspensionResult> {
  const { kept, pool } = await prepareSet();
  const emulator = await startOnTheDay(pool);
  const operator = protectUsers();
  try {
    const set = new ProviderSet(
      { ...emulator.environment(), ...ENVIRONMENT, ...operator, ...environment },
      kept,
      true,
    );
    const before = { users: set.users, suspended: set.suspended };
    const watch = new PhaseWatch(emulator, fault);
    const variables = (await begin?.(emulator, watch)) ?? {};
    const end = await set.run(
      AFTER,
      { apply: () => watch.begin("second plan"), plannedAgain: () => watch.begin("apply") },
      { refresh: variables, apply: variables },
    );
    const { counts, hasHit } = watch;
    const now: Snapshot = { emulator, set, before, pool };
    const outcome = outcomeOf(end, now);
    const broken = brokenAfter(end, now);
    emulator.steps.clear();
    emulator.faults.clear();
    await delay(recoveryMs);
    await waitForServer(emulator);
    const next = await set.run(AFTER);
    return {
      outcome,
      broken: [
        ...broken,
        ...next.errors.map((error) => `the next run fails: ${error}`),
        ...brokenAfter(next, now).map((one) => `after the next run: ${one}`),
        ...unfinished(now).map((one) => `after the next run: ${one}`),
      ],
      counts,
      hasHit,
      end,
    };
  } finally {
    await emulator.close();
  }
}

interface Snapshot {
  readonly emulator: Emulator;
  readonly set: ProviderSet;
  readonly before: {
    readonly users: ReadonlyMap<string, string>;
    readonly suspended: ReadonlyMap<string, string>;
  };
  /** The users before the run. */
  readonly pool: readonly PoolUser[];
}

function statusOf({ emulator }: Snapshot, email: string): string | undefined {
  return emulator.pool.find(email, "email")?.status;
}

/** The users with whom the run is not done, by what it should have done. */
function undoneIn(now: Snapshot): Readonly<Record<"suspend" | "reactivate" | "delete", readonly string[]>> {
  const { set } = now;
  return {
    suspend: emailsOf("leaving").filter(
      (id) => statusOf(now, id) !== "Suspended" || !set.suspended.has(id) || set.users.has(id),
    ),
    reactivate: emailsOf("returning").filter(
      (id) => statusOf(now, id) !== "Activated" || set.suspended.has(id),
    ),
    delete: emailsOf("due").filter((id) => statusOf(now, id) !== undefined || set.suspended.has(id)),
  };
}

/** Whether a warning says that these users wait on. It lists only the first 20. */
function isTold(ids: readonly string[], warnings: readonly string[]): boolean {
  const paragraphs = warnings.flatMap((warning) => warning.split("\n\n"));
  return paragraphs.some(
    (text) =>
      /^.*(Not shown|but not (deleted|reactivated))/m.test(text) &&
      (ids.some((id) => text.includes(id)) || / and \d+ more/.test(text)),
  );
}

function outcomeOf({ errors, warnings = [], drift }: RunEnd, now: Snapshot): SuspensionResult["outcome"] {
  const undone = Object.values(undoneIn(now));
  if (errors.length === 0) {
    if (undone.every((ids) => ids.length === 0)) return "recovered";
    return undone.every((ids) => ids.length === 0 || isTold(ids, warnings)) ? "postponed" : "something else";
  }
  if (drift) return undone.some((ids) => ids.length > 0) ? "reported" : "something else";
  const isUnchanged =
    String([...now.set.users]) === String([...now.before.users]) &&
    String([...now.set.suspended]) === String([...now.before.suspended]) &&
    JSON.stringify(now.emulator.pool.list()) === JSON.stringify(now.pool);
  return isUnchanged ? "refused" : "something else";
}

/** Who must have this status at any time, whatever fails: nobody may suspend, reactivate or delete them. */
const UNTOUCHED = {
  Activated: emailsOf("staying", "leavingRetained", "leavingProtected", "dueActivated", "strangers"),
  Suspended: emailsOf("dueRetained", "dueProtected", "later", "returningNotOurs"),
} as const;

const DAY_MS = 24 * 3600 * 1000;

/** Checks the promises that hold for every outcome. */
function brokenAfter({ errors, warnings = [], drift }: RunEnd, now: Snapshot): string[] {
  const { set, before, emulator } = now;
  const problems: string[] = [];
  const check = (ids: readonly string[], holds: (id: string) => boolean, problem: string): void => {
    const those = ids.filter((id) => !holds(id));
    if (those.length > 0) problems.push(`${those.length} ${problem}: ${String(those.slice(0, 3))}`);
  };
  for (const [status, ids] of Object.entries(UNTOUCHED))
    check(ids, (id) => statusOf(now, id) === status, `should still be ${status}`);
  check(emailsOf("leaving", "returning"), (id) => statusOf(now, id) !== undefined, "were deleted");
  check(emailsOf("due"), (id) => statusOf(now, id) !== "Activated", "who are due were activated");

  const isSettled = drift !== undefined;
  const text = errors.join("\n");
  check(
    emailsOf("leaving"),
    (id) => set.users.has(id) !== set.suspended.has(id),
    "who left are not in exactly one of users and suspended",
  );
  check(
    emailsOf("leaving").filter((id) => set.suspended.has(id)),
    (id) => statusOf(now, id) === "Suspended",
    "are in suspended and are not suspended",
  );
  const earliest = Math.ceil(serverTime(emulator) / DAY_MS + 14 - 1) * DAY_MS;
  check(
    emailsOf("leaving").filter((id) => set.suspended.has(id)),
    (id) => Date.parse(set.suspended.get(id) ?? "") >= earliest,
    "are deleted too early",
  );
  check(
    emailsOf("returning").filter((id) => statusOf(now, id) === "Suspended"),
    (id) => set.suspended.has(id),
    "are suspended and forgotten",
  );
  check(
    emailsOf("due").filter((id) => statusOf(now, id) !== undefined),
    (id) => set.suspended.has(id),
    "are there and forgotten",
  );
  check(
    emailsOf("later"),
    (id) => set.suspended.get(id) === before.suspended.get(id),
    "wait no longer, or for another day",
  );
  check([...set.suspended.keys()], (id) => set.waiting.has(id), "wait without a record");
  if (!isSettled) return problems;
  const survivors = drift.survivors;
  check(
    emailsOf("leaving").filter((id) => set.users.has(id)),
    (id) => survivors.includes(id) && text.includes("not suspended"),
    "stay in users and are not reported",
  );
  if (errors.length > 0) return problems;
  for (const kind of ["returning", "due"] as const) {
    const waiting = emailsOf(kind).filter((id) => set.suspended.has(id));
    if (waiting.length > 0 && !isTold(waiting, warnings))
      problems.push(`${waiting.length} who are ${kind} wait on in silence`);
  }
  return problems;
}

function serverTime({ calls }: Emulator): number {
  return calls.at(-1)?.at ?? 0;
}

/** What is still to be done after an undisturbed run. */
function unfinished(now: Snapshot): string[] {
  const kept = emailsOf("leavingRetained", "leavingProtected", "dueRetained", "dueProtected", "dueActivated");
  const held = [...kept, ...emailsOf("returningNotOurs")].filter((id) => now.set.suspended.has(id));
  return [
    ...Object.entries(undoneIn(now)).flatMap(([what, ids]) =>
      ids.length === 0 ? [] : [`${ids.length} to ${what}: ${String(ids.slice(0, 3))}`],
    ),
    ...(held.length === 0 ? [] : [`still held: ${String(held)}`]),
    ...(PEOPLE.strangers.some(({ userId }) => !now.emulator.pool.find(userId)) ? ["a stranger is gone"] : []),
  ];
}
