import { error, type DataRequest, type DataResponse, type Diagnostic } from "../../plugin";
import { printable, singleLine } from "../../text";
import {
  count,
  type Criteria,
  describeIds,
  idsOfUser,
  isUserIdType,
  parseTime,
  readRecords,
  type Resolution,
  searchUsers,
  UserIdType,
  userIdKey,
  type SearchRecord,
  withoutRefusedCharacters,
} from "../../users";
import type { ProviderContext, UserPool } from "../context";
import { NEVER, type UsersModel, type usersSchema } from "./schema";
import { validateUsers } from "./validate";

type Request = DataRequest<typeof usersSchema, ProviderContext>;
type Response = DataResponse<typeof usersSchema>;

/** A user of the result. */
interface Entry {
  readonly userId: string;
  readonly name?: string;
  /** Absent if no details are asked for. */
  readonly record?: SearchRecord;
}

/** The users by id, or why there is no result. */
type Result = ReadonlyMap<string, Entry> | Diagnostic;

/** Reads the users whom a block selects. A result that may lack somebody is an error. */
export async function readUsersSource({ config, context }: Request): Promise<Response> {
  // Values that were not known at validation are known now.
  const invalid = validateUsers(config);
  if (invalid.length > 0) return { state: null, diagnostics: invalid };
  const { pool } = context;
  if (!pool) return { state: null, diagnostics: [NO_POOL] };
  const result =
    config.ids === null ? await search(config, pool, context) : await lookUp(config, pool, context);
  if ("severity" in result) return { state: null, diagnostics: [result] };
  return { state: stateOf(config, result), diagnostics: [] };
}

const NO_POOL = error(
  "The users cannot be read yet",
  "The provider's configuration refers to a value that is not known before apply, so no user could be looked up. First apply what it comes from (-target).",
);

function idTypeOf({ user_id_type: type }: UsersModel): UserIdType {
  return typeof type === "string" && isUserIdType(type) ? type : UserIdType.USER_ID;
}

async function search(config: UsersModel, pool: UserPool, context: ProviderContext): Promise<Result> {
  const source = textOf(config.identity_source);
  const found = await searchUsers(
    pool.list,
    { criteria: criteriaOf(config), type: idTypeOf(config), source },
    { stop: context.stop, onProgress: context.progress.begin("genauth_users: listing users") },
  );
  if (!found.ok) return error(found.problem.summary, found.problem.detail);
  return new Map([...found.users].map(([id, record]) => [id, entryOf(record)]));
}

function entryOf(record: SearchRecord): Entry {
  return { userId: record.userId, record, name: record.name };
}

function criteriaOf(config: UsersModel): Criteria {
  const status = textOf(config.status);
  const emailDomain = textOf(config.email_domain);
  const departmentId = textOf(config.department_id);
  const lastLogin = textOf(config.last_login_before);
  const lastLoginBefore = parseTime(lastLogin ?? "");
  const createdBefore = parseTime(textOf(config.created_before) ?? "");
  return {
    status,
    emailDomain,
    ...(departmentId !== undefined && {
      department: {
        organizationCode: textOf(config.organization_code) ?? "",
        departmentId,
        withChildren: config.include_child_departments === true,
      },
    }),
    ...(lastLogin === NEVER && { lastLogin: NEVER }),
    ...(lastLoginBefore !== undefined && {
      lastLogin: { before: lastLoginBefore, orNever: config.include_never_logged_in === true },
    }),
    createdBefore,
  };
}

function textOf(value: UsersModel["status"]): string | undefined {
  return typeof value === "string" ? value : undefined;
}

async function lookUp(config: UsersModel, pool: UserPool, context: ProviderContext): Promise<Result> {
  const { ids } = config;
  const asked = Array.isArray(ids) ? ids.filter((id): id is string => typeof id === "string") : [];
  const resolutions = await pool.lookUps.resolve(asked, idTypeOf(config), {
    stop: context.stop,
    onProgress: context.progress.begin("genauth_users: looking up users"),
  });
  const problem = findProblem(resolutions, config);
  if (problem) return problem;
  const entries = new Map<string, Entry>();
  const byUserId = new Map<string, string>();
  for (const [id, found] of resolutions) {
    if (found.kind !== "found") continue;
    const { userId, user } = found;
    const twin = byUserId.get(userIdKey(userId));
    if (twin !== undefined) return sameUser(twin, id);
    byUserId.set(userIdKey(userId), id);
    entries.set(id, { userId, name: user.name });
  }
  if (config.with_details !== true) return entries;
  const read = await readRecords(
    pool.list,
    [...entries.values()].map(({ userId }) => userId),
    context.stop,
  );
  if (!read.ok) return error("The details of the users cannot be read", read.failure.message);
  return new Map([...entries.keys()].map((id, at) => [id, entryOf(read.value[at] as SearchRecord)]));
}

function findProblem(
  resolutions: ReadonlyMap<string, Resolution>,
  { ignore_missing, user_id_type }: UsersModel,
): Diagnostic | undefined {
  const idsOf = (kind: Resolution["kind"]): string[] =>
    [...resolutions].flatMap(([id, found]) => (found.kind === kind ? [id] : []));
  const path = [{ attribute: "ids" }] as const;
  const list = (ids: readonly string[]): string => describeIds(ids, new Map());
  const undecided = idsOf("undecided");
  for (const found of resolutions.values()) {
    if (found.kind !== "undecided") continue;
    const detail = `${found.failure.message} Not looked up:\n${list(undecided)}`;
    return error(`${count(undecided.length, "user")} could not be looked up`, detail, path);
  }
  const several = idsOf("several");
  if (several.length > 0) {
    const detail = `Correct them in GenAuth, or use another user_id_type:\n${list(several)}`;
    return error(`${count(several.length, "id")} with more than one user in GenAuth`, detail, path);
  }
  const absent = idsOf("absent");
  if (absent.length === 0 || ignore_missing === true) return undefined;
  const detail = `No user has these ids (user_id_type is ${printable(String(user_id_type))}). Correct them, or set ignore_missing = true to leave them out:\n${list(absent)}`;
  return error(`${count(absent.length, "id")} without a user in GenAuth`, detail, path);
}

function sameUser(one: string, other: string): Diagnostic {
  const detail = `"${printable(one)}" and "${printable(other)}" name the same user in GenAuth. Keep one of them.`;
  return error("The same user twice", detail, [{ attribute: "ids" }]);
}

function stateOf(config: UsersModel, result: ReadonlyMap<string, Entry>): UsersModel {
  const sorted = [...result].sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    ...config,
    ids: sorted.map(([id]) => id),
    users: new Map(sorted.map(([id, { name = "" }]) => [id, labelOf(name)])),
    user_count: sorted.length,
    details:
      config.with_details === true
        ? new Map(sorted.flatMap(([id, { record }]) => (record ? [[id, detailsOf(record)]] : [])))
        : null,
  };
}

/** The name as a label of a set may be written. */
function labelOf(name: string): string {
  return withoutRefusedCharacters(singleLine(name)).trim();
}

function detailsOf(record: SearchRecord) {
  const { shown } = record;
  const [phone] = idsOfUser(record, UserIdType.PHONE);
  return {
    user_id: record.userId,
    status: record.status ?? null,
    email: record.email ?? null,
    phone: phone ?? null,
    username: record.username ?? null,
    external_id: record.externalId ?? null,
    last_login: shown.lastLogin === null ? NEVER : (shown.lastLogin ?? null),
    created_at: shown.createdAt ?? null,
  };
}
