import { printable } from "../../text";
import type { KeepReason, Removal, RemovalOf } from "../removal/fate";
import { removalsOf } from "../removal/fate";
import { listUsers, MAX_LISTED } from "./lines";
import { poolName } from "./names";

/** Why those who are kept stay in GenAuth, in the order in which a report gives the reasons. */
const SENTENCES: Readonly<Record<KeepReason["kind"], string>> = {
  retained: "Kept because they are retained (retained_user_ids); they stay in GenAuth.",
  protected: "Kept because they are protected: no set deletes them.",
  declared_as: "Kept because the user is still declared under another id.",
  rebound:
    "Kept because the id is bound to somebody else: it named another user while it was declared. Whom it names now was never in the set.",
  several:
    "Kept because the id names several users, and nobody can say which of them is meant. Delete by user_id whom you mean.",
  renamed:
    "Kept because this looks like a rename: the same change adds an id with the same label that is not in GenAuth yet. If they are two people, keep the old id declared now, and take it out in a change of its own.",
  kept_by_plan:
    "Kept because the plan said so. What made the plan keep them has changed since, such as a second user of the same id who is gone; nobody has reviewed a deletion.",
  moved:
    "Kept because the id was changed in GenAuth: it names nobody any more, but its user is still there under another id. To delete the user, declare that id, apply, and take it out again.",
};

/** Those who stay in GenAuth, grouped by reason; each group is one paragraph. */
export function keptGroups(removals: readonly Removal[]): string[] {
  const kept = removalsOf(removals, "kept");
  return Object.entries(SENTENCES).flatMap(([kind, sentence]) => {
    const group = kept.filter(({ fate }) => fate.reason.kind === kind);
    return group.length === 0 ? [] : [`${sentence}\n${listKept(group)}`];
  });
}

function listKept(group: readonly RemovalOf<"kept">[]): string {
  return listUsers(
    group.map(({ id, label, fate }) => ({ id, label, note: noteOf(fate.reason) })),
    MAX_LISTED,
  );
}

function noteOf(reason: KeepReason): string {
  switch (reason.kind) {
    case "retained":
    case "kept_by_plan":
      return "";
    case "protected":
      return `by ${reason.type} ${printable(reason.id)}`;
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
