import { expect } from "@jest/globals";
import { type DirectoryUser, PlannedSets, ProtectedUsers, UserIdType } from "../../../../src/users";
import type { PlannedSet, Protection } from "../../../../src/users/change/planned-set";
import { type Fate, type Leaver, noCall } from "../../../../src/users/fate";
import { found, type Resolution } from "../../../../src/users/look-up/resolution";
import type { Told } from "../../../../src/users/wording";
import { OUTAGE } from "../../../support/users/failures";
import { emailOf, idOf, person } from "../../../support/users/people";

const { EMAIL } = UserIdType;

export const ada = person(1);
export const bob = person(2);
export const eve = person(3);
export const ADA = emailOf(ada);
export const EVE = emailOf(eve);

/** The fate of a user for whom the look-up failed: the apply may delete the user. */
export const NOT_LOOKED_UP = noCall({ kind: "not_looked_up", failure: OUTAGE });
/** The fates of a set in which no user could be looked up. */
export const lookUpFails = (): Fate => NOT_LOOKED_UP;
/** The fate of a user who is deleted. */
export const deletionOf = ({ userId }: DirectoryUser): Fate => ({ kind: "delete", userId });

/** No user is protected, and nobody will be by the apply. */
export const NOBODY_PROTECTED = protecting(EMAIL);
/** The users with these ids are protected. */
export function protecting(type: UserIdType, ...ids: readonly string[]): Protection {
  return { protectedUsers: ProtectedUsers.of(new Map([[type, ids]])), protectedUsersKnown: true };
}
/** Some protected users are not known before the apply, which plans every set again, with all of them. */
export const NOT_ALL_KNOWN: Protection = { ...NOBODY_PROTECTED, protectedUsersKnown: false };

/**
 * A set that these users leave. Its look-ups show them.
 *
 * @param fateOf what becomes of each; default a deletion
 */
export function leftBy(
  users: readonly DirectoryUser[],
  fateOf: (user: DirectoryUser) => Fate = deletionOf,
  type = EMAIL,
): PlannedSet {
  const leavers = users.map((user): Leaver => ({ id: idOf(user, type), label: "L", fate: fateOf(user) }));
  const resolutions = new Map(users.map((user) => [idOf(user, type), found(user)]));
  return { type, leavers, prior: leavers.map(({ id }) => id), resolutions };
}

/** A set that these users leave, while the look-ups of their ids fail. */
export function leftUnseenBy(users: readonly DirectoryUser[], type = EMAIL): PlannedSet {
  return { ...leftBy(users, lookUpFails, type), ...lookUpsFailOf(...users.map((user) => idOf(user, type))) };
}

/** A set that these users leave, and that retains them. */
export function keeping(...users: readonly DirectoryUser[]): PlannedSet {
  return leftBy(users, () => noCall({ kind: "retained" }));
}

/** A set that declared these users before. No look-up was made of them. */
export function declaring(users: readonly DirectoryUser[], type = EMAIL): PlannedSet {
  return { type, declared: new Map(users.map((user) => [idOf(user, type), "D"])) };
}

/** A set that declares these users, all of them from this change on. */
export function declaringAndAdding(users: readonly DirectoryUser[], type = EMAIL): PlannedSet {
  return { ...declaring(users, type), added: users.map((user) => idOf(user, type)) };
}

/** The set remembers whom its ids named when they were first seen. */
export function remembering(user: DirectoryUser, type = EMAIL): Pick<PlannedSet, "prior" | "readBindings"> {
  const id = idOf(user, type);
  return {
    prior: [id],
    readBindings: (prior) => new Map(prior.filter((its) => its === id).map((its) => [its, user.userId])),
  };
}

/** Look-ups say that nobody has these ids. */
export function nobodyHas(...ids: readonly string[]): Pick<PlannedSet, "resolutions"> {
  return { resolutions: new Map(ids.map((id): [string, Resolution] => [id, { kind: "absent" }])) };
}

/** The look-ups of these ids fail. */
export function lookUpsFailOf(...ids: readonly string[]): Pick<PlannedSet, "resolutions"> {
  const failed: Resolution = { kind: "undecided", failure: OUTAGE };
  return { resolutions: new Map(ids.map((id) => [id, failed])) };
}

/** What the second of two sets is told. */
export function tellSecond(first: PlannedSet, second: PlannedSet, protection: Protection): Told[] {
  const sets = new PlannedSets();
  expect(sets.add(first, protection)).toEqual([]);
  return sets.add(second, protection);
}

/** What is told of a set that deletes users beside another one, by which of them is planned second. */
export function tellInBothOrders(deleting: PlannedSet, other: PlannedSet, protection = NOBODY_PROTECTED) {
  return {
    deletingSecond: tellSecond(other, deleting, protection),
    otherSecond: tellSecond(deleting, other, protection),
  };
}

/** Neither order of the two sets tells anything. */
export const NOTHING = { deletingSecond: [], otherSecond: [] };

/**
 * A refusal of the set that is planned second.
 *
 * @param summary from the words for the set that deletes the users, and for the other one
 */
export function refusal(summary: (deleting: string, other: string) => string, ...details: readonly string[]) {
  const detail = details.length > 0 ? { detail: containing(details) } : {};
  return {
    deletingSecond: [{ isError: true, summary: summary("This change", "another set"), ...detail }],
    otherSecond: [{ isError: true, summary: summary("Another set", "this set"), ...detail }],
  };
}

/** A text with all these parts, in this order. */
export function containing(parts: readonly string[]): unknown {
  const escaped = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&"));
  return expect.stringMatching(new RegExp(escaped.join(".*"), "s"));
}
