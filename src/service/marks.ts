import { randomBytes } from "node:crypto";
import type { FullUser, UserToCreate } from "../api";
import type { UserIdType } from "../users";

/**
 * The marks by which test users are known. Each is one alphanumeric word: a service that takes ids word by word, or as a part,
 * finds no one else by it.
 */

const RUN = /^rehearsal[\da-f]{10}$/;
const TOKEN = /^rehearsal[\da-f]{16}$/;

/** Makes the mark that all users of a run have in common. */
export function newRun(): string {
  return `rehearsal${randomBytes(5).toString("hex")}`;
}

/** Makes the mark of one user: that of the run, and six digits more. */
export function newToken(run: string): string {
  return `${run}${randomBytes(3).toString("hex")}`;
}

export function isRun(text: string): boolean {
  return RUN.test(text);
}

/** Whether a text is a mark of a user of the run. */
export function isTokenOf(run: string, text: string): boolean {
  return TOKEN.test(text) && text.startsWith(run);
}

/** Where e-mails of test users end. Nobody can have a mailbox at either (RFC 2606). */
export type EmailDomain = ".invalid" | "@example.com";

/** The user that a mark stands for. With `.invalid`, no other user has the domain. */
export function markedUser(token: string, domain: EmailDomain): UserToCreate {
  const email = domain === ".invalid" ? `${token}@${token}.invalid` : `${token}@example.com`;
  return { username: token, externalId: token, email, name: "Rehearsal", nickname: "delete me" };
}

/** A user that a run created. */
export interface TestUser extends UserToCreate {
  readonly userId: string;
  /** The mark. */
  readonly token: string;
}

/** An id of another type than `user_id`, and who has it. */
export interface HeldId {
  readonly type: UserIdType;
  readonly id: string;
  readonly user: TestUser;
}

/** The fields that hold the mark. */
export function marksOf(user: FullUser): readonly unknown[] {
  return [user["username"], user["externalId"]];
}

/**
 * Whether a user shows its mark: in one of two fields, and nothing else in the other. A service may empty a field that an
 * update leaves out.
 */
export function showsMark(user: FullUser, token: string): boolean {
  const marks = marksOf(user);
  return marks.includes(token) && marks.every((mark) => mark === token || !mark);
}
