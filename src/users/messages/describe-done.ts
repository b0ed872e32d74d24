import {
  count,
  type Line,
  listUsers,
  MAX_LISTED,
  nameNote,
  poolName,
  type Told,
  warningAbout,
} from "../wording";
import { type EndedLeaver, meaningOf } from "../fate";

/**
 * What an apply did where it went as planned, and to which users. Nothing is said of what it did to nobody.
 */
export function describeDone(leavers: readonly EndedLeaver[]): Told[] {
  return DONE.flatMap(({ noteOf, word, done, detail, where }) => {
    const lines = leavers.flatMap((leaver): Line[] => {
      const note = noteOf(leaver);
      return note === undefined ? [] : [{ id: leaver.id, label: leaver.label, note }];
    });
    if (lines.length === 0) return [];
    const listed = listUsers(lines, MAX_LISTED, `, listed in ${where} of the set`);
    const ids = lines.map(({ id }) => id);
    return [warningAbout(ids, `${count(lines.length, word)} ${done}`, `${detail}\n${listed}`)];
  });
}

interface Done {
  /** What to say of a leaver beside id and label; `undefined` if it ended otherwise. */
  readonly noteOf: (leaver: EndedLeaver) => string | undefined;
  readonly word: string;
  readonly done: string;
  readonly detail: string;
  /** The attribute that lists them all. */
  readonly where: string;
}

const DONE: readonly Done[] = [
  {
    noteOf: ({ label, fate, ending }) => {
      if (ending.kind !== "gone") return undefined;
      return fate.kind === "delete" ? nameNote(label, fate.name) : "";
    },
    word: "user",
    done: "permanently deleted from GenAuth",
    detail: "No look-up finds them any more, so the deletion is confirmed:",
    where: "removals",
  },
  {
    noteOf: (leaver) => (!leaver.waiting && meaningOf(leaver).isAbsent ? "" : undefined),
    word: "removed user",
    done: "not found in GenAuth",
    detail: "GenAuth has no account of them, so nobody was deleted:",
    where: "removals",
  },
  {
    noteOf: ({ ending }) =>
      ending.kind === "suspended" && ending.user.isOurs
        ? `deletion from ${ending.user.deleteFrom.slice(0, "2026-01-01".length)}`
        : undefined,
    word: "user",
    done: "suspended",
    detail:
      "From the day given, a plan shows the deletion. Until then, an apply reactivates users who are declared again or protected:",
    where: "suspended",
  },
  {
    noteOf: ({ fate, ending }) => {
      if (ending.kind !== "reactivated") return undefined;
      return fate.kind === "reactivate" ? `in GenAuth: ${poolName(fate.user)}` : "";
    },
    word: "user",
    done: "reactivated",
    detail: "Activated again, and no longer waiting for the deletion:",
    where: "reactivations",
  },
];
