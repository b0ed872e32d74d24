import { error, warning, type Diagnostic, type StateResponse } from "../../plugin";
import type { ChangePlan } from "../../users";
import type { UserSetModel, userSetSchema } from "./schema";

/**
 * A warning about some users of one set. The summary names the first user, which tells the warnings of
 * several sets apart.
 *
 * @param ids the users; if empty, the summary names nobody
 */
export function setWarning(summary: string, detail: string, ids: Iterable<string>): Diagnostic {
  const [first, second] = ids;
  const whom = first === undefined ? "" : `: ${first}${second === undefined ? "" : ", …"}`;
  return warning(`${summary}${whom}`, detail);
}

/**
 * The messages about a change as diagnostics. Only a refusal has a path, to the attribute that caused it:
 * Terraform would print the whole map beneath a path to `users`, which hides the message of a large set.
 */
export function toldDiagnostics(told: ChangePlan["told"]): Diagnostic[] {
  return told.map(({ ids, ...message }) =>
    message.isError ? refusalOf(message) : setWarning(message.summary, message.detail, ids),
  );
}

/** Why a change is refused, as a diagnostic. */
export function refusalOf({ summary, detail, attribute }: ChangePlan["refusals"][number]): Diagnostic {
  return error(summary, detail, attribute ? [{ attribute }] : undefined);
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
