import { compact } from "../../lists";
import { NO_MEMORY, type SetMemory } from "../change/memory";
import type { PlannedSet, Protection } from "../change/planned-set";
import type { PlanningContext } from "../change/plan-change";
import { type Drift, driftOf, lockedOutOf } from "../drift";
import { findOtherTypes } from "../look-up/other-types";
import { failuresOf, type Resolution, resolutionOf } from "../look-up/resolution";
import { type LookUpContext, resolveIds } from "../look-up/user-look-ups";
import type { UserIdType } from "../directory";
import { describeOneUser } from "../messages/describe-one-user";
import { count, describeIds, type Message, type Told, toldRefusal, warningAbout } from "../wording";

/** A set that is to be created. */
export interface NewSet {
  readonly type: UserIdType;
  /** Id -> label. */
  readonly declared: ReadonlyMap<string, string>;
  /** Whether none of its users need be in the pool. */
  readonly allowMissingUsers: boolean;
}

/** A new set that is to be planned. */
export interface NewSetToPlan extends Omit<NewSet, "declared">, Pick<PlannedSet, "isOpen" | "retained"> {
  /** Absent while its users are not known. */
  readonly declared: NewSet["declared"] | undefined;
}

/** How the users of a new set are looked up. */
export interface NewSetContext extends LookUpContext {
  /** Which pool it is, for messages. */
  readonly pool: string;
}

/** What a plan finds out about a new set. */
export interface CheckedNewSet {
  readonly resolutions: ReadonlyMap<string, Resolution>;
  /** Not empty if the set has the wrong id type, or uses the wrong pool. */
  readonly refusals: readonly Message[];
  readonly told: readonly Told[];
}

/**
 * Plans a new set: looks up its users, and checks it against the other sets.
 *
 * @param context absent if no pool can be reached yet, or the type of the ids is not known
 * @returns what a reviewer has to know, and why the set is refused
 */
export async function planNewSet(
  set: NewSetToPlan,
  context: NewSetContext | undefined,
  { plannedSets, ...protection }: Protection & Pick<PlanningContext, "plannedSets">,
): Promise<Told[]> {
  const { declared = new Map<string, string>(), type, retained, isOpen } = set;
  const checked = context ? await checkNewSet({ ...set, declared }, context) : undefined;
  const { resolutions = new Map<string, Resolution>(), refusals = [], told = [] } = checked ?? {};
  return [
    ...refusals.map(toldRefusal),
    ...told,
    ...plannedSets.add({ type, declared, retained, isOpen, added: declared.keys(), resolutions }, protection),
  ];
}

/**
 * From this number of absent users on, a new set is more likely a mistake than a team without accounts yet.
 */
const MIN_ABSENT_TO_REFUSE = 5;

/**
 * Looks up the users of a new set. Refuses a set of five or more users if none is found: it has the wrong id
 * type or uses the wrong pool. If it were created, removed users would keep their accounts without a message.
 * A failed look-up is only a warning.
 */
export async function checkNewSet(set: NewSet, context: NewSetContext): Promise<CheckedNewSet> {
  const { resolutions, absent, undecided } = await lookUpNewSet(set, context);
  // If half of the answers are missing, the set may be right. A single refused id must not hide that the
  // others are wrong.
  const noneFound =
    absent.length + undecided.length === set.declared.size && absent.length > undecided.length;
  if (noneFound && !set.allowMissingUsers && absent.length >= MIN_ABSENT_TO_REFUSE)
    return { resolutions, refusals: [await describeUnknownSet(set, absent, context)], told: [] };
  return {
    resolutions,
    refusals: [],
    told: compact(
      tellNeverFound(absent, set),
      describeOneUser(set.declared.keys(), resolutions),
      tellUndecided(
        undecided,
        resolutions,
        `${undecided.length} of ${count(resolutions.size, "declared user")} could not be looked up`,
        "The set can still be created: apply looks them up again, and so does each refresh.",
      ),
    ),
  };
}

/** What a set remembers once it is created. */
export interface CreatedSet {
  readonly memory: SetMemory;
  /** Absent if somebody could not be looked up. */
  readonly drift: Drift | undefined;
  readonly told: readonly Told[];
}

/**
 * Binds the users of a new set. Nobody is deleted, so it does not fail if a look-up fails: the next refresh
 * looks everybody up. Users that were looked up in this process are not looked up again.
 *
 * @param context absent if no pool can be reached yet
 */
export async function createSet(set: NewSet, context: NewSetContext | undefined): Promise<CreatedSet> {
  const { resolutions, absent, undecided } = await lookUpNewSet(set, context);
  const bindings = [...resolutions].flatMap(([id, found]) =>
    found.kind === "found" ? [[id, found.userId] as const] : [],
  );
  return {
    memory: { ...NO_MEMORY, bindings: new Map(bindings) },
    drift:
      undecided.length === 0 ? driftOf(absent, [], lockedOutOf(resolutions.keys(), resolutions)) : undefined,
    told: compact(
      tellUndecided(
        undecided,
        resolutions,
        "The set was created without looking up its users",
        `${undecided.length} of ${count(set.declared.size, "user")} could not be looked up, so drift is not known yet. The next refresh tries again.`,
      ),
    ),
  };
}

/**
 * Tells at a refresh of declared users that no look-up has found yet. Gives their number and not each name
 * every time.
 */
export function countNeverFound(number: number, declared: number, type: UserIdType): Told | undefined {
  if (number === 0) return undefined;
  const where = "The set's drift.missing lists them with all other missing users.";
  return warningAbout([], neverFound(number, declared), `${meaningOf(type)} ${where}`);
}

async function lookUpNewSet({ declared, type }: NewSet, context: NewSetContext | undefined) {
  const ids = [...declared.keys()];
  const resolutions = context
    ? await resolveIds(context, ids, type, "looking up the users of a new set")
    : new Map<string, Resolution>();
  const ofKind = (kind: Resolution["kind"]): string[] =>
    ids.filter((id) => resolutionOf(id, resolutions).kind === kind);
  return { resolutions, absent: ofKind("absent"), undecided: ofKind("undecided") };
}

function tellNeverFound(ids: readonly string[], { declared, type }: NewSet): Told | undefined {
  if (ids.length === 0) return undefined;
  const detail = `${meaningOf(type)}\n${describeIds(ids, declared)}`;
  return warningAbout(ids, neverFound(ids.length, declared.size), detail);
}

function neverFound(number: number, declared: number): string {
  return `${number} of ${count(declared, "declared user")} not found in GenAuth`;
}

function meaningOf(type: UserIdType): string {
  return `GenAuth has no user with these ids (user_id_type is ${type}), so removing one of them deletes nobody. If they should be there, check the ids and user_id_type.`;
}

function tellUndecided(
  ids: readonly string[],
  resolutions: ReadonlyMap<string, Resolution>,
  summary: string,
  consequence: string,
): Told | undefined {
  if (ids.length === 0) return undefined;
  const [failure] = failuresOf(resolutions).values();
  return warningAbout(ids, summary, `${failure ? `${failure.message} ` : ""}${consequence}`);
}

/** Names the id type, the pool, and the types by which the ids are found. */
async function describeUnknownSet(
  { declared, type }: NewSet,
  absent: readonly string[],
  { pool, ...context }: NewSetContext,
): Promise<Message> {
  const { types, sampled } = await findOtherTypes(absent, type, context);
  const others = types.map(
    ({ type: other, found }) =>
      `As ${other}, ${found} of the ${sampled} tried ids are found: set user_id_type = "${other}".`,
  );
  const found =
    others.length === 0
      ? `They are not found as ids of another type either (${sampled} were tried).`
      : others.join(" ");
  const advice =
    "If these users do not exist in GenAuth yet, set allow_missing_users = true in the set. Otherwise correct the ids, user_id_type, or the host and access key id.";
  return {
    summary: `None of the ${count(declared.size, "user")} of this new set is in GenAuth`,
    detail: `The pool at ${pool} has no user with any of these ids of the type ${type}. ${found} ${advice}\n${describeIds(absent, declared)}`,
  };
}
