import { printable } from "../../text";
import type { Survivor } from "../calls/call-run";
import type { DirectoryFailure } from "../directory";
import { groupBy } from "../../lists";
import { count, listUsers, MAX_LISTED, type Message, paragraphs, poolName } from "../wording";
import { type Fate, type KeepReason, type Leaver, leaversWith, type UnreviewedReason } from "./fate";

/** Why a deletion is unreviewed, and what to do. */
export const UNREVIEWED: Readonly<Record<UnreviewedReason, string>> = {
  never_seen:
    "Not deleted: the id was never seen while it was declared, so its user is not known. The id stays in the set as a survivor, and apply fails. Plan again with a refresh: the new plan names the current user of the id.",
  shared_label:
    "Not deleted: the same change adds an id that is not in GenAuth yet, and several users share the label of that id. Any of these may be renamed to it, so the ids stay in the set as survivors, and apply fails. If the added id is a new person, create the user in GenAuth first, or declare the id with a label of its own. If it is the new id of one of these, declare the old id until the id is changed in GenAuth. Then plan again.",
  not_planned:
    "Nothing was done to these: the plan did not include them, and something has changed since then, so nobody has reviewed whether they may leave. The ids stay in the set as survivors. Plan again and review the new plan.",
};

/** Why a user is kept, in the order in which a report lists the reasons. */
export const KEEP_REASONS: Readonly<Record<KeepReason["kind"], string>> = {
  retained: "Kept because the id is in retained_user_ids. The user stays in GenAuth.",
  protected: "Kept because the user is protected: no set deletes a protected user.",
  declared_as: "Kept because the user is still declared under another id.",
  rebound:
    "Kept because the id is bound to somebody else: it named another user while it was declared. The user it names now was never in the set.",
  several:
    "Kept because the id names several users, and it is not clear which of them is meant. To delete one of them, use the user_id.",
  renamed:
    "Kept because this looks like a rename: the same change adds an id with the same label that is not in GenAuth yet. If they are two people, keep the old id declared for now and remove it in a separate change.",
  moved:
    "Kept because the id was changed in GenAuth: it no longer names a user, but its user still exists under another id. To delete the user, declare that id, apply, and then remove it.",
};

/** Kept users, grouped by reason; each group is one paragraph. */
export function keptGroups(leavers: readonly Leaver[]): string[] {
  const kept = leaversWith(leavers, "keep");
  return Object.entries(KEEP_REASONS).flatMap(([kind, sentence]) => {
    const group = kept.filter(({ fate }) => fate.reason.kind === kind);
    return group.length === 0 ? [] : [`${sentence}\n${listKept(group)}`];
  });
}

function listKept(group: readonly Leaver<Extract<Fate, { kind: "keep" }>>[]): string {
  return listUsers(
    group.map(({ id, label, fate }) => ({ id, label, note: noteOf(fate.reason) })),
    MAX_LISTED,
  );
}

function noteOf(reason: KeepReason): string {
  switch (reason.kind) {
    case "retained":
      return "";
    case "protected":
      return `by ${reason.type} ${printable(reason.id)}${reason.isAddedElsewhere ? ", which another set adds" : ""}`;
    case "declared_as":
      return `as ${printable(reason.id)}`;
    case "rebound":
      return `was user ${printable(reason.boundTo)}, is user ${printable(reason.user.userId)} now: ${poolName(reason.user)}`;
    case "several":
      return reason.users.map(({ userId }) => printable(userId)).join(", ");
    case "renamed":
      return `to ${printable(reason.to)}`;
    case "moved":
      return `user ${printable(reason.user.userId)}: ${poolName(reason.user)}`;
  }
}

/** Tells which users an apply removed from the set but kept in GenAuth, and why. Skips all other removals. */
export function describeKept(leavers: readonly Leaver[]): Message {
  const kept = leaversWith(leavers, "keep").length;
  return {
    summary: `${count(kept, "user")} left the set and ${kept === 1 ? "stays" : "stay"} in GenAuth`,
    detail: paragraphs(
      ...keptGroups(leavers),
      `The set no longer manages ${kept === 1 ? "this user" : "these users"}.`,
    ),
  };
}

/** Says how many of the removed users an apply has not confirmed as gone. */
export function notConfirmedGone(survivors: number, removed: number): string {
  const users = count(removed, "removed user");
  const whichUsers = removed === 1 ? users : `${survivors} of ${users}`;
  return `${whichUsers} ${survivors === 1 ? "is" : "are"} not confirmed gone from GenAuth`;
}

/** How many survivors of one reason a message lists, and how many reasons. */
const MAX_SURVIVORS_LISTED = 100;
const MAX_GROUPS = 10;

/**
 * Tells which users are still in GenAuth after an apply, and why.
 *
 * @param removed how many ids were removed from the set
 */
export function describeSurvivors(survivors: readonly Survivor[], removed: number): Message {
  const isMistaken = survivors.some(({ deletedInstead }) => deletedInstead !== undefined);
  return {
    summary: `${isMistaken ? "Somebody else was deleted, and " : ""}${notConfirmedGone(survivors.length, removed)}`,
    detail: paragraphs(
      ...survivorGroups(survivors),
      survivors.length === 1
        ? "The user stays in the state and in drift.survivors. The next plan shows the user again, and the next apply tries again. To keep the account after all, declare the id again."
        : "They stay in the state and in drift.survivors. The next plan shows them again, and the next apply tries again. To keep an account after all, declare its id again.",
    ),
  };
}

/** Survivors grouped by equal reason and code; each group is one paragraph. */
export function survivorGroups(survivors: readonly Survivor[]): string[] {
  const groups = [...groupBy(survivors, groupOf).values()];
  const shown = groups.slice(0, MAX_GROUPS).map((group) => {
    const head = group[0] ? headOf(group[0]) : "";
    const lines = group.map(({ id, label, failure }) => ({ id, label, note: requestNote(failure, head) }));
    return `${head}\n${listUsers(lines, MAX_SURVIVORS_LISTED, ", listed in drift.survivors")}`;
  });
  const beyond = groups.slice(MAX_GROUPS).reduce((sum, group) => sum + group.length, 0);
  return beyond === 0
    ? shown
    : [...shown, `And ${count(beyond, "survivor")} for other reasons, listed in drift.survivors.`];
}

/** Survivors of several calls share a group although their request ids differ. */
function groupOf({ reason, failure }: Survivor): string {
  const text = failure?.requestId ? reason.replaceAll(failure.requestId, "") : reason;
  return [text, failure?.statusCode, failure?.apiCode].join("\n");
}

/** The reason, with the parts of GenAuth's answer that the reason does not repeat. */
function headOf({ reason, failure }: Survivor): string {
  if (!failure) return printable(reason);
  const text = reason.includes(failure.message) ? reason : `${reason} ${failure.message}`;
  const codes = [
    ...codeText("statusCode", failure.statusCode, text.includes(`answered ${failure.statusCode ?? ""}`)),
    ...codeText("apiCode", failure.apiCode, text.includes(`apiCode ${failure.apiCode ?? ""}`)),
  ];
  return printable(codes.length === 0 ? text : `${text} (${codes.join(", ")})`);
}

function codeText(name: string, code: number | undefined, isSaid: boolean): string[] {
  return code === undefined || isSaid ? [] : [`${name} ${code}`];
}

function requestNote(failure: DirectoryFailure | undefined, head: string): string {
  const { requestId } = failure ?? {};
  return requestId === undefined || head.includes(requestId) ? "" : `request id ${printable(requestId)}`;
}
