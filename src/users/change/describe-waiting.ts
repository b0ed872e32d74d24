import { groupBy } from "../../lists";
import { printable } from "../../text";
import type { Survivor } from "../calls/call-run";
import type { WaitingUser } from "../waiting-user";
import { count, type Line, listUsers, MAX_LISTED, type Message, paragraphs, poolName } from "../wording";
import { type Fate, isReturning, type Leaver, type ReleaseReason, type WaitReason } from "./fate";
import { survivorGroups } from "./messages";

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
  const told: { readonly sentence: string; readonly line: Line }[] = [];
  const counts: Counts = {
    reactivated: 0,
    notReactivated: 0,
    perhapsOurs: 0,
    unconfirmed: 0,
    released: 0,
    gone: 0,
    other: 0,
  };
  for (const leaver of waiting) {
    const said = sentenceOf(leaver);
    if (!said) continue;
    const { sentence, note } = said;
    told.push({ sentence, line: { id: leaver.id, label: leaver.label, note } });
    counts[countedAs(leaver.fate)] += 1;
  }
  if (told.length === 0) return undefined;
  const groups = [...groupBy(told, ({ sentence }) => sentence)];
  return {
    summary: summaryOf(counts),
    detail: paragraphs(
      ...groups.map(([sentence, group]) => {
        const lines = group.map(({ line }) => line);
        return `${sentence}\n${listUsers(lines, MAX_LISTED)}`;
      }),
    ),
    ids: groups.flatMap(([, group]) => group.map(({ line }) => line.id)),
  };
}

type Counts = Record<
  "reactivated" | "notReactivated" | "perhapsOurs" | "unconfirmed" | "released" | "gone" | "other",
  number
>;

function countedAs(fate: Fate): keyof Counts {
  switch (fate.kind) {
    case "reactivate":
      return "reactivated";
    case "release":
      return "released";
    case "gone":
      return "gone";
    case "wait":
      if (fate.why?.kind === "perhaps_ours") return "perhapsOurs";
      if (fate.why?.kind === "unconfirmed") return "unconfirmed";
      return isReturning(fate.why) ? "notReactivated" : "other";
    default:
      return "other";
  }
}

function summaryOf(counts: Counts): string {
  const { reactivated, notReactivated, perhapsOurs, unconfirmed, released, gone, other } = counts;
  const parts = [
    reactivated > 0 ? `${count(reactivated, "user")} will be reactivated` : "",
    notReactivated > 0 ? `${count(notReactivated, "suspended user")} cannot be reactivated yet` : "",
    perhapsOurs > 0
      ? `${count(perhapsOurs, "declared user")} ${perhapsOurs === 1 ? "is" : "are"} suspended, perhaps by this set`
      : "",
    unconfirmed > 0
      ? `${count(unconfirmed, "declared user")} may have been suspended by an earlier apply`
      : "",
    released > 0 ? `${count(released, "suspended user")} will no longer be deleted later` : "",
    gone > 0 ? `${count(gone, "suspended user")} ${gone === 1 ? "is" : "are"} gone` : "",
    other > 0 ? `${count(other, "suspended user")} cannot be deleted yet` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

const LOST =
  "Released: the state does not say whom these ids named when they were suspended, because its private data is missing. They keep the status that they have now. To delete one of them later, declare the id, apply, and remove it again.";

function sentenceOf({
  fate,
  waiting,
}: Leaver): { readonly sentence: string; readonly note: string } | undefined {
  switch (fate.kind) {
    case "reactivate":
      return {
        sentence: "Apply reactivates these: they are declared again, and their status becomes Activated.",
        note: `in GenAuth: ${poolName(fate.user)}`,
      };
    case "release":
      return released(fate.reason, waiting?.status);
    case "gone":
      return { sentence: GONE_AFTER_ALL, note: "" };
    case "wait": {
      const { why } = fate;
      const isTold = why && (waiting?.isDue || ALWAYS_TOLD.has(why.kind) || isReturning(why));
      return isTold ? waits(why) : undefined;
    }
    default:
      return undefined;
  }
}

const GONE_AFTER_ALL =
  "Gone: an earlier apply tried to delete them and could not confirm it, and no look-up finds them any more.";

/** Reasons that a reader has to know before the day comes. */
const ALWAYS_TOLD: ReadonlySet<WaitReason["kind"]> = new Set([
  "absent",
  "no_status",
  "perhaps_ours",
  "unconfirmed",
]);

const HIDDEN_AND_DECLARED =
  "Not shown, though declared again: no look-up finds these suspended users, so they are not reactivated. If GenAuth hides them, set their status to Activated in GenAuth's console. If they are gone, create their accounts again; once a look-up shows a new account, the next plan forgets the former one.";

function waits(why: WaitReason): { readonly sentence: string; readonly note: string } {
  switch (why.kind) {
    case "absent":
      // Not the advice below, which would leave a declared user suspended.
      if (isReturning(why)) return { sentence: HIDDEN_AND_DECLARED, note: "" };
      return {
        sentence:
          "Not shown: no look-up finds these suspended users. They may be gone, or hidden, so they wait on. If they are gone, put their ids into retained_user_ids for one apply.",
        note: "",
      };
    case "undecided":
      return {
        sentence: `${isReturning(why) ? "Declared again, but not reactivated" : "Due, but not deleted"}: they could not be looked up. ${printable(why.failure.message)}`,
        note: "",
      };
    case "no_status":
      return {
        sentence:
          "Neither deleted nor reactivated: GenAuth does not show their status, so nobody can tell whether somebody has changed it. They wait on.",
        note: "",
      };
    case "perhaps_ours":
      return {
        sentence:
          "Declared, and not reactivated, because it is not certain that this set suspended them. If they should have access, reactivate them in GenAuth. Plans name them, and so does drift.locked_out, until their status is another one.",
        note: `status ${printable(why.status)}`,
      };
    case "unconfirmed":
      return {
        sentence:
          "Declared again, and shown as active. But an earlier apply tried to suspend them and could not confirm it, and look-ups may be late. If a look-up shows them suspended, an apply reactivates them.",
        note: "",
      };
    case "not_planned":
      return {
        sentence:
          "Declared again, but not reactivated: the plan did not reactivate them, because something has changed since then. The next plan does.",
        note: "",
      };
    case "passed_over":
      return { sentence: `Due, but not deleted: ${why.because}`, note: "" };
  }
}

/** @param before the status with which the user began to wait; absent if nobody knows */
function released(
  reason: ReleaseReason,
  before: string | undefined,
): { readonly sentence: string; readonly note: string } {
  switch (reason.kind) {
    case "retained":
      return {
        sentence:
          "Released because the id is in retained_user_ids. They keep their account and stay suspended.",
        note: "",
      };
    case "protected":
      return {
        sentence: "Released because the user is protected. They keep their account and stay suspended.",
        note: `by ${reason.type} ${printable(reason.id)}`,
      };
    case "not_ours":
      return {
        sentence:
          "Declared again, but not reactivated, because it is not certain that this set suspended them. If they should have access, reactivate them in GenAuth.",
        note: `status ${printable(reason.status)}`,
      };
    case "new_account":
      return {
        sentence:
          "Released because the id is declared again for another account. The former account stays suspended, and is no longer deleted.",
        note: "",
      };
    case "status_changed": {
      const because = reason.status === before ? OTHER_TIME : OTHER_STATUS;
      return {
        sentence: reason.declared
          ? `Declared again, and not changed, because ${because}`
          : `Released because ${because} They keep their account.`,
        note: reason.status === "" ? "" : `status ${printable(reason.status)}`,
      };
    }
    case "id_changed":
      return {
        sentence:
          "Released because the id names somebody else now, or the user has another id. The user who was suspended keeps the account and stays suspended.",
        note: `now user ${printable(reason.user.userId)}: ${poolName(reason.user)}`,
      };
    case "lost":
      return { sentence: LOST, note: "" };
  }
}

const OTHER_STATUS = "somebody has changed their status since it was set.";
const OTHER_TIME =
  "GenAuth no longer shows the same time for their status: somebody has set it again, or GenAuth showed the time late.";

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
