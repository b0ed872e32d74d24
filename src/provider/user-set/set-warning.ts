import { warning, type Diagnostic } from "../../plugin";

/**
 * A warning about some users of one set. Its summary names the first of them: of several warnings with the same summary,
 * Terraform and OpenTofu print one, "and one more similar warning elsewhere", so that nobody would read of a second set.
 *
 * @param ids whom it is about; nobody is named where they are none
 */
export function setWarning(summary: string, detail: string, ids: Iterable<string>): Diagnostic {
  const [first, second] = ids;
  const whom = first === undefined ? "" : `: ${first}${second === undefined ? "" : ", …"}`;
  return warning(`${summary}${whom}`, detail);
}
