import { printable } from "../../text";
import type { Survivor } from "../calls/ending";
import type { DirectoryFailure } from "../directory";
import { compact, groupBy } from "../../lists";
import { count, listUsers, MAX_LISTED, paragraphs, type Told, warningAbout } from "../wording";
import { type Leaver, leaversWith, meaningOf } from "../fate";
import { LEAVING_REASONS, reasonWords } from "./reason-words";
import type { Meaning } from "../reasons";

/**
 * The users that a reason is about, in groups of one sentence, in the order of the reasons; each group is one
 * paragraph.
 */
export function reasonGroups(
  leavers: readonly Leaver[],
  isListed: (meaning: Meaning) => boolean | undefined,
): string[] {
  const listed = leaversWith(leavers, "no_call").filter((leaver) => isListed(meaningOf(leaver)));
  return LEAVING_REASONS.flatMap((kind) => {
    const group = listed.filter(({ fate }) => fate.reason.kind === kind);
    const [first] = group;
    if (!first) return [];
    const lines = group.map(({ id, label, fate }) => ({ id, label, note: reasonWords(fate.reason).note }));
    return [`${reasonWords(first.fate.reason).sentence}\n${listUsers(lines, MAX_LISTED)}`];
  });
}

/** Kept users, grouped by reason; each group is one paragraph. */
export function keptGroups(leavers: readonly Leaver[]): string[] {
  return reasonGroups(leavers, ({ keepsAccount }) => keepsAccount);
}

/**
 * Tells which users an apply removed from the set but kept in GenAuth, and why; `undefined` if there is none.
 * Skips all other removals.
 */
export function describeKept(leavers: readonly Leaver[]): Told | undefined {
  const kept = leavers.filter((leaver) => meaningOf(leaver).keepsAccount).map(({ id }) => id);
  if (kept.length === 0) return undefined;
  const detail = paragraphs(...keptGroups(leavers), "The set no longer manages them.");
  return warningAbout(kept, `${count(kept.length, "user")} left the set but not GenAuth`, detail);
}

/** Says how many of the removed users an apply has not confirmed as gone. */
export function notConfirmedGone(survivors: number, removed: number): string {
  return `${survivors} of ${count(removed, "removed user")} not confirmed gone from GenAuth`;
}

/** How many survivors of one reason a message lists, and how many reasons. */
const MAX_SURVIVORS_LISTED = 100;
const MAX_GROUPS = 10;

/** What a message says if calls of an apply did not end as they should: the headline, and what comes next. */
const FAILURES = {
  delete: {
    says: notConfirmedGone,
    then: "They stay in the state and in drift.survivors. The next plan shows them again, and the next apply tries again. To keep an account after all, declare its id again.",
  },
  suspend: {
    says: (users: number, removed: number) => `${users} of ${count(removed, "removed user")} not suspended`,
    then: "Nobody is deleted instead. They stay in the state and in drift.survivors. The next plan shows them again, and the next apply tries again.",
  },
  delete_due: {
    says: (users: number) => `${count(users, "suspended user")} due, but not confirmed gone from GenAuth`,
    then: "They stay in suspended. The next plan shows their deletion again, and the next apply tries again.",
  },
  reactivate: {
    says: (users: number) => `${count(users, "user")} still suspended`,
    then: "They are declared again or protected, but could not be reactivated. The next apply tries again.",
  },
} as const;

/**
 * Tells of which users a call of an apply did not end as it should, and why; `undefined` if of nobody.
 *
 * @param removed how many ids were removed from the set
 */
export function describeFailures(
  kind: keyof typeof FAILURES,
  survivors: readonly Survivor[],
  removed: number,
): Told | undefined {
  if (survivors.length === 0) return undefined;
  const { says, then } = FAILURES[kind];
  return {
    summary: says(survivors.length, removed),
    detail: paragraphs(...survivorGroups(survivors), then),
    isError: true,
    ids: survivors.map(({ id }) => id),
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
  const { statusCode, apiCode } = failure;
  const codes = compact(
    statusCode !== undefined && !text.includes(`answered ${statusCode}`) && `statusCode ${statusCode}`,
    apiCode !== undefined && !text.includes(`apiCode ${apiCode}`) && `apiCode ${apiCode}`,
  );
  return printable(codes.length === 0 ? text : `${text} (${codes.join(", ")})`);
}

function requestNote(failure: DirectoryFailure | undefined, head: string): string {
  const { requestId } = failure ?? {};
  return requestId === undefined || head.includes(requestId) ? "" : `request id ${printable(requestId)}`;
}
