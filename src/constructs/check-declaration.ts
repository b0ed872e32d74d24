import { TerraformResource, TerraformStack, Token } from "cdktf";
import { caller } from "../caller";
import { compact } from "../lists";
import { nearestName, printable } from "../text";
import {
  canonicalId,
  checkLabel,
  checkSuspendDays,
  checkUserId,
  count,
  DeleteBy,
  findMeantType,
  isUserIdType,
  USER_ID_TYPES,
  type UserIdType,
} from "../users";
import { cdkOf } from "./framework";
import { hclOutputProblem } from "./template-text";

/** One declared user, before escaping. */
export interface DeclaredUser {
  /** May contain CDKTF tokens if it comes from code; plain text if it comes from a file. */
  readonly id: string;
  /** The text that reviewers see beside the id; may be empty. */
  readonly label: string;
  /** Where the user is declared, for messages: `staff.csv, line 4`. Absent for ids from code. */
  readonly origin?: string;
}

/**
 * The parts of a set's declaration that can be checked at synth; absent or a token if only Terraform will
 * know it.
 */
export interface CheckedSet {
  readonly users: readonly DeclaredUser[];
  readonly userIdType?: string;
  readonly maxDeletions?: number;
  readonly maxDeletionsPercent?: number;
  readonly suspendDays?: number;
  readonly retainedIds?: readonly string[];
  readonly deleteBy?: string;
}

/**
 * Refuses null and undefined, which must never be taken for an empty set. Plain JavaScript and parsed files
 * are not type-safe.
 *
 * @param subject the beginning of the sentence: `users is`
 * @throws Error if the value is null or undefined
 */
export function refuseNull(subject: string, value: unknown, advice = " Correct it, or remove it."): void {
  if (value === null) throw new Error(`${subject} ${caller.nothing}.${advice}`);
  if (value === undefined) throw new Error(`${subject} undefined.${advice}`);
}

/**
 * Refuses what is no text: `[1001]` is a list of numbers, which files and plain JavaScript easily hold.
 *
 * @param subject the beginning of the sentence: `The id of user 1 is`
 * @param advice what to do about null
 * @throws Error that says how to write the value as a text
 */
export function refuseOtherThanText(subject: string, value: unknown, advice?: string): void {
  refuseNull(subject, value, advice);
  if (typeof value === "string") return;
  const isSimple = typeof value === "number" || typeof value === "boolean";
  const given = isSimple ? `the ${typeof value} ${value}` : "no text";
  const remedy = isSimple ? `Write it as a text: "${value}".` : "Write it as a text.";
  throw new Error(`${subject} ${given}. ${remedy}`);
}

/**
 * Refuses a list of ids that is null, is no list, or contains anything but texts.
 *
 * @param path of the construct, for the message
 * @param name of the list
 * @throws Error that says what to write, or which id is no text
 */
export function refuseOtherThanIds(path: string, name: string, ids: readonly string[]): void {
  refuseNull(`${path}: ${name} is`, ids);
  if (Token.isUnresolved(ids)) return;
  if (!Array.isArray(ids))
    throw new Error(`${path}: ${name} is no list. Write the ids as one: ${caller.list("…")}.`);
  for (const [index, id] of ids.entries()) refuseOtherThanText(`${path}: id ${index + 1} of ${name} is`, id);
}

/**
 * Refuses a property that does not exist, because a limit or a protection under a misspelt name would have no
 * effect. Plain JavaScript, and tools that only strip the types, do not check names.
 *
 * @param path of the construct, for the message
 * @param known the names of all properties
 * @throws Error that names the property and the closest existing one
 */
export function refuseUnknownProperties(
  path: string,
  props: object,
  known: Readonly<Record<string, true>>,
): void {
  const names = Object.keys(known);
  const unknown = Object.keys(props).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  const nearest = nearestName(unknown, names);
  const advice =
    nearest === undefined ? `The properties are ${names.join(", ")}.` : `The closest is ${nearest}.`;
  throw new Error(
    `${path}: there is no property "${printable(unknown)}". ${advice} Rename the property, or remove it.`,
  );
}

/**
 * Refuses a value that its enumeration does not have.
 *
 * @param path of the construct, for the message
 * @throws Error that names the values
 */
export function refuseUnknownValue(
  path: string,
  name: string,
  value: unknown,
  values: readonly string[],
): void {
  const [problem] = enumerationProblems(name, value, values);
  if (problem !== undefined) throw new Error(`${path}: ${problem}`);
}

function enumerationProblems(name: string, value: unknown, values: readonly string[]): string[] {
  if (value === undefined || value === null || Token.isUnresolved(value)) return [];
  const given = typeof value === "string" ? value : JSON.stringify(value);
  if (values.includes(given)) return [];
  const nearest = nearestName(given, values);
  const closest = nearest === undefined ? "" : ` The closest is ${nearest}.`;
  return [`${caller.property(name)} is "${printable(given)}". Set one of ${values.join(", ")}.${closest}`];
}

/**
 * Refuses null and undefined as the type of ids. `UserIdType.MAIL` is undefined where no tool checks types.
 *
 * @param path of the construct, for the message
 * @throws Error that names the types
 */
export function refuseMissingType(path: string, userIdType: unknown): void {
  refuseNull(
    `${path}: ${caller.property("userIdType")} is`,
    userIdType,
    ` Set the type of the ids: ${USER_ID_TYPES.map((type) => caller.member(`UserIdType.${type.toUpperCase()}`)).join(", ")}.`,
  );
}

/** Further problems of a set are only counted: the first ones show what is wrong. */
const LISTED_PROBLEMS = 20;

/**
 * Checks a set's declaration without a network. Values that only Terraform will know are left to the
 * provider.
 *
 * @returns a sentence for each problem: what is wrong, where, and what to do
 */
export function findDeclarationProblems(props: CheckedSet): string[] {
  const problems = [...deletionProblems(props), ...userProblems(props)];
  const more = problems.length - LISTED_PROBLEMS;
  return [
    ...problems.slice(0, LISTED_PROBLEMS),
    ...compact(more > 0 && `… and ${count(more, "more problem")} like these.`, describeMeantType(props)),
  ];
}

/** What CDKTF takes of an id into the name of a resource. */
const NAMED_OF = "CDKTF makes a name of the characters A-Z, a-z, 0-9, _ and - of an id";

/**
 * Refuses a set whose resource has no name, or the name of an earlier resource: CDKTF writes one block for
 * both, with the users of both and the limits of the later one.
 *
 * @returns a sentence for the problem: what is wrong, and what to do
 */
export function findNameProblems(resource: TerraformResource): string[] {
  const { friendlyUniqueId: name, terraformResourceType: type, cdktfStack: stack } = resource;
  if (name === "") return [`Its resource has no name: ${NAMED_OF}. Give the set an id with some of them.`];
  const earlier = stack.node
    .findAll()
    .filter((node) => TerraformResource.isTerraformResource(node))
    .find((other) => other.terraformResourceType === type && other.friendlyUniqueId === name);
  if (earlier === undefined || earlier === resource) return [];
  const path = earlier.node.path.replace(/\/Default$/, "");
  return [
    `The resource of ${path} has the same name, ${type}.${name}: ${NAMED_OF}, and would write one set with the users of both. Give the newer set another id.`,
  ];
}

/** The limits of a set, or of all sets. */
type Limits = Pick<CheckedSet, "maxDeletions" | "maxDeletionsPercent">;

/** Problems of limits, in sentences. */
export function limitProblems({ maxDeletions, maxDeletionsPercent }: Limits): string[] {
  return compact(
    isKnown(maxDeletions) &&
      !(Number.isSafeInteger(maxDeletions) && maxDeletions >= 0) &&
      `${caller.property("maxDeletions")} is ${maxDeletions}. Set a whole number of users, 0 or more.`,
    isKnown(maxDeletionsPercent) &&
      !(maxDeletionsPercent >= 0 && maxDeletionsPercent <= 100) &&
      `${caller.property("maxDeletionsPercent")} is ${maxDeletionsPercent}. Set a number from 0 to 100.`,
  );
}

function deletionProblems({ suspendDays, deleteBy, ...limits }: CheckedSet): string[] {
  const wanted = isKnown(suspendDays) ? checkSuspendDays(suspendDays) : undefined;
  return compact(
    ...limitProblems(limits),
    wanted !== undefined && `${caller.property("suspendDays")} is ${suspendDays}. Set ${wanted}.`,
    ...enumerationProblems("deleteBy", deleteBy, Object.values(DeleteBy)),
  );
}

function isKnown(value: number | undefined): value is number {
  return value !== undefined && !Token.isUnresolved(value);
}

function userProblems({ users, userIdType: type, retainedIds: retained = [] }: CheckedSet): string[] {
  if (type === undefined || Token.isUnresolved(type)) return [];
  if (!isUserIdType(type)) return enumerationProblems("userIdType", type, USER_ID_TYPES);
  return [
    ...users.flatMap((user) => entryProblems(user, type)),
    ...duplicateProblems(users, type),
    ...(Token.isUnresolved(retained) ? [] : retained).flatMap((id) =>
      entryProblems({ id, label: "", origin: caller.property("retainedIds") }, type),
    ),
  ];
}

/** Asks for the type that all ids look like, if they are not of the declared one. */
function describeMeantType({ users, userIdType: type }: CheckedSet): string | undefined {
  if (type === undefined || !isUserIdType(type)) return undefined;
  const known = users.filter(({ id }) => !Token.isUnresolved(id)).map(({ id }) => id);
  const meant = findMeantType(known, type);
  if (meant === undefined) return undefined;
  const value = caller.member(`UserIdType.${meant.toUpperCase()}`);
  return `Did you mean ${value} as ${caller.property("userIdType")}?`;
}

function entryProblems({ id, label, origin }: DeclaredUser, type: UserIdType): string[] {
  return compact(
    !Token.isUnresolved(id) && checkUserId(id, type),
    !Token.isUnresolved(label) && checkLabel(label),
    hclOutputProblem(id),
    hclOutputProblem(label),
  ).map((problem) => printable(at(origin) + problem));
}

function duplicateProblems(users: readonly DeclaredUser[], type: UserIdType): string[] {
  const first = new Map<string, DeclaredUser>();
  return users.flatMap((user) => {
    const canonical = canonicalId(user.id, type);
    const earlier = first.get(canonical);
    if (!earlier) {
      first.set(canonical, user);
      return [];
    }
    const where = earlier.origin === undefined ? "" : ` (${earlier.origin})`;
    const twin = earlier.id === user.id ? "is declared already" : `names the same user as "${earlier.id}"`;
    return [printable(`${at(user.origin)}"${user.id}" ${twin}${where}. Keep one of the two.`)];
  });
}

function at(origin: string | undefined): string {
  return origin === undefined ? "" : `${origin}: `;
}

/**
 * Refuses a stack of the other CDK: CDK Terrain continues CDKTF, and each takes the other's constructs for
 * its own, until it fails in its own code.
 *
 * @param path of the construct, for the message
 * @throws Error that says what to import
 */
export function refuseOtherCdk(path: string, stack: TerraformStack): void {
  const own = cdkOf(TerraformStack.prototype);
  const its = cdkOf(stack);
  if (its === undefined || its === own) return;
  throw new Error(
    `${path}: this construct is for ${own}, and its stack is of ${its}. Import it from ${caller.packages[its]}.`,
  );
}
