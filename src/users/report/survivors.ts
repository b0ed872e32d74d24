import type { DirectoryFailure } from "../directory";
import { groupBy } from "../group-by";
import { printable } from "../printable";
import type { Survivor } from "../survivor";
import { listUsers } from "./lines";
import { count, type Message, paragraphs } from "./words";

/** How many survivors with the same reason are named. */
const MAX_SURVIVORS_LISTED = 100;

/**
 * Says who is still in GenAuth after an apply, and why.
 *
 * @param removed how many ids left the set
 */
export function describeSurvivors(survivors: readonly Survivor[], removed: number): Message {
  return {
    summary: `${survivors.length} of ${count(removed, "removed user")} ${survivors.length === 1 ? "is" : "are"} not confirmed gone from GenAuth`,
    detail: paragraphs(
      ...survivorGroups(survivors),
      "They stay in the state and in drift.survivors: the next plan shows just them again, and the next apply tries again.",
    ),
  };
}

/** Survivors grouped by equal reason and code; each group is one paragraph. */
export function survivorGroups(survivors: readonly Survivor[]): string[] {
  const groups = groupBy(survivors, (survivor) => headOf(survivor));
  return [...groups].map(([head, group]) => {
    const lines = group.map(({ id, label, failure }) => ({ id, label, note: requestNote(failure) }));
    return `${head}\n${listUsers(lines, MAX_SURVIVORS_LISTED, ", listed in drift.survivors")}`;
  });
}

/** The reason, what GenAuth said where the reason does not repeat it, and the codes by which its documentation explains it. */
function headOf({ reason, failure }: Survivor): string {
  if (!failure) return printable(reason);
  const message = reason.includes(failure.message) ? [] : [failure.message];
  const codes = [
    ...(failure.statusCode === undefined ? [] : [`statusCode ${failure.statusCode}`]),
    ...(failure.apiCode === undefined ? [] : [`apiCode ${failure.apiCode}`]),
  ];
  const head = [reason, ...message].map((text) => printable(text)).join(" ");
  return codes.length === 0 ? head : `${head} (${codes.join(", ")})`;
}

function requestNote(failure: DirectoryFailure | undefined): string {
  return failure?.requestId === undefined ? "" : `request id ${printable(failure.requestId)}`;
}
