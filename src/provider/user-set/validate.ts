import { compact } from "../../lists";
import { error, UNKNOWN, warning, type Diagnostic } from "../../plugin";
import type { OperatorLimits } from "../../operator";
import { printable } from "../../text";
import { checkLabel, checkSuspendDays, count, DeleteBy, isUserIdType, UserIdType } from "../../users";
import { describeUnknownIdType, invalid, refuseProblems, refuseIds, refuseTwins } from "../problems";
import type { UserSetModel } from "./schema";

/** Checks a block's configuration without the network. Each problem points at its attribute. */
export function validateUserSet(config: UserSetModel): Diagnostic[] {
  return [...validateIds(config), ...validateGuards(config), ...validateDeleteBy(config)];
}

function validateIds(config: UserSetModel): Diagnostic[] {
  const type = config.user_id_type ?? UserIdType.USER_ID;
  if (type !== UNKNOWN && !isUserIdType(type)) {
    return [error("Unknown user_id_type", describeUnknownIdType(type), [{ attribute: "user_id_type" }])];
  }
  // Null says that none is set, and the default holds.
  const idType = type === UNKNOWN ? undefined : config.user_id_type === null ? null : type;
  return [...validateUsers(config.users, idType), ...validateRetained(config.retained_ids, idType)];
}

/**
 * Returns an error if `users` is null. Terraform accepts a null variable for a required attribute, and the
 * value may be known only at plan or even at apply, so both check again. Taken for an empty set, it would
 * delete all users.
 */
export function refuseNullUsers({ users }: Pick<UserSetModel, "users">): Diagnostic[] {
  if (users !== null) return [];
  const detail =
    "Null is not an empty set, and nobody was deleted. Null usually comes from a variable without a value, a truncated file, or a lookup that found nothing. Give the users as a map of ids to labels. To delete every user of the set, apply users = {} with max_deletions_percent = 100.";
  return [error("users is null", detail, [{ attribute: "users" }])];
}

/**
 * Refuses `suspend_days` that are not known, because nobody could review who is deleted, or below the
 * operator's minimum.
 */
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

const LIMITS = ["max_deletions", "max_deletions_percent"] as const;

/** Says which limits a plan could not hold, because their values are known only during apply. */
export function warnUnknownLimits(proposed: Pick<UserSetModel, (typeof LIMITS)[number]>): Diagnostic[] {
  return LIMITS.filter((name) => proposed[name] === UNKNOWN).map((name) =>
    warning(
      `${name} is not known at plan`,
      `${name} refers to a value that is known only during apply, so this plan was checked as if ${name} were not set. Apply checks the value itself: if more users leave than it allows, apply fails and deletes nobody. Write it as a constant, so that a reviewer sees the limit.`,
      [{ attribute: name }],
    ),
  );
}

function validateUsers(users: UserSetModel["users"], type: UserIdType | null | undefined): Diagnostic[] {
  if (users === null) return refuseNullUsers({ users });
  if (users === UNKNOWN) return [];
  const ids = [...users.keys()];
  const labels = [...users].flatMap(([id, label]) => {
    const problem = label === UNKNOWN ? undefined : problemOfLabel(label);
    return problem === undefined ? [] : [`Of "${printable(id)}": ${problem}`];
  });
  return [
    ...refuseIds(ids, { noun: "user id", attribute: "users", type }),
    ...refuseProblems(labels.length === 1 ? "Invalid label" : "Invalid labels", labels, [
      { attribute: "users" },
    ]),
    ...(type === undefined ? [] : refuseTwins(ids, type ?? UserIdType.USER_ID, "users")),
  ];
}

function problemOfLabel(label: string | null): string | undefined {
  return label === null ? 'The label is null. Use "" for no label.' : checkLabel(label);
}

function validateRetained(
  retained: UserSetModel["retained_ids"],
  type: UserIdType | null | undefined,
): Diagnostic[] {
  if (retained === null || retained === UNKNOWN) return [];
  return refuseIds(retained, { noun: "retained user id", attribute: "retained_ids", type });
}

function validateGuards({
  max_deletions: most,
  max_deletions_percent: percent,
  suspend_days: days,
}: UserSetModel): Diagnostic[] {
  const wanted = typeof days === "number" ? checkSuspendDays(days) : undefined;
  const isWrong = typeof most === "number" && !(Number.isSafeInteger(most) && most >= 0);
  const isNoShare = typeof percent === "number" && !(percent >= 0 && percent <= 100);
  const problemOf = (attribute: string, must: string, value: unknown): Diagnostic =>
    invalid(attribute, `${attribute} must be ${must}; it is ${String(value)}.`);
  return compact(
    wanted !== undefined && problemOf("suspend_days", wanted, days),
    isWrong && problemOf("max_deletions", "a whole number, 0 or more", most),
    isNoShare && problemOf("max_deletions_percent", "from 0 to 100", percent),
  );
}

function validateDeleteBy({ delete_by: value }: UserSetModel): Diagnostic[] {
  const known: readonly string[] = Object.values(DeleteBy);
  if (value === null || value === UNKNOWN || known.includes(value)) return [];
  return [invalid("delete_by", `"${printable(value)}" is neither ${known.join(" nor ")}.`)];
}
