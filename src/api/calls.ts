import * as z from "zod";
import { ArchivedUserSchema, FullUserSchema, UserRecordSchema, UserSchema, USERS_PER_PAGE } from "./users";

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
 * The users of an answer. They are counted before they are checked one by one: 300,000 checked users take 1.4
 * GB, which the whole process may not have.
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

/** What the `data` of an answer holds that says that a change was made, by the path of the call. */
export const CHANGE_DATA = new Map<string, z.ZodType>([
  ["/api/v3/delete-users-batch", Deletion],
  ["/api/v3/update-user-batch", ChangedUsers],
]);

/** A call that changes nothing. */
export type ReadCall<T> = Call<T> & { readonly kind: "read" };

/** What a call does, and about which users; default nobody in particular. */
type Purpose<T> = Pick<Call<T>, "operation" | "data"> & Partial<Pick<Call<T>, "ids" | "userIdType">>;

const FOR_NOBODY = { ids: [], userIdType: "" };

/** A call that reads, by its name. */
export function getCall<T>(name: string, parameters: Query, purpose: Purpose<T>): ReadCall<T> {
  const request = { method: "GET", path: `/api/v3/${name}`, parameters } as const;
  return { request, kind: "read", ...FOR_NOBODY, ...purpose };
}

/** A call that has a body, by its name. */
export function postCall<T, K extends "read" | "change">(
  kind: K,
  name: string,
  parameters: Body,
  purpose: Purpose<T>,
): Call<T> & { readonly kind: K } {
  const request = { method: "POST", path: `/api/v3/${name}`, parameters } as const;
  return { request, kind, ...FOR_NOBODY, ...purpose };
}

/** Looks up users. */
export function getUserBatch(ids: readonly string[], userIdType: string) {
  return getCall(
    "get-user-batch",
    { userIds: ids, userIdType, withIdentities: true },
    { operation: `look up ${users(ids.length)}`, ids, userIdType, data: Users },
  );
}

/** Looks up users, with all fields that GenAuth shows. */
export function getFullUsers(ids: readonly string[]) {
  const userIdType = "user_id";
  return getCall(
    "get-user-batch",
    { userIds: ids, userIdType, withIdentities: true, withCustomData: true, withDepartmentIds: true },
    { operation: `read all fields of ${users(ids.length)}`, ids, userIdType, data: FullUsers },
  );
}

/** Looks up users, with the fields that the data source returns. */
export function getUserRecords(ids: readonly string[]) {
  return { ...getUserBatch(ids, "user_id"), data: UserRecords };
}

/** Looks up one user. */
export function getUser(userId: string, userIdType: string) {
  return getCall(
    "get-user",
    { userId, userIdType, withIdentities: true },
    { operation: "look up a user", ids: [userId], userIdType, data: UserSchema },
  );
}

/** Lists one page of users, in an order that stays the same while users are added. */
export function listUsersPage(page: number) {
  return postCall(
    "read",
    "list-users",
    {
      options: {
        pagination: { page, limit: USERS_PER_PAGE },
        sort: [{ field: "createdAt", order: "asc" }],
        withIdentities: true,
      },
    },
    { operation: `list page ${page} of the users`, data: UserPage },
  );
}

/** The same page of all users, with the fields that the data source returns. */
export function listUserRecordsPage(page: number) {
  return { ...listUsersPage(page), data: UserRecordPage };
}

/**
 * Lists one page of the deleted users.
 *
 * @param since in seconds since 1970
 */
export function listArchivedUsersPage(since: number, page: number) {
  return getCall(
    "list-archived-users",
    { ...pageQuery(page), startAt: String(since) },
    { operation: `list page ${page} of the deleted users`, data: ArchivedUserPage },
  );
}

/** The page of a list, in a query. */
export function pageQuery(page: number): Query {
  return { page: String(page), limit: String(USERS_PER_PAGE) };
}

/** Deletes users. */
export function deleteUsersBatch(ids: readonly string[], userIdType: string) {
  return postCall(
    "change",
    "delete-users-batch",
    { userIds: ids, options: { userIdType } },
    { operation: `delete ${users(ids.length)}`, ids, userIdType, data: Deletion },
  );
}

/** What GenAuth calls the status, and what a message calls the change to it. */
const STATUS_CHANGES = { Suspended: "suspend", Activated: "reactivate" } as const;

/** Sets nothing but the status of users: every other field of an item would change too. */
export function updateUserBatch(ids: readonly string[], status: keyof typeof STATUS_CHANGES) {
  return postCall(
    "change",
    "update-user-batch",
    { list: ids.map((userId) => ({ userId, status })) },
    // The users after the change. Only a look-up confirms it, so nothing else of them is read.
    {
      operation: `${STATUS_CHANGES[status]} ${users(ids.length)}`,
      ids,
      userIdType: "user_id",
      data: ChangedUsers,
    },
  );
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
 * How much of a URL the ids of one look-up may take, in characters. Web servers usually limit the whole
 * request line to 8 KiB (the default of nginx and Apache); host, path and proxies need the rest.
 */
export const MAX_IDS_LENGTH = 6000;

/**
 * Splits ids into runs that each fit into a URL. Fifty ids of usual length stay together; fifty long or
 * non-Latin ones may not.
 */
export function splitForUrl(ids: readonly string[]): readonly (readonly string[])[] {
  const runs: string[][] = [];
  let left = 0;
  for (const id of ids) {
    // With the `&` before the next one.
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
