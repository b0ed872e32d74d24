import { resolve } from "node:path";
import type { Probed } from "../api";
import { printable } from "../text";
import { count, UserIdType } from "../users";
import { describeFailure } from "./finding";
import { explainUse, findJournals, readJournal } from "./journal";
import { MOST_LISTED, type Readings } from "./readings";

/** What stands against a rehearsal in a pool, before anybody is created. */

/** The variable that consents where nobody can type: it must be the access key id. */
export const CONSENT_VARIABLE = "GENAUTH_REHEARSAL_CONSENT";

/** What is known of a pool before a rehearsal. */
export interface Survey {
  /** The number of its users. */
  readonly total: number;
  /** System user ids of the first of them, whom a look-up shows. */
  readonly bystanders: readonly string[];
  /** What a creation, a change or a deletion would set off or may do, as sentences. */
  readonly sideEffects: readonly string[];
}

/** Looks at a pool, with calls that only read. @throws Error if users cannot be listed or looked up */
export async function surveyPool(readings: Readings): Promise<Survey> {
  const { probe } = readings;
  const listed = await readings.list();
  if (!listed)
    throw new Error(
      "A rehearsal must know who else is in the pool, and they cannot be listed. Grant list-users to the key.",
    );
  const ids = listed.users.map(({ userId }) => userId);
  const shown = new Set((await readings.find(ids, UserIdType.USER_ID)).map(({ userId }) => userId));
  const effects = async <T>(
    name: string,
    call: () => Promise<Probed<readonly T[]>>,
    concerns: (entry: T) => boolean,
    describe: (number: number) => string,
  ): Promise<string[]> => {
    const entries = await readings.answer(call);
    if (!entries.ok) return [`${name} cannot be read. ${describeFailure(entries)}`];
    const number = entries.value.filter(concerns).length;
    return number > 0 ? [describe(number)] : [];
  };
  return {
    total: listed.total,
    bystanders: ids.filter((id) => shown.has(id)),
    sideEffects: [
      ...(await effects(
        "list-webhooks",
        () => probe.listWebhooks(),
        ({ enabled, events }) => enabled && (events ?? []).some((event) => /^(user:|register$)/.test(event)),
        (number) => `${count(number, "webhook")} would report test users to other systems.`,
      )),
      ...(await effects(
        "list-sync-tasks",
        () => probe.listSyncTasks(),
        ({ syncFlow, syncTrigger }) => syncFlow === "downstream" && syncTrigger === "automatic",
        (number) =>
          `${count(number, "automatic synchronisation")} would copy test users to another directory, and they may stay there.`,
      )),
      ...(await effects(
        "list-pipeline-functions",
        () => probe.listPipelineFunctions(),
        ({ enabled, scene }) => enabled && /^(PRE|POST)_REGISTER$/.test(scene),
        (number) => `${count(number, "function")} of the pool may run for each test user.`,
      )),
    ],
  };
}

/** What the person who starts a rehearsal accepts. */
export interface Accepted {
  readonly production: boolean;
  readonly acceptSideEffects: boolean;
}

/**
 * Why a rehearsal may not begin yet, each with what to do.
 *
 * @param folder where the journal would be written
 */
export function findObstacles({ total, sideEffects }: Survey, accepted: Accepted, folder: string): string[] {
  const folders = [...new Set([resolve(folder), process.cwd()])];
  return [
    ...(total > MOST_LISTED && !accepted.production
      ? [
          `The pool holds ${count(total, "user")}, so it is probably one that people use. Rehearse in a second, empty pool. If it must be this one, add --production.`,
        ]
      : []),
    ...(sideEffects.length > 0 && !accepted.acceptSideEffects
      ? [
          `Test users may have effects outside the pool. ${sideEffects.join(" ")} Rehearse in a second, empty pool; or turn these off; or add --accept-side-effects.`,
        ]
      : []),
    ...folders.flatMap(findJournals).flatMap((journal) => explainUnfinished(journal) ?? []),
  ];
}

/** Why a journal does not say that nobody is left, and what to do. */
function explainUnfinished(journal: string): string | undefined {
  try {
    const state = readJournal(journal);
    if (state.isFinished) return undefined;
    return (
      explainUse(state, journal) ??
      `${printable(journal)} is the journal of a rehearsal that did not finish. Run cdktf-genauth rehearse --clean-up ${printable(journal)} first.`
    );
  } catch (error) {
    // It says what is wrong with the journal, and what to do about it.
    return error instanceof Error ? error.message : String(error);
  }
}
