import { printable } from "../../text";
import { poolName } from "../wording";
import { type Meaning, type ProtectedMatch, type Reason, reasonRow } from "../reasons";

type Kind = Reason["kind"];
type ReasonOf<K extends Kind> = Extract<Reason, { kind: K }>;

/** What messages and reports say of a reason. */
interface Words<R = Reason> {
  /**
   * What a message says above the list of the users that it is about. Absent if others say it, or nobody has
   * to.
   */
  readonly says?: string | ((reason: R) => string);
  /** What stands beside the user in that list. */
  readonly note?: (reason: R) => string;
  /** What a report says of somebody who leaves; a note of the message may follow. */
  readonly remark?: string;
}

/**
 * The words of all reasons. Those who leave come in the order in which messages list them. What is said of
 * those who wait stands where their reason is made, in `waiting.ts`.
 */
const WORDS = {
  not_looked_up: { remark: "Could not be looked up" },
  gone: { says: "Already gone: GenAuth no longer has these users.", remark: "" },
  never_found: {
    says: "Never found: as far as the state knows, no look-up of this set has found these ids, so nobody is deleted. If they belong to real users, check user_id_type and the user pool.",
    remark: "Never found",
  },
  retained: {
    says: "Kept because the id is in retained_ids. The user stays in GenAuth.",
    remark: "In retained_ids",
  },
  protected: { says: "Kept because the user is protected.", note: byMatch, remark: "Protected" },
  declared_as: {
    says: "Kept because the user is still declared under another id.",
    note: ({ id }) => `as ${printable(id)}`,
    remark: "Still declared",
  },
  rebound: {
    says: "Kept because the id is bound to somebody else: it named another user while it was declared. The user it names now was never in the set. The former user may still have an account under another id: cdktf-genauth show with the former system user id finds it. To delete that account, declare the id that it has now, apply, and then remove that id.",
    note: ({ boundTo, user }) =>
      `was user ${printable(boundTo)}, is user ${printable(user.userId)} now: ${poolName(user)}`,
    remark: "The id is bound to somebody else",
  },
  several: {
    says: "Kept because the id names several users, and it is not clear which of them is meant. To delete one of them, use the user_id.",
    note: ({ users }) => users.map(({ userId }) => printable(userId)).join(", "),
    remark: "The id names several users",
  },
  renamed: {
    says: "Kept because this looks like a rename: the same change adds an id with the same label that is not in GenAuth yet. If they are different people, keep the old id declared for now and remove it in a separate change.",
    note: ({ to }) => `to ${printable(to)}`,
    remark: "Looks like a rename",
  },
  moved: {
    says: "Kept because the id was changed in GenAuth: it no longer names a user, but its user still exists under another id. To delete the user, declare that id, apply, and then remove it.",
    note: ({ user }) => `user ${printable(user.userId)}: ${poolName(user)}`,
    remark: "The id was changed in GenAuth",
  },
  never_seen: {
    says: "Left alone: the id was never seen while it was declared, so its user is not known. The id stays in the set as a survivor, and apply fails. Plan again with a refresh: the new plan names the current user of the id.",
    remark: "Never seen while it was declared, so apply fails",
  },
  not_planned: {
    says: "Nothing was done to these: the plan did not include them, and something has changed since then, so nobody has reviewed whether they may leave. The ids stay in the set as survivors. Plan again and review the new plan.",
    remark: "Nobody has reviewed that the user leaves, so apply fails",
  },
  wait: {},
  uncertain: { says: ({ because }) => because },
  held: { says: ({ because }) => `Due, but not deleted: ${because}` },
  return_not_planned: {
    says: "Declared again or protected, but not reactivated: the plan did not reactivate them, because something has changed since then. The next plan does.",
  },
  released: { says: ({ because }) => because, note: ({ note = "" }) => note },
} as const satisfies { readonly [K in Kind]: Words<ReasonOf<K>> };

/** By which id a user is protected, as a note. */
export function byMatch({ type, id }: ProtectedMatch): string {
  return `by ${type} ${printable(id)}`;
}

/**
 * What a message says of a reason: the sentence above a list, and the note beside the user. Both may be
 * empty.
 */
export function reasonWords(reason: Reason): { readonly sentence: string; readonly note: string } {
  const { says = "", note } = WORDS[reason.kind] as Words;
  return { sentence: typeof says === "string" ? says : says(reason), note: note?.(reason) ?? "" };
}

/**
 * Why somebody who leaves is not deleted or suspended, or counts as if: the reasons that the message of a
 * plan and a report give.
 */
export type LeavingReason = {
  [K in Kind]: (typeof WORDS)[K] extends { readonly remark: string } ? K : never;
}[Kind];

export const LEAVING_REASONS = Object.entries(WORDS).flatMap(([kind, row]) =>
  "remark" in row ? [kind as LeavingReason] : [],
);

/** What a reason of this kind means, and what is said of it, which is the same for everybody. */
export function rowOfLeaving(
  kind: LeavingReason,
): Meaning & { readonly says?: string; readonly remark: string } {
  return { ...reasonRow({ kind }), ...WORDS[kind] };
}
