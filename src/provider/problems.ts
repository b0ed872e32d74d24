import { error, type UNKNOWN, type AttributePath, type Diagnostic } from "../plugin";
import { nearestName, printable } from "../text";
import { checkUserId, count, findDuplicates, findMeantType, USER_ID_TYPES, UserIdType } from "../users";

/** Further problems of an attribute are only counted: the first ones show what is wrong. */
const LISTED_PROBLEMS = 20;

/** An error about the value of an attribute. */
export function invalid(attribute: string, detail: string): Diagnostic {
  return error(`Invalid ${attribute}`, detail, [{ attribute }]);
}

/** Says that a name is not that of an id type, and which one is the closest. */
export function describeUnknownIdType(type: string): string {
  const nearest = nearestName(type, USER_ID_TYPES);
  const closest = nearest === undefined ? "" : ` The closest is ${nearest}.`;
  return `"${printable(type)}" is not one of ${USER_ID_TYPES.join(", ")}.${closest}`;
}

/** Problems as lines of one text, the first ones in full. */
export function listProblems(problems: readonly string[]): string {
  const more = problems.length - LISTED_PROBLEMS;
  const others = more > 0 ? [`… and ${more} more like these.`] : [];
  return [...problems.slice(0, LISTED_PROBLEMS), ...others].join("\n");
}

/**
 * One error for all problems of an attribute, since a file may bring thousands of the same kind; none if
 * there are none.
 */
export function refuseProblems(
  summary: string,
  problems: readonly string[],
  path: AttributePath,
): Diagnostic[] {
  return problems.length === 0 ? [] : [error(summary, listProblems(problems), path)];
}

/** Where ids stand, and how their type is said there. */
export interface IdPlace {
  /** Such as `user id`, for the summary of the error. */
  readonly noun: string;
  readonly attribute: string;
  /** The type of the ids: `null` if none is set, `undefined` if it is not known yet. */
  readonly type: UserIdType | null | undefined;
}

/**
 * One error that names the ids which are not valid, and the type that would fit; none if all are valid or not
 * known yet.
 */
export function refuseIds(
  ids: readonly (string | null | typeof UNKNOWN)[],
  { noun, attribute, type }: IdPlace,
): Diagnostic[] {
  const texts = ids.filter((id) => typeof id === "string");
  const ofNull = ids.includes(null) ? ["The id is null. Give an id, or remove the entry."] : [];
  const checked = type === null ? UserIdType.USER_ID : type;
  const ofTexts = checked === undefined ? [] : texts.flatMap((id) => checkUserId(id, checked) ?? []);
  const problems = [...ofNull, ...ofTexts];
  if (problems.length === 0) return [];
  const meant = checked === undefined ? undefined : findMeantType(texts, checked);
  const unset = type === null ? "No user_id_type is set, so ids are read as user_id. " : "";
  const hint = meant === undefined ? "" : `\n\n${unset}Did you mean user_id_type = "${meant}"?`;
  const summary = problems.length === 1 ? `Invalid ${noun}` : count(problems.length, `invalid ${noun}`);
  return [error(summary, `${listProblems(problems)}${hint}`, [{ attribute }])];
}

/** An error about ids that name the same user as an earlier one; none if there are none. */
export function refuseTwins(ids: readonly string[], type: UserIdType, attribute: string): Diagnostic[] {
  const twins = findDuplicates(ids, type).map(
    ([first, second]) =>
      `GenAuth treats "${printable(second)}" and "${printable(first)}" as the same user. Keep one of them.`,
  );
  return refuseProblems("The same user twice", twins, [{ attribute }]);
}
