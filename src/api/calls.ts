import * as z from "zod";
import type { ApiRequest } from "./request";
import { type UserSearch, USERS_PER_PAGE } from "./user-search";
import { ArchivedUserSchema, UserRecordSchema, UserSchema } from "./user";

/** A call: what is sent, and how its answer's `data` is read. */
export interface Call<T> {
  readonly request: ApiRequest;
  /** `delete` is what must never be sent twice when the first may have been carried out. */
  readonly kind: "read" | "delete";
  /** What it does, for messages: "look 50 users up". */
  readonly deed: string;
  /** The users named; told to the log at its finest level only. */
  readonly ids: readonly string[];
  readonly userIdType: string;
  readonly data: z.ZodType<T>;
}

/** What a deletion answers. Only an explicit `false` is a failure that GenAuth is known to send. */
export const Deletion = z.object({ success: z.boolean().nullish() }).nullish();

/** `GET /api/v3/get-user-batch`. */
export function getUserBatch(userIds: readonly string[], userIdType: string) {
  return {
    request: {
      method: "GET",
      path: "/api/v3/get-user-batch",
      parameters: { userIds, userIdType, withIdentities: true },
    },
    kind: "read",
    deed: `look ${users(userIds.length)} up`,
    ids: userIds,
    userIdType,
    data: z.array(UserSchema),
  } satisfies Call<unknown>;
}

/** `GET /api/v3/get-user-batch`, with all that GenAuth shows of a user. */
export function getUserRecords(userIds: readonly string[]) {
  const { request, ...call } = getUserBatch(userIds, "user_id");
  return {
    ...call,
    request: {
      ...request,
      parameters: { ...request.parameters, withCustomData: true, withDepartmentIds: true },
    },
    deed: `read the records of ${users(userIds.length)}`,
    data: z.array(UserRecordSchema),
  } satisfies Call<unknown>;
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
    deed: "look a user up",
    ids: [userId],
    userIdType,
    data: UserSchema,
  } satisfies Call<unknown>;
}

/** `POST /api/v3/list-users`: one page, in an order that does not change while users come. */
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
    deed: `list page ${page} of the users`,
    ids: [],
    userIdType: "",
    data: z.object({ totalCount: z.number().int().min(0), list: z.array(UserSchema) }),
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
    deed: `list page ${page} of the deleted users`,
    ids: [],
    userIdType: "",
    data: z.object({ totalCount: z.number().int().min(0), list: z.array(ArchivedUserSchema) }),
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
    kind: "delete",
    deed: `delete ${users(userIds.length)}`,
    ids: userIds,
    userIdType,
    data: Deletion,
  } satisfies Call<unknown>;
}

function users(count: number): string {
  return count === 1 ? "a user" : `${count} users`;
}
