import { compact } from "../../lists";
import { error, UNKNOWN, type Diagnostic } from "../../plugin";
import { nearestName, printable } from "../../text";
import { parseTime } from "../../timing";
import { isUserIdType, USER_ID_TYPES, UserIdType } from "../../users";
import { invalid, refuseIds, refuseTwins } from "../problems";
import { NEVER, SEARCHED_STATUSES, type UsersModel } from "./schema";

/** The attributes that select users by what they are. */
const FILTERS = ["status", "email_domain", "department_id", "last_login_before", "created_before"] as const;

type Name = keyof UsersModel;

/** Checks a block's configuration without the network. Each problem points at its attribute. */
export function validateUsers(config: UsersModel): Diagnostic[] {
  return [
    ...validateSelection(config),
    ...validateIdType(config),
    ...validateIds(config),
    ...validateStatus(config),
    ...validateText(config, "department_id"),
    ...validateText(config, "organization_code"),
    ...validateText(config, "identity_source"),
    ...validateEmailDomain(config),
    ...validateTime(config, "last_login_before", [NEVER]),
    ...validateTime(config, "created_before"),
    ...validateCompanions(config),
  ];
}

function problem(attribute: Name, summary: string, detail: string): Diagnostic {
  return error(summary, detail, [{ attribute }]);
}

function isGiven(config: UsersModel, name: Name): boolean {
  return config[name] !== null;
}

function givenFilters(config: UsersModel): readonly (typeof FILTERS)[number][] {
  return FILTERS.filter((name) => isGiven(config, name));
}

function validateSelection(config: UsersModel): Diagnostic[] {
  const filters = givenFilters(config);
  if (!isGiven(config, "ids")) {
    if (filters.length > 0) return [];
    const detail = `Give ids, or at least one of the filters ${FILTERS.join(", ")}. For everybody who can log in, write status = "Activated".`;
    return [error("No users are selected", detail)];
  }
  const excluded = compact(...filters, isGiven(config, "identity_source") && "identity_source");
  return excluded.map((name) =>
    problem(
      name,
      `ids and ${name} exclude each other`,
      `ids names the users, and ${name} is for a search. Remove one of the two, or use two data sources.`,
    ),
  );
}

function validateIdType(config: UsersModel): Diagnostic[] {
  const type = config.user_id_type;
  if (type === null || type === UNKNOWN) return [];
  if (!isUserIdType(type)) {
    const nearest = nearestName(type, USER_ID_TYPES);
    const closest = nearest === undefined ? "" : ` The closest is ${nearest}.`;
    const detail = `"${printable(type)}" is not one of ${USER_ID_TYPES.join(", ")}.${closest}`;
    return [problem("user_id_type", "Unknown user_id_type", detail)];
  }
  const hasSource = type === UserIdType.IDENTITY || type === UserIdType.SYNC_RELATION;
  const isSearch = givenFilters(config).length > 0 && !isGiven(config, "ids");
  if (hasSource && isSearch && !isGiven(config, "identity_source")) {
    const what = type === UserIdType.IDENTITY ? "the extIdpId" : "the provider, such as lark,";
    const detail = `A user may have identities of several sources. Give ${what} of the identities that are to be the ids.`;
    return [problem("identity_source", "identity_source is missing", detail)];
  }
  if (hasSource || !isSearch || !isGiven(config, "identity_source")) return [];
  const detail = `It is for the types identity and sync_relation, and user_id_type is ${type}. Remove it.`;
  return [problem("identity_source", "identity_source has no effect", detail)];
}

function validateIds({ ids, user_id_type: given }: UsersModel): Diagnostic[] {
  if (ids === null || ids === UNKNOWN) return [];
  if (given === UNKNOWN) return refuseIds(ids, { noun: "user id", attribute: "ids", type: undefined });
  const type = given !== null && isUserIdType(given) ? given : null;
  // An unknown type is an error of its own.
  if (given !== null && type === null) return [];
  const distinct = [...new Set(ids.filter((id) => typeof id === "string"))];
  return [
    ...refuseIds(ids, { noun: "user id", attribute: "ids", type }),
    ...refuseTwins(distinct, type ?? UserIdType.USER_ID, "ids"),
  ];
}

function validateStatus({ status }: UsersModel): Diagnostic[] {
  if (status === null || status === UNKNOWN || SEARCHED_STATUSES.includes(status)) return [];
  const nearest = nearestName(status, SEARCHED_STATUSES);
  const closest = nearest === undefined ? "" : ` The closest is ${nearest}.`;
  const detail = `"${printable(status)}" is not one of ${SEARCHED_STATUSES.join(", ")}, the statuses that GenAuth's search takes.${closest}`;
  return [problem("status", "Unknown status", detail)];
}

function validateText(config: UsersModel, name: Name): Diagnostic[] {
  const value = config[name];
  if (typeof value !== "string" || (value.trim() === value && value !== "")) return [];
  const detail = `"${printable(value)}" is empty or has blanks around it. Correct it, or remove the attribute.`;
  return [invalid(name, detail)];
}

function validateEmailDomain({ email_domain: domain }: UsersModel): Diagnostic[] {
  if (domain === null || domain === UNKNOWN || /^[^\s@]+$/u.test(domain)) return [];
  const detail = `"${printable(domain)}" is not the domain of an e-mail address. Write what follows the @, such as example.com.`;
  return [invalid("email_domain", detail)];
}

function validateTime(config: UsersModel, name: Name, words: readonly string[] = []): Diagnostic[] {
  const value = config[name];
  if (typeof value !== "string" || words.includes(value) || parseTime(value) !== undefined) return [];
  const otherwise = words.map((word) => `, or "${word}"`).join("");
  const detail = `"${printable(value)}" is not a time with a time zone. Write it as 2026-05-30T00:00:00Z${otherwise}, or compute it: timeadd(plantimestamp(), "-4320h").`;
  return [invalid(name, detail)];
}

/** Attributes that have an effect only together with another one. */
function validateCompanions(config: UsersModel): Diagnostic[] {
  const needs = (name: Name, other: Name, also = "") =>
    isGiven(config, name) &&
    config[name] !== false &&
    config[name] !== UNKNOWN &&
    !isGiven(config, other) &&
    problem(name, `${name} needs ${other}`, `Give ${other} too${also}, or remove ${name}.`);
  return compact(
    needs("department_id", "organization_code", ", the code of the organization"),
    needs("organization_code", "department_id", ', such as "root" for the whole organization'),
    needs("include_child_departments", "department_id"),
    needs("include_never_logged_in", "last_login_before", " with a time"),
    needs("ignore_missing", "ids"),
    config.include_never_logged_in === true &&
      config.last_login_before === NEVER &&
      problem(
        "include_never_logged_in",
        "include_never_logged_in has no effect",
        `last_login_before = "${NEVER}" selects only these users. Remove one of the two.`,
      ),
  );
}
