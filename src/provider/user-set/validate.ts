import { error, UNKNOWN, type AttributePath, type Diagnostic } from "../../plugin";
import type { OperatorLimits } from "../../operator";
import { printable } from "../../text";
import {
  checkLabel,
  checkSuspendDays,
  checkUserId,
  count,
  DeleteBy,
  isUserIdType,
  USER_ID_TYPES,
  UserIdType,
} from "../../users";
import { invalid, problemOfId, refuseTwins } from "../problems";
import type { UserSetModel } from "./schema";

/** Checks a block's configuration without the network. Each problem points at its element. */
export function validateUserSet(config: UserSetModel): Diagnostic[] {
  const type = config.user_id_type ?? UserIdType.USER_ID;
  if (type !== UNKNOWN && !isUserIdType(type)) {
    return [
      error("Unknown user_id_type", `"${printable(type)}" is not one of ${USER_ID_TYPES.join(", ")}.`, [
        { attribute: "user_id_type" },
      ]),
      ...validateGuards(config),
      ...validateDeleteBy(config),
    ];
  }
  const idType = type === UNKNOWN ? undefined : type;
  const emailType = config.user_id_type === null ? 'user_id_type = "email"' : undefined;
  return [
    ...validateUsers(config.users, idType, emailType),
    ...validateRetained(config.retained_user_ids, idType, emailType),
    ...validateGuards(config),
    ...validateDeleteBy(config),
  ];
}

/**
 * Returns an error if `users` is null. Terraform accepts a null variable for a required attribute, and the value may be known
 * only at plan or even at apply, so both check again. Taken for an empty set, it would delete all users.
 */
export function refuseNullUsers({ users }: Pick<UserSetModel, "users">): Diagnostic[] {
  if (users !== null) return [];
  const detail =
    "Null is not an empty set, and nobody was deleted. Null usually comes from a variable without a value, a truncated file, or a lookup that found nothing. Give the users as a map of ids to labels. To delete every user of the set, apply users = {} with max_deletions_percent = 100.";
  return [error("users is null", detail, [{ attribute: "users" }])];
}

/** Refuses `suspend_days` that are not known, because nobody could review who is deleted, or below the operator's minimum. */
export function refuseSuspendDays(
  { suspend_days: days }: Pick<UserSetModel, "suspend_days">,
  { minSuspendDays: least = 0 }: Pick<OperatorLimits, "minSuspendDays">,
): Diagnostic[] {
  const path = [{ attribute: "suspend_days" }];
  if (days === UNKNOWN) {
    const detail =
      "suspend_days refers to a value that is known only during apply, so the plan cannot say whether users are deleted or suspended first. Write it as a constant.";
    return [error("suspend_days is not known at plan", detail, path)];
  }
  if ((days ?? 0) >= least) return [];
  const detail = `This pipeline's GENAUTH_MIN_SUSPEND_DAYS asks for at least ${count(least, "day")} before a user is deleted; suspend_days is ${days ?? 0}. Raise it, or ask the pipeline's owner.`;
  return [error("suspend_days is below the pipeline's minimum", detail, path)];
}

function validateUsers(
  users: UserSetModel["users"],
  type: UserIdType | undefined,
  emailType: string | undefined,
): Diagnostic[] {
  if (users === null) return refuseNullUsers({ users });
  if (users === UNKNOWN) return [];
  const diagnostics: Diagnostic[] = [];
  for (const [id, label] of users) {
    const path: AttributePath = [{ attribute: "users" }, { key: id }];
    const idProblem = type && checkUserId(id, type, emailType);
    if (idProblem) diagnostics.push(error("Invalid user id", idProblem, path));
    if (label === null) {
      diagnostics.push(error("Invalid label", 'The label is null. Use "" for no label.', path));
    }
    const labelProblem = typeof label === "string" ? checkLabel(label) : undefined;
    if (labelProblem) diagnostics.push(error("Invalid label", labelProblem, path));
  }
  if (!type) return diagnostics;
  const twins = refuseTwins([...users.keys()], type, (key) => [{ attribute: "users" }, { key }]);
  return [...diagnostics, ...twins];
}

function validateRetained(
  retained: UserSetModel["retained_user_ids"],
  type: UserIdType | undefined,
  emailType: string | undefined,
): Diagnostic[] {
  if (retained === null || retained === UNKNOWN) return [];
  return retained.flatMap((id) => {
    const problem = problemOfId(id, (given) => type && checkUserId(given, type, emailType));
    return problem ? [error("Invalid retained user id", problem, [{ attribute: "retained_user_ids" }])] : [];
  });
}

function validateGuards({
  max_deletions: most,
  max_deletions_percent: percent,
  suspend_days: days,
}: UserSetModel): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const wanted = typeof days === "number" ? checkSuspendDays(days) : undefined;
  if (wanted !== undefined) {
    diagnostics.push(invalid("suspend_days", `suspend_days must be ${wanted}; it is ${String(days)}.`));
  }
  if (typeof most === "number" && !(Number.isSafeInteger(most) && most >= 0)) {
    diagnostics.push(
      invalid("max_deletions", `max_deletions must be a whole number, 0 or more; it is ${most}.`),
    );
  }
  if (typeof percent === "number" && !(percent >= 0 && percent <= 100)) {
    diagnostics.push(
      invalid("max_deletions_percent", `max_deletions_percent must be from 0 to 100; it is ${percent}.`),
    );
  }
  return diagnostics;
}

function validateDeleteBy({ delete_by: value }: UserSetModel): Diagnostic[] {
  const known: readonly string[] = Object.values(DeleteBy);
  if (value === null || value === UNKNOWN || known.includes(value)) return [];
  return [invalid("delete_by", `"${printable(value)}" is neither ${known.join(" nor ")}.`)];
}
