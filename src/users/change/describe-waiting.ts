import { groupBy } from "../../lists";
import { printable } from "../../text";
import type { Survivor } from "../calls/call-run";
import type { WaitingUser } from "../waiting-user";
import { count, listUsers, MAX_LISTED, type Message, paragraphs, poolName } from "../wording";
import { type Leaver, meaningOf } from "./fate";
import { survivorGroups } from "./messages";
import { reasonRow, reasonWords } from "./reasons";

/** A message about users who wait for their deletion. */
export interface WaitingMessage extends Message {
  /** Whom it is about. */
  readonly ids: readonly string[];
}

/**
 * Tells what a change does to users who wait for their deletion, except to those whom it deletes; `undefined` if it does nothing to
 * them and nothing has happened to them.
 */
export function describeWaiting(waiting: readonly Leaver[]): WaitingMessage | undefined {
  const told = waiting.flatMap((leaver) => {
    const said = wordsAbout(leaver);
    return said === undefined || said.sentence === "" ? [] : [{ leaver, ...said }];
  });
  if (told.length === 0) return undefined;
  const groups = [...groupBy(told, ({ sentence }) => sentence)];
  const counted = groupBy(told, ({ leaver }) => countedAs(leaver));
  return {
    summary: HEADLINES.flatMap(([kind, says]) => {
      const users = counted.get(kind)?.length ?? 0;
      return users > 0 ? [says(users)] : [];
    }).join(", "),
    detail: paragraphs(
      ...groups.map(([sentence, group]) => {
        const lines = group.map(({ leaver: { id, label }, note }) => ({ id, label, note }));
        return `${sentence}\n${listUsers(lines, MAX_LISTED)}`;
      }),
    ),
    ids: groups.flatMap(([, group]) => group.map(({ leaver }) => leaver.id)),
  };
}

/** How the headline counts those who wait. */
const HEADLINES: readonly (readonly [kind: string, says: (users: number) => string])[] = [
  ["declared", (users) => `${count(users, "user")} will be reactivated`],
  ["protected", (users) => `${count(users, "user")} will be reactivated whom protected_users names`],
  ["not_reactivated", (users) => `${count(users, "suspended user")} cannot be reactivated yet`],
  [
    "unproven",
    (users) =>
      `${count(users, "declared user")} ${users === 1 ? "is" : "are"} suspended, perhaps by this set`,
  ],
  ["unconfirmed", (users) => `${count(users, "declared user")} may have been suspended by an earlier apply`],
  ["released", (users) => `${count(users, "suspended user")} will no longer be deleted later`],
  ["gone", (users) => `${count(users, "suspended user")} ${users === 1 ? "is" : "are"} gone`],
  ["waits", (users) => `${count(users, "suspended user")} cannot be deleted yet`],
];

function countedAs(leaver: Leaver): string {
  const { fate } = leaver;
  if (fate.kind === "reactivate") return fate.protectedBy ? "protected" : "declared";
  return meaningOf(leaver).counts ?? "waits";
}

/** What is said of somebody who waits; `undefined` if others say it, or nobody has to. */
function wordsAbout({ fate, waiting }: Leaver): ReturnType<typeof reasonWords> | undefined {
  if (fate.kind === "reactivate") {
    const { user, protectedBy } = fate;
    const why = protectedBy ? "protected_users of the provider names them" : "they are declared again";
    const by = protectedBy ? `, protected by ${protectedBy.type} ${printable(protectedBy.id)}` : "";
    return {
      sentence: `Apply reactivates these: ${why}, and their status becomes Activated.`,
      note: `in GenAuth: ${poolName(user)}${by}`,
    };
  }
  if (fate.kind !== "no_call") return undefined;
  const { isToldEarly, forgets } = reasonRow(fate.reason);
  return isToldEarly === true || forgets === true || waiting?.isDue === true
    ? reasonWords(fate.reason)
    : undefined;
}

/** Tells which users an apply could not suspend, and why. */
export function describeNotSuspended(survivors: readonly Survivor[], removed: number): Message {
  const users = count(removed, "removed user");
  const [who, verb, whom] =
    survivors.length === 1 ? ["The user stays", "is", "the user"] : ["They stay", "are", "them"];
  return {
    summary: `${removed === 1 ? users : `${survivors.length} of ${users}`} ${verb} not suspended`,
    detail: paragraphs(
      ...survivorGroups(survivors),
      `Nobody is deleted instead. ${who} in the state and in drift.survivors. The next plan shows ${whom} again, and the next apply tries again.`,
    ),
  };
}

/** Tells which users wait although it is not certain that this set suspended them. */
export function describeNotOurs(users: readonly WaitingUser[]): WaitingMessage | undefined {
  if (users.length === 0) return undefined;
  const lines = users.map(({ id, label, status }) => ({
    id,
    label,
    note: `status ${printable(status ?? "not shown")}`,
  }));
  return {
    summary: `${count(users.length, "user")} who left ${users.length === 1 ? "waits" : "wait"} for the deletion, not suspended by this set`,
    detail: `It is not certain that this set suspended them: they were not active before, or GenAuth does not show when their status changed. They are deleted when their day has come, and never reactivated by this set:\n${listUsers(lines, MAX_LISTED)}`,
    ids: users.map(({ id }) => id),
  };
}

/** Tells which users who were due an apply has not confirmed as gone. */
export function describeDueSurvivors(survivors: readonly Survivor[]): Message {
  const [was, is, stay, whose] =
    survivors.length === 1 ? ["was", "is", "The user stays", "the"] : ["were", "are", "They stay", "their"];
  return {
    summary: `${count(survivors.length, "suspended user")} who ${was} due ${is} not confirmed gone from GenAuth`,
    detail: paragraphs(
      ...survivorGroups(survivors),
      `${stay} in suspended. The next plan shows ${whose} deletion again, and the next apply tries again.`,
    ),
  };
}

/** Tells which users an apply could not reactivate. */
export function describeNotReactivated(failed: readonly Survivor[]): Message {
  return {
    summary: `${count(failed.length, "declared user")} ${failed.length === 1 ? "is" : "are"} still suspended`,
    detail: paragraphs(
      ...survivorGroups(failed),
      `${failed.length === 1 ? "The user is" : "They are"} declared again, but could not be reactivated. The next apply tries again.`,
    ),
  };
}

/** Tells whom a reactivation cost more than the status. */
export function describeHarmed(harmed: readonly Survivor[]): Message {
  return {
    summary: `The reactivation of ${count(harmed.length, "declared user")} also changed other fields`,
    detail: paragraphs(
      ...survivorGroups(harmed),
      `${harmed.length === 1 ? "The user is" : "They are"} active again. Another apply tries the next user: first find out why GenAuth does this, or reactivate the others in its console.`,
    ),
  };
}
