import { error, warning, type Diagnostic } from "../../plugin";
import { count, describeIds, findOtherTypes, type UserIdType } from "../../users";
import type { ProviderContext, UserPool } from "../context";
import { setWarning } from "./diagnostics";

/** From this number of absent users on, a new set is more likely a mistake than a team without accounts yet. */
const MIN_ABSENT_TO_REFUSE = 5;

/** Warns about users of a new set that are not in the pool. */
export function warnNeverFound(
  ids: readonly string[],
  declared: ReadonlyMap<string, string>,
  type: UserIdType,
): Diagnostic[] {
  if (ids.length === 0) return [];
  return [
    setWarning(
      neverFound(ids.length, declared.size),
      `${meaningOf(type)}\n${describeIds(ids, declared)}`,
      ids,
    ),
  ];
}

/** Warns at a refresh about declared users that no look-up has found yet. Gives their number and not each name every time. */
export function countNeverFound(number: number, declared: number, type: UserIdType): Diagnostic[] {
  if (number === 0) return [];
  const where = "The set's drift.missing lists them with all other missing users.";
  return [warning(neverFound(number, declared), `${meaningOf(type)} ${where}`)];
}

function neverFound(number: number, declared: number): string {
  return `${number} of ${count(declared, "declared user")} ${number === 1 ? "was" : "were"} never found in GenAuth`;
}

function meaningOf(type: UserIdType): string {
  return `GenAuth has no user with these ids (user_id_type is ${type}), so removing one of them deletes nobody. If they should be there, check the ids and user_id_type.`;
}

/**
 * Refuses a new set of five or more users if none is found: it has the wrong id type or uses the wrong pool. If it were
 * created, removed users would keep their accounts without a message.
 *
 * @returns an error that names the id type, the pool, and the types by which the ids are found
 */
export async function refuseUnknownSet(
  absent: readonly string[],
  declared: ReadonlyMap<string, string>,
  type: UserIdType,
  pool: UserPool,
  context: ProviderContext,
): Promise<Diagnostic[]> {
  if (absent.length < MIN_ABSENT_TO_REFUSE) return [];
  const summary = `None of the ${count(declared.size, "user")} of this new set is in GenAuth`;
  const advice =
    "If these users do not exist in GenAuth yet, set allow_missing_users = true in the set. Otherwise correct the ids, user_id_type, or the host and access key id.";
  const detail =
    `The pool at ${pool.name} has no user with any of these ids of the type ${type}. ` +
    `${await describeOtherTypes(absent, type, pool, context)} ${advice}\n${describeIds(absent, declared)}`;
  return [error(summary, detail)];
}

async function describeOtherTypes(
  ids: readonly string[],
  type: UserIdType,
  { lookUps }: UserPool,
  { stop, progress }: ProviderContext,
): Promise<string> {
  const onProgress = progress.begin("looking up a sample by other id types");
  const { types, sampled } = await findOtherTypes(ids, type, lookUps, { stop, onProgress });
  if (types.length === 0) return `They are not found as ids of another type either (${sampled} were tried).`;
  return types
    .map(
      ({ type: other, found }) =>
        `As ${other}, ${found} of the ${sampled} tried ids are found: set user_id_type = "${other}".`,
    )
    .join(" ");
}
