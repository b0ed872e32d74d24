import { error, warning, type Diagnostic, type StateResponse } from "../../plugin";
import type { ChangePlan, Told } from "../../users";
import type { UserSetModel, userSetSchema } from "./schema";

/**
 * A warning about some users of one set. The summary names the first user. Otherwise Terraform and OpenTofu would merge
 * warnings of several sets into one, "and one more similar warning elsewhere", and hide the second set.
 *
 * @param ids the users; if empty, the summary names nobody
 */
export function setWarning(summary: string, detail: string, ids: Iterable<string>): Diagnostic {
  const [first, second] = ids;
  const whom = first === undefined ? "" : `: ${first}${second === undefined ? "" : ", …"}`;
  return warning(`${summary}${whom}`, detail);
}

/**
 * The messages about a change as diagnostics. They have no path: Terraform would print the whole map beneath it, which hides the message of a
 * large set.
 */
export function toldDiagnostics(told: readonly Told[]): Diagnostic[] {
  return told.map(({ summary, detail, isError, ids }) =>
    isError ? error(summary, detail) : setWarning(summary, detail, ids),
  );
}

/** The refusals of a plan as diagnostics. */
export function refusalDiagnostics(refusals: ChangePlan["refusals"]): Diagnostic[] {
  return refusals.map(({ summary, detail, attribute }) =>
    error(summary, detail, attribute ? [{ attribute }] : undefined),
  );
}

/** An error for users that are unknown at apply, which Terraform rules out. */
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
