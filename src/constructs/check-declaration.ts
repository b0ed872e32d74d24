import { Token } from "cdktf";
import { printable } from "../text";
import { canonicalId, checkLabel, checkUserId, count, UserIdType } from "../users";
import { hclOutputProblem } from "./template-text";
import type { DeclaredUser, Users } from "./users";

/** What a set declares, as far as it can be checked at synth. */
interface DeclaredSet {
  readonly users: Users;
  readonly userIdType?: UserIdType;
  readonly maxDeletions?: number;
  readonly maxDeletionsPercent?: number;
  readonly retainedUserIds?: string[];
}

/** More than this many problems of one set are counted, not listed: the first ones show what is wrong. */
const LISTED_PROBLEMS = 20;

/**
 * Checks all of a set's declaration that needs no network; what only Terraform will know is left to the provider.
 *
 * @returns sentences that say what is wrong, where, and what to do; empty where all is well
 */
export function findDeclarationProblems(props: DeclaredSet): string[] {
  const type = props.userIdType ?? UserIdType.USER_ID;
  const users = props.users._entries;
  const retained = Token.isUnresolved(props.retainedUserIds) ? [] : (props.retainedUserIds ?? []);
  const problems = [
    ...guardProblems(props),
    ...users.flatMap((user) => entryProblems(user, type)),
    ...duplicateProblems(users, type),
    ...retained.flatMap((id) => entryProblems({ id, label: "", origin: "retainedUserIds" }, type)),
  ];
  const more = problems.length - LISTED_PROBLEMS;
  return more > 0
    ? [...problems.slice(0, LISTED_PROBLEMS), `… and ${count(more, "more problem")} like these.`]
    : problems;
}

function guardProblems({ maxDeletions, maxDeletionsPercent }: DeclaredSet): string[] {
  const problems: string[] = [];
  if (isKnown(maxDeletions) && !(Number.isSafeInteger(maxDeletions) && maxDeletions >= 0)) {
    problems.push(`maxDeletions is ${maxDeletions}; give a whole number of users, 0 or more.`);
  }
  if (isKnown(maxDeletionsPercent) && !(maxDeletionsPercent >= 0 && maxDeletionsPercent <= 100)) {
    problems.push(`maxDeletionsPercent is ${maxDeletionsPercent}; give a number from 0 to 100.`);
  }
  return problems;
}

function isKnown(value: number | undefined): value is number {
  return value !== undefined && !Token.isUnresolved(value);
}

function entryProblems({ id, label, origin }: DeclaredUser, type: UserIdType): string[] {
  const found = [
    Token.isUnresolved(id) ? undefined : checkUserId(id, type),
    Token.isUnresolved(label) ? undefined : checkLabel(label),
    hclOutputProblem(id),
    hclOutputProblem(label),
  ];
  return found.filter((problem) => problem !== undefined).map((problem) => printable(at(origin) + problem));
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
    const twin = earlier.id === user.id ? "is there already" : `names the same user as "${earlier.id}"`;
    return [printable(`${at(user.origin)}"${user.id}" ${twin}${where}. Keep one of the two.`)];
  });
}

function at(origin: string | undefined): string {
  return origin === undefined ? "" : `${origin}: `;
}
