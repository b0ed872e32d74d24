import { groupBy } from "../../lists";
import { printable } from "../../text";
import type { WaitingUser } from "../waiting-user";
import { count, listUsers, MAX_LISTED, paragraphs, poolName, type Told, warningAbout } from "../wording";
import { type Leaver, reasonOf } from "../fate";
import { reasonWords } from "./reason-words";

/**
 * Tells what a change does to users who wait for their deletion, except to those that it deletes; `undefined`
 * if it does nothing to them and nothing has happened to them.
 *
 * @param isRefused whether the change is refused
 */
export function describeWaiting(waiting: readonly Leaver[], isRefused = false): Told | undefined {
  const told = waiting.flatMap((leaver) => {
    const said = wordsAbout(leaver, isRefused);
    return said === undefined || said.sentence === "" ? [] : [{ leaver, ...said }];
  });
  if (told.length === 0) return undefined;
  const groups = [...groupBy(told, ({ sentence }) => sentence)];
  const counted = groupBy(told, ({ leaver }) => countedAs(leaver));
  const summary = HEADLINES.flatMap(([kind, word, says]) => {
    const users = counted.get(kind)?.length ?? 0;
    return users > 0 ? [`${count(users, word)} ${isRefused ? says.replace("will", "would") : says}`] : [];
  }).join(", ");
  const lists = groups.map(([sentence, group]) => {
    const lines = group.map(({ leaver: { id, label }, note }) => ({ id, label, note }));
    return `${sentence}\n${listUsers(lines, MAX_LISTED)}`;
  });
  const ids = groups.flatMap(([, group]) => group.map(({ leaver }) => leaver.id));
  return warningAbout(ids, summary, paragraphs(...lists));
}

/** How the headline counts those who wait. */
const HEADLINES = [
  ["declared", "user", "will be reactivated"],
  ["protected", "user", "will be reactivated, because of protected_users"],
  ["may_return", "suspended user", "may be reactivated"],
  ["released", "suspended user", "will no longer be deleted later"],
  ["gone", "suspended user", "gone"],
  ["waits", "suspended user", "cannot be deleted yet"],
] as const;

function countedAs(leaver: Leaver): string {
  const { fate, returns } = leaver;
  if (fate.kind === "reactivate") return fate.protectedBy ? "protected" : "declared";
  const reason = reasonOf(leaver);
  if (reason?.kind === "released") return reason.isGone ? "gone" : "released";
  return returns ? "may_return" : "waits";
}

/**
 * What is said of somebody who waits; `undefined`, or an empty sentence, if others say it, or nobody has to.
 * Of those who are due, looked up or not, the plan of the deletion says it.
 */
function wordsAbout({ fate }: Leaver, isRefused: boolean) {
  if (fate.kind === "reactivate") {
    const { user, protectedBy } = fate;
    const why = protectedBy ? "protected_users of the provider names them" : "they are declared again";
    const by = protectedBy ? `, protected by ${protectedBy.type} ${printable(protectedBy.id)}` : "";
    return {
      sentence: isRefused
        ? `Nobody is reactivated. If it were allowed, apply would reactivate these: ${why}.`
        : `Apply reactivates these: ${why}, and their status becomes Activated.`,
      note: `in GenAuth: ${poolName(user)}${by}`,
    };
  }
  return fate.kind === "no_call" ? reasonWords(fate.reason) : undefined;
}

/** Tells which users wait although it is not certain that this set suspended them. */
export function describeNotOurs(users: readonly WaitingUser[]): Told | undefined {
  if (users.length === 0) return undefined;
  const lines = users.map(({ id, label, status }) => ({
    id,
    label,
    note: `status ${printable(status ?? "not shown")}`,
  }));
  return warningAbout(
    users.map(({ id }) => id),
    `${count(users.length, "user")} left, to be deleted later, and not suspended by this set`,
    `It is not certain that this set suspended them: they were not active before, or GenAuth does not show when their status changed. They are deleted when their day has come, and never reactivated by this set:\n${listUsers(lines, MAX_LISTED)}`,
  );
}
