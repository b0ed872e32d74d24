import { error, warning, type Diagnostic, type StateResponse } from "../../plugin";
import type { Refusal } from "../../users";
import type { UserSetModel, userSetSchema } from "./schema";

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

/** The refusals of a plan as Terraform shows them. */
export function refusalDiagnostics(refusals: readonly Refusal[]): Diagnostic[] {
  return refusals.map(({ summary, detail, attribute }) =>
    error(summary, detail, attribute ? [{ attribute }] : undefined),
  );
}

/** For values that Terraform promises to know at apply. */
export function notKnownAtApply(
  state: UserSetModel | null,
  privateData: Uint8Array,
): StateResponse<typeof userSetSchema> {
  const diagnostics = [
    error(
      "Users are not known at apply",
      "Terraform asked to apply a set whose users it does not know. Nothing was changed.",
      [{ attribute: "users" }],
    ),
  ];
  return { state, privateData, diagnostics };
}
