import type { Survivor } from "../deletion/survivor";
import type { DirectoryFailure } from "../directory";
import { groupBy } from "../group-by";
import { printable } from "../../text";
import { listUsers } from "./lines";
import { count, type Message, paragraphs } from "./words";

/** How many survivors with the same reason are named, and how many reasons are told. */
const MAX_SURVIVORS_LISTED = 100;
const MAX_GROUPS = 10;

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

/** The request id is of one call; survivors of several calls may share all the rest. */
function groupOf({ reason, failure }: Survivor): string {
  const text = failure?.requestId ? reason.replaceAll(failure.requestId, "") : reason;
  return [text, failure?.statusCode, failure?.apiCode].join("\n");
}

/** The reason, and of what GenAuth said whatever the reason does not repeat. */
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
