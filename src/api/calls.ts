import * as z from "zod";
import {
  ArchivedUserSchema,
  type Department,
  FullUserSchema,
  UserRecordSchema,
  UserSchema,
  type UserSearch,
  USERS_PER_PAGE,
} from "./users";

type Query = Readonly<Record<string, string | boolean | readonly string[]>>;

type Body = Readonly<Record<string, unknown>>;

/** One call of the Management API, before it is signed. */
export type ApiRequest =
  | {
      readonly method: "GET";
      /** Without host and query, such as `/api/v3/get-user`. */
      readonly path: string;
      readonly parameters: Query;
    }
  | { readonly method: "POST"; readonly path: string; readonly parameters: Body };

/** A call: what is sent, and the schema of the `data` of its answer. */
export interface Call<T> {
  readonly request: ApiRequest;
  /** A `change` is never sent again if the first one may have been carried out. */
  readonly kind: "read" | "change";
  /** What it does, for messages: "look up 50 users". */
  readonly operation: string;
  /** The users that the call names; logged at TRACE only. */
  readonly ids: readonly string[];
  readonly userIdType: string;
  readonly data: z.ZodType<T>;
}

/** No call asks for more than 50 users. An id may name several, but not so many. */
const MOST_IN_ANSWER = 1000;

/**
 * The users of an answer. They are counted before they are checked one by one: 300,000 checked users take 1.4 GB, which the whole process may
 * not have.
 */
function answered<T extends z.ZodType>(user: T) {
  return z.array(z.unknown()).max(MOST_IN_ANSWER).pipe(z.array(user));
}

/** A page of a list. */
export function pageOf<T extends z.ZodType>(user: T) {
  return z.object({ totalCount: z.number().int().min(0), list: answered(user) });
}

// Making a schema for each call would take longer than checking a user with it.
const Users = answered(UserSchema);
const FullUsers = answered(FullUserSchema);
const UserRecords = answered(UserRecordSchema);
const ChangedUsers = answered(z.object({ userId: z.string().min(1) }));
const UserPage = pageOf(UserSchema);
const UserRecordPage = pageOf(UserRecordSchema);
const ArchivedUserPage = pageOf(ArchivedUserSchema);

/** What a deletion answers. Only an explicit `false` is a failure that GenAuth is known to send. */
const Deletion = z.object({ success: z.boolean().nullish() }).nullish();

/** `GET /api/v3/get-user-batch`. */
export function getUserBatch(userIds: readonly string[], userIdType: string) {
  return {
    request: {
      method: "GET",
      path: "/api/v3/get-user-batch",
      parameters: { userIds, userIdType, withIdentities: true },
    },
    kind: "read",
    operation: `look up ${users(userIds.length)}`,
    ids: userIds,
    userIdType,
    data: Users,
  } satisfies Call<unknown>;
}

/** `GET /api/v3/get-user-batch`, with all fields that GenAuth shows. */
export function getFullUsers(userIds: readonly string[], userIdType = "user_id") {
  const { request, ...call } = getUserBatch(userIds, userIdType);
  return {
    ...call,
    request: {
      ...request,
      parameters: { ...request.parameters, withCustomData: true, withDepartmentIds: true },
    },
    operation: `read all fields of ${users(userIds.length)}`,
    data: FullUsers,
  } satisfies Call<unknown>;
}

/** `GET /api/v3/get-user-batch`, with the fields that a search shows. */
export function getUserRecords(userIds: readonly string[]) {
  return { ...getUserBatch(userIds, "user_id"), data: UserRecords } satisfies Call<unknown>;
}

/** `GET /api/v3/get-user`. */
export function getUser(userId: string, userIdType: string) {
  return {
    request: {
      method: "GET",
      path: "/api/v3/get-user",
      parameters: { userId, userIdType, withIdentities: true },
    },
    kind: "read",
    operation: "look up a user",
    ids: [userId],
    userIdType,
    data: UserSchema,
  } satisfies Call<unknown>;
}

/** `POST /api/v3/list-users`: one page, in an order that stays the same while users are added. */
export function listUsersPage({ keywords, conditions = [] }: UserSearch, page: number) {
  return {
    request: {
      method: "POST",
      path: "/api/v3/list-users",
      parameters: {
        ...(keywords !== undefined && { keywords }),
        ...(conditions.length > 0 && { advancedFilter: conditions }),
        options: {
          pagination: { page, limit: USERS_PER_PAGE },
          sort: [{ field: "createdAt", order: "asc" }],
          withIdentities: true,
        },
      },
    },
    kind: "read",
    operation: `list page ${page} of the users`,
    ids: [],
    userIdType: "",
    data: UserPage,
  } satisfies Call<unknown>;
}

/** The same page, with the fields that a search can be checked by. */
export function listUserRecordsPage(search: UserSearch, page: number) {
  return { ...listUsersPage(search, page), data: UserRecordPage } satisfies Call<unknown>;
}

/** `GET /api/v3/list-department-members`: one page, in an order that stays the same. */
export function listDepartmentMembersPage(department: Department, page: number) {
  return {
    request: {
      method: "GET",
      path: "/api/v3/list-department-members",
      parameters: {
        organizationCode: department.organizationCode,
        departmentId: department.departmentId,
        departmentIdType: "department_id",
        includeChildrenDepartments: department.withChildren,
        sortBy: "userId",
        orderBy: "Asc",
        page: String(page),
        limit: String(USERS_PER_PAGE),
        withIdentities: true,
        withDepartmentIds: true,
      },
    },
    kind: "read",
    operation: `list page ${page} of the members of the department`,
    ids: [],
    userIdType: "",
    data: UserRecordPage,
  } satisfies Call<unknown>;
}

/**
 * `GET /api/v3/list-archived-users`: one page.
 *
 * @param since in seconds since 1970
 */
export function listArchivedUsersPage(since: number, page: number) {
  return {
    request: {
      method: "GET",
      path: "/api/v3/list-archived-users",
      parameters: { page: String(page), limit: String(USERS_PER_PAGE), startAt: String(since) },
    },
    kind: "read",
    operation: `list page ${page} of the deleted users`,
    ids: [],
    userIdType: "",
    data: ArchivedUserPage,
  } satisfies Call<unknown>;
}

/** `POST /api/v3/delete-users-batch`. */
export function deleteUsersBatch(userIds: readonly string[], userIdType: string) {
  return {
    request: {
      method: "POST",
      path: "/api/v3/delete-users-batch",
      parameters: { userIds, options: { userIdType } },
    },
    kind: "change",
    operation: `delete ${users(userIds.length)}`,
    ids: userIds,
    userIdType,
    data: Deletion,
  } satisfies Call<unknown>;
}

/** What GenAuth calls the status, and what a message calls the change to it. */
const STATUS_CHANGES = { Suspended: "suspend", Activated: "reactivate" } as const;

/** `POST /api/v3/update-user-batch`, with nothing but the status: every other field of an item would change too. */
export function updateUserBatch(userIds: readonly string[], status: keyof typeof STATUS_CHANGES) {
  return {
    request: {
      method: "POST",
      path: "/api/v3/update-user-batch",
      parameters: { list: userIds.map((userId) => ({ userId, status })) },
    },
    kind: "change",
    operation: `${STATUS_CHANGES[status]} ${users(userIds.length)}`,
    ids: userIds,
    userIdType: "user_id",
    // The users after the change. Only a look-up confirms it, so nothing else of them is read.
    data: ChangedUsers,
  } satisfies Call<unknown>;
}

function users(count: number): string {
  return count === 1 ? "a user" : `${count} users`;
}

/** The path with the query. Arrays are written `key[]=a&key[]=b`, as GenAuth's own client writes them. */
export function writeTarget({ method, path, parameters }: ApiRequest): string {
  return method === "GET" ? `${path}?${writeQuery(parameters)}` : path;
}

/** The JSON body of a POST; nothing for a GET. */
export function writeBody({ method, parameters }: ApiRequest): string | undefined {
  return method === "POST" ? JSON.stringify(parameters) : undefined;
}

function writeQuery(parameters: Query): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(parameters)) {
    if (typeof value === "object") for (const item of value) query.append(`${key}[]`, item);
    else query.append(key, String(value));
  }
  return query.toString();
}

/**
 * How much of a URL the ids of one look-up may take, in characters. Web servers usually limit the whole request line to
 * 8 KiB (the default of nginx and Apache); host, path and proxies need the rest.
 */
export const MAX_IDS_LENGTH = 6000;

/** The length of `userIds%5B%5D=` before each id, and of the `&` between two ids, in characters. */
const NAME_LENGTH = 15;

/**
 * Splits ids into runs that each fit into a URL. Fifty ids of usual length stay together; fifty long or non-Latin ones
 * may not.
 */
export function splitForUrl(ids: readonly string[]): readonly (readonly string[])[] {
  if (ids.length > 0 && certainlyFitUrl(ids)) return [ids];
  const runs: string[][] = [];
  let left = 0;
  for (const id of ids) {
    const length = new URLSearchParams([["userIds[]", id]]).toString().length + 1;
    left -= length;
    if (left >= 0) runs.at(-1)?.push(id);
    else {
      runs.push([id]);
      left = MAX_IDS_LENGTH - length;
    }
  }
  return runs;
}

/** Spares nearly all calls the encoding of their ids: each byte takes at most three characters. */
function certainlyFitUrl(ids: readonly string[]): boolean {
  return ids.reduce((length, id) => length + NAME_LENGTH + 3 * Buffer.byteLength(id), 0) <= MAX_IDS_LENGTH;
}
