import { groupBy } from "../../lists";
import { printable } from "../../text";
import type { WaitingUser } from "../waiting-user";
import { count, listUsers, MAX_LISTED, paragraphs, poolName, type Told, warningAbout } from "../wording";
import { type Leaver, reasonOf } from "../fate";
import { byMatch, reasonWords } from "./reason-words";

/**
 * Tells what a change does to users who wait for their deletion, except to those that it deletes; `undefined`
 * if it does nothing to them and nothing has happened to them.
 *
 * @param isRefused whether a plan refuses the change
 */
export function describeWaiting(waiting: readonly Leaver[], isRefused = false): Told | undefined {
  const told = waiting
    .map((leaver) => ({ leaver, ...wordsAbout(leaver) }))
    .filter(({ sentence }) => sentence !== "");
  if (told.length === 0) return undefined;
  const groups = [...groupBy(told, ({ sentence }) => sentence)];
  const summary = Object.values(HEADLINES)
    .flatMap((headline) => {
      const users = told.filter(({ leaver }) => headlineOf(leaver) === headline).length;
      return users > 0 ? [`${count(users, headline.who)} ${headline[isRefused ? "would" : "will"]}`] : [];
    })
    .join(", ");
  const lists = groups.map(([sentence, group]) => {
    const lines = group.map(({ leaver: { id, label }, note }) => ({ id, label, note }));
    return `${sentence}\n${listUsers(lines, MAX_LISTED)}`;
  });
  const ids = groups.flatMap(([, group]) => group.map(({ leaver }) => leaver.id));
  return warningAbout(ids, summary, paragraphs(isRefused ? IF_ALLOWED : "", ...lists));
}

const IF_ALLOWED = "The change is refused, so none of this happens. If it were allowed:";

interface Headline {
  readonly who: string;
  /** What becomes of them. */
  readonly will: string;
  /** What would become of them, if the change were not refused. */
  readonly would: string;
}

/** How the summary counts those who wait, in its order. */
const HEADLINES = {
  declared: { who: "user", will: "will be reactivated", would: "would be reactivated" },
  protected: {
    who: "user",
    will: "will be reactivated, because of protected_users",
    would: "would be reactivated, because of protected_users",
  },
  mayReturn: { who: "suspended user", will: "may be reactivated", would: "might be reactivated" },
  // Some of them are not suspended any more.
  released: {
    who: "user",
    will: "will no longer be deleted later",
    would: "would no longer be deleted later",
  },
  gone: { who: "suspended user", will: "gone", would: "gone" },
  waits: { who: "suspended user", will: "cannot be deleted yet", would: "cannot be deleted yet" },
} satisfies Readonly<Record<string, Headline>>;

function headlineOf(leaver: Leaver): Headline {
  const { fate, returns } = leaver;
  if (fate.kind === "reactivate") return fate.protectedBy ? HEADLINES.protected : HEADLINES.declared;
  const reason = reasonOf(leaver);
  if (reason?.kind === "released") return reason.isGone ? HEADLINES.gone : HEADLINES.released;
  return returns ? HEADLINES.mayReturn : HEADLINES.waits;
}

/**
 * The sentence about somebody who waits, and the note beside the user. The sentence is empty if there is
 * nothing to say, or if another message says it: of those who are due, the message about the deletion.
 */
function wordsAbout({ fate }: Leaver): ReturnType<typeof reasonWords> {
  switch (fate.kind) {
    case "reactivate": {
      const { user, protectedBy } = fate;
      const why = protectedBy ? "protected_users of the provider names them" : "they are declared again";
      const by = protectedBy ? `, protected ${byMatch(protectedBy)}` : "";
      return {
        sentence: `Apply reactivates these: ${why}, and their status becomes Activated.`,
        note: `in GenAuth: ${poolName(user)}${by}`,
      };
    }
    case "no_call":
      return reasonWords(fate.reason);
    default:
      return { sentence: "", note: "" };
  }
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
    `${count(users.length, "user")} left, to be deleted later, and not certainly suspended by this set`,
    `It is not certain that this set suspended them: they were not active before, somebody else suspended them meanwhile, or GenAuth does not show when their status changed. They are deleted when their day has come, and never reactivated by this set:\n${listUsers(lines, MAX_LISTED)}`,
  );
}
