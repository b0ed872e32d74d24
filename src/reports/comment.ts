import type { ReportDocument } from "./document";
import { layOutMarkdown, markerOf } from "./markdown";

/** A report as a comment of a pull request, which a later report of the same stacks replaces. */
export interface ReportComment {
  /** The first line of the body, invisible, and the same for every report of the same stack, or of all stacks of a run. */
  readonly marker: string;
  /** Markdown of GitHub and GitLab, at most 65,536 characters. */
  readonly body: string;
}

/** Writes the comment of a report. It shows what the report shows: with `--redact`, no id and no label. */
export function renderComment(document: ReportDocument): ReportComment {
  return { marker: markerOf(document), body: layOutMarkdown(document, "comment").text };
}

/**
 * Finds the comment that a later report replaces.
 *
 * @param comments the comments of the account that writes the reports, oldest first: a comment of somebody else may begin with the
 *   marker as well
 * @returns the newest one with the marker; `undefined` if there is none yet
 */
export function findComment<C extends { readonly body: string }>(
  marker: string,
  comments: readonly C[],
): C | undefined {
  return comments.findLast(({ body }) => body.split(/\r?\n/, 1)[0] === marker);
}
