import { compact } from "../../lists";
import { parseTime } from "../../timing";
import type { Condition, SearchDepartment, SearchRecord } from "./record-list";

/** Which users a search is for. All that are given must hold. */
export interface Criteria {
  /** The status, as GenAuth writes it. */
  readonly status?: string;
  /** What follows the last `@` of the e-mail address; upper and lower case are alike. */
  readonly emailDomain?: string;
  readonly department?: SearchDepartment;
  /** `never`: who has never logged in. Times are milliseconds since 1970. */
  readonly lastLogin?: "never" | { readonly before: number; readonly orNever: boolean };
  /** Milliseconds since 1970. */
  readonly createdBefore?: number;
}

/**
 * The criteria that GenAuth checks itself, which makes the list shorter. These are the ones for which its documentation
 * gives the exact form; a search for another one might leave users out without a sign.
 */
export function conditionsOf({ status, emailDomain }: Criteria): Condition[] {
  return compact<Condition>(
    status !== undefined && { field: "status", operator: "EQUAL", value: status },
    emailDomain !== undefined && { field: "email", operator: "CONTAINS", value: `@${emailDomain}` },
  );
}

/** Whether a record meets the criteria; if it does not show a field that decides this, the name of the field. */
export type Verdict = boolean | { readonly unshown: string };

/** Checks a record by its own fields, whatever the service did with the conditions. */
export function checkRecord(record: SearchRecord, criteria: Criteria): Verdict {
  const verdicts = CHECKS.map((check) => check(record, criteria));
  if (verdicts.includes(false)) return false;
  return verdicts.find((verdict) => verdict !== true) ?? true;
}

type Check = (record: SearchRecord, criteria: Criteria) => Verdict;

const CHECKS: readonly Check[] = [
  ({ shown }, { status }) => status === undefined || ifShown("status", shown.status, (own) => own === status),
  ({ shown }, { emailDomain }) =>
    emailDomain === undefined ||
    ifShown("email", shown.email, (email) => email !== null && domainOf(email) === domainOf(emailDomain)),
  ({ shown }, { department }) =>
    department === undefined ||
    // GenAuth alone knows which departments are below another, and which one is the root.
    department.withChildren ||
    department.departmentId === ROOT ||
    ifShown("departmentIds", shown.departmentIds, (ids) => ids?.includes(department.departmentId) === true),
  ({ shown }, { lastLogin }) =>
    lastLogin === undefined ||
    ifShown("lastLogin", shown.lastLogin, (text) => {
      if (lastLogin === "never") return text === null;
      return text === null ? lastLogin.orNever : isBefore("lastLogin", text, lastLogin.before);
    }),
  ({ shown }, { createdBefore }) =>
    createdBefore === undefined ||
    ifShown("createdAt", shown.createdAt, (text) =>
      text === null ? { unshown: "createdAt" } : isBefore("createdAt", text, createdBefore),
    ),
];

const ROOT = "root";

function ifShown<T>(field: string, value: T | undefined, check: (value: T) => Verdict): Verdict {
  return value === undefined ? { unshown: field } : check(value);
}

function domainOf(email: string): string {
  return email
    .slice(email.lastIndexOf("@") + 1)
    .normalize("NFC")
    .toLowerCase();
}

function isBefore(field: string, text: string, limit: number): Verdict {
  const time = parseTime(text);
  return time === undefined ? { unshown: field } : time < limit;
}
