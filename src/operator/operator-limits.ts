import { readFileSync } from "node:fs";
import * as z from "zod";
import { originOf } from "../api/host";
import { decodeUtf8, printable } from "../text";
import { checkOperatorsId, USER_ID_TYPES, UserIdType } from "../users";
import type { SettingProblem } from "./settings";

/**
 * Limits that the pipeline's owner sets in the environment. A pull request can change the guards of its
 * configuration, but not these.
 */
export interface OperatorLimits {
  /** `GENAUTH_ALLOWED_HOSTS`, separated by commas: the hosts that a run may call. Absent: any. */
  readonly allowedHosts?: readonly string[];
  /** `GENAUTH_MAX_DELETIONS`: deletions and suspensions of all sets of one run together. Absent: no limit. */
  readonly maxDeletions?: number;
  /**
   * `GENAUTH_PROTECTED_USERS_FILE`: a JSON file, id type -> list of ids, or patterns such as
   * `*@contractors.example`, that are never deleted.
   */
  readonly protectedUsers: ReadonlyMap<UserIdType, readonly string[]>;
  /** `GENAUTH_ACCEPT_EMPTY_POOL=1`: accept that none of the users found before is found now. */
  readonly acceptEmptyPool: boolean;
  /** `GENAUTH_MIN_SUSPEND_DAYS`: the least `suspend_days` of a set. Absent: 0. */
  readonly minSuspendDays?: number;
  /** `GENAUTH_DUE_DELETIONS=hold`: nobody who waits is deleted, even if the day has come. Default `false`. */
  readonly holdDueDeletions?: boolean;
}

const ids = z.array(z.string().min(1)).optional();

/** No `z.record`: it drops the key `__proto__` without a word. */
const protectedUsersFile = z.strictObject(
  Object.fromEntries(USER_ID_TYPES.map((type) => [type, ids])) as Record<UserIdType, typeof ids>,
);

/** Reads the limits. A limit that cannot be read is an error: it must never be taken for no limit. */
export function readOperatorLimits(environment: NodeJS.ProcessEnv): {
  limits: OperatorLimits;
  problems: SettingProblem[];
} {
  const problems: SettingProblem[] = [];
  const hosts = environment["GENAUTH_ALLOWED_HOSTS"];
  const file = environment["GENAUTH_PROTECTED_USERS_FILE"];
  const maxDeletions = readWholeNumber("GENAUTH_MAX_DELETIONS", environment, problems);
  const minSuspendDays = readWholeNumber("GENAUTH_MIN_SUSPEND_DAYS", environment, problems);
  const due = environment["GENAUTH_DUE_DELETIONS"];
  if (due && due !== "hold") {
    problems.push({
      summary: "Invalid GENAUTH_DUE_DELETIONS",
      detail: `"${printable(due)}" is not "hold". To delete the users who are due, remove the variable.`,
    });
  }
  let protectedUsers = new Map<UserIdType, readonly string[]>();
  if (file) {
    try {
      protectedUsers = readProtectedUsers(file);
    } catch (cause) {
      problems.push({
        summary: "Cannot read GENAUTH_PROTECTED_USERS_FILE",
        detail: `The file must be JSON such as {"email": ["admin@example.com"]}. ${reasonOf(cause)} Nothing is planned or applied without it.`,
      });
    }
  }
  const limits: OperatorLimits = {
    allowedHosts: hosts ? hosts.split(",").map(originOf).filter(Boolean) : undefined,
    maxDeletions,
    protectedUsers,
    acceptEmptyPool: environment["GENAUTH_ACCEPT_EMPTY_POOL"] === "1",
    minSuspendDays,
    holdDueDeletions: due === "hold",
  };
  return { limits, problems };
}

function readWholeNumber(
  variable: string,
  environment: NodeJS.ProcessEnv,
  problems: SettingProblem[],
): number | undefined {
  const text = environment[variable];
  if (!text) return undefined;
  const number = Number(text);
  if (!(Number.isInteger(number) && number >= 0)) {
    problems.push({
      summary: `Invalid ${variable}`,
      detail: `"${printable(text)}" is not a whole number of 0 or more. The pipeline's owner must correct it.`,
    });
  }
  return number;
}

/** @throws Error if the file is missing or malformed, or holds an invalid id, which would protect nobody */
function readProtectedUsers(file: string): Map<UserIdType, readonly string[]> {
  const text = decodeUtf8(readFileSync(file));
  if (text === undefined) throw new Error("It is not UTF-8 text: save it as UTF-8");
  const listed = protectedUsersFile.parse(JSON.parse(text));
  refuseRepeatedKeys(text);
  const byType = new Map(USER_ID_TYPES.map((type) => [type, listed[type] ?? []]));
  for (const [type, its] of byType) {
    const problem = its.map((id) => checkOperatorsId(id, type)).find(Boolean);
    if (problem) throw new Error(problem);
  }
  return byType;
}

/**
 * If a JSON object contains a key twice, the parser drops the first value: those users would silently lose
 * their protection.
 */
function refuseRepeatedKeys(json: string): void {
  const texts = json.matchAll(/("(?:[^"\\]|\\.)*")\s*(:?)/g);
  const keys = [...texts].flatMap(([, text = "", colon]) => (colon ? [String(JSON.parse(text))] : []));
  const repeated = keys.find((key, index) => keys.indexOf(key) !== index);
  if (repeated !== undefined) throw new Error(`It names ${repeated} twice: put its ids into one list.`);
}

/** Returns an error if the operator does not allow calls to this host. */
export function checkAllowedHost(host: string, limits: OperatorLimits): SettingProblem[] {
  if (!limits.allowedHosts || limits.allowedHosts.includes(originOf(host))) return [];
  return [
    {
      summary: "Host not allowed",
      detail: `This pipeline's GENAUTH_ALLOWED_HOSTS does not list ${host}. Use one of: ${limits.allowedHosts.join(", ")}; or ask the pipeline's owner.`,
      attribute: "host",
    },
  ];
}

function reasonOf(cause: unknown): string {
  if (cause instanceof z.ZodError) {
    const issue = cause.issues[0];
    return `At ${issue?.path.join(".") || "the top"}: ${issue?.message ?? "not of this form"}.`;
  }
  return cause instanceof Error ? `${cause.message.replace(/\.$/, "")}.` : "";
}
