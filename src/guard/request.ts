import * as z from "zod";
import { type ApiRequest, SEARCH_OPERATORS, USERS_PER_PAGE } from "../api";
import { singleLine } from "../text";
import { MAX_IDS_PER_CALL, UserIdType } from "../users";
import type { Change } from "./approval";
import { type Refused, refuse } from "./ruling";

/** In characters: longer than any id or search of this project. */
const text = z.string().max(2000);
const id = text.min(1);
const ids = z.array(id).min(1).max(MAX_IDS_PER_CALL);
const distinctIds = ids.refine((all) => new Set(all).size === all.length, "an id that appears twice");
const type = z.enum(UserIdType);
const flag = z.boolean().optional();
const number = z.string().regex(/^\d{1,12}$/);
const page = z.number().int().min(1);

const deletion = z.strictObject({ userIds: distinctIds, options: z.strictObject({ userIdType: type }) });

/** What a call that sets a status does. */
const CHANGE_TO = { Suspended: "suspension", Activated: "reactivation" } as const;

/** One status for all, and nothing but the status, by system user id: every other field would change the user, too. */
const statusChange = z.strictObject({
  list: z
    .array(z.strictObject({ userId: id, status: z.enum(["Suspended", "Activated"]) }))
    .min(1)
    .max(MAX_IDS_PER_CALL)
    .refine(
      (list) => new Set(list.map(({ userId }) => userId)).size === list.length,
      "a user who appears twice",
    )
    .refine((list) => new Set(list.map(({ status }) => status)).size === 1, "several statuses"),
});

/** A call with every parameter that this version of the package sends, and what it changes; default nothing. */
interface KnownCall {
  readonly method: ApiRequest["method"];
  readonly parameters: z.ZodType;
  readonly changeOf?: (parameters: unknown) => ChangeRequest | undefined;
}

const CALLS: Readonly<Record<string, KnownCall>> = {
  "/api/v3/get-user": {
    method: "GET",
    parameters: z.strictObject({ userId: id, userIdType: type, withIdentities: flag }),
  },
  "/api/v3/get-user-batch": {
    method: "GET",
    parameters: z.strictObject({
      userIds: ids,
      userIdType: type,
      withIdentities: flag,
      withCustomData: flag,
      withDepartmentIds: flag,
    }),
  },
  "/api/v3/list-archived-users": {
    method: "GET",
    parameters: z.strictObject({ page: number, limit: number, startAt: number }),
  },
  "/api/v3/list-department-members": {
    method: "GET",
    parameters: z.strictObject({
      organizationCode: text,
      departmentId: text,
      departmentIdType: z.literal("department_id"),
      includeChildrenDepartments: z.boolean(),
      sortBy: text,
      orderBy: text,
      page: number,
      limit: number,
      withIdentities: flag,
      withDepartmentIds: flag,
    }),
  },
  "/api/v3/list-users": {
    method: "POST",
    parameters: z.strictObject({
      keywords: text.optional(),
      advancedFilter: z
        .array(
          z.strictObject({
            field: text,
            operator: z.enum(SEARCH_OPERATORS),
            value: z.union([text, z.array(text).max(MAX_IDS_PER_CALL)]).optional(),
          }),
        )
        .max(MAX_IDS_PER_CALL)
        .optional(),
      options: z.strictObject({
        pagination: z.strictObject({ page, limit: page.max(USERS_PER_PAGE) }),
        sort: z
          .array(z.strictObject({ field: text, order: text }))
          .max(10)
          .optional(),
        withIdentities: flag,
      }),
    }),
  },
  "/api/v3/delete-users-batch": {
    method: "POST",
    parameters: deletion,
    changeOf: (parameters) => {
      const { userIds, options } = deletion.parse(parameters);
      return { kind: "deletion", ids: userIds, type: options.userIdType };
    },
  },
  "/api/v3/update-user-batch": {
    method: "POST",
    parameters: statusChange,
    changeOf: (parameters) => {
      const { list } = statusChange.parse(parameters);
      const [first] = list;
      const ids = list.map(({ userId }) => userId);
      return first && { kind: CHANGE_TO[first.status], ids, type: UserIdType.USER_ID };
    },
  },
};

/** A change of users. */
export interface ChangeRequest {
  readonly kind: Change;
  readonly ids: readonly string[];
  readonly type: UserIdType;
}

/** A request whose every part is known. What is signed is written anew from it. */
export interface KnownRequest {
  readonly request: ApiRequest;
  /** Absent of a call that only reads. */
  readonly change: ChangeRequest | undefined;
}

/** Checks a request. @returns why it is refused, if it differs from all that this version of the package sends */
export function checkRequest(path: string, parameters: unknown): KnownRequest | Refused {
  const call = Object.hasOwn(CALLS, path) ? CALLS[path] : undefined;
  if (!call) return refuse(`the guard does not know the call ${singleLine(path).slice(0, 100)}`);
  const { data, error } = call.parameters.safeParse(parameters);
  const [issue] = error?.issues ?? [];
  if (issue?.code === "custom") return refuse(`the call has ${issue.message}`);
  // Without the path of the part: it may hold what the caller wrote.
  if (issue) return refuse(`the call has a part that the guard does not know (${issue.code})`);
  const request = { method: call.method, path, parameters: data } as ApiRequest;
  return { request, change: call.changeOf?.(data) };
}
