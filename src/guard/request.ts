import * as z from "zod";
import type { ApiRequest } from "../api";
import { singleLine } from "../text";
import { MAX_IDS_PER_CALL, UserIdType } from "../users";
import type { Change } from "./approval";
import { type Refused, refuse } from "./ruling";

/** A change of users. */
export interface ChangeRequest {
  readonly kind: Change;
  /** Each once. */
  readonly ids: readonly string[];
  readonly type: UserIdType;
}

/**
 * A request of which the guard knows what it does. What is signed is written anew from it
 * (docs/guides/trust.md, A2).
 */
export interface KnownRequest {
  readonly request: ApiRequest;
  /** Absent of a call that only reads. */
  readonly change: ChangeRequest | undefined;
}

/** What can be written as a query, and as a body. */
const Query = z.record(z.string(), z.union([z.string(), z.boolean(), z.array(z.string())]));
const Body = z.record(z.string(), z.unknown());

/** In characters: longer than any id of this project. */
const Id = z.string().min(1).max(2000);

const Deletion = z.strictObject({
  userIds: z
    .array(Id)
    .min(1)
    .max(MAX_IDS_PER_CALL)
    .refine((ids) => isEachOnce(ids), "an id that appears twice"),
  options: z.strictObject({ userIdType: z.enum(UserIdType) }),
});

/**
 * One status for all, and nothing but the status, by system user id: every other field would change the user,
 * too.
 */
const StatusChange = z.strictObject({
  list: z
    .array(z.strictObject({ userId: Id, status: z.enum(["Suspended", "Activated"]) }))
    .min(1)
    .max(MAX_IDS_PER_CALL)
    .refine((list) => isEachOnce(list.map(({ userId }) => userId)), "a user who appears twice")
    .refine((list) => new Set(list.map(({ status }) => status)).size === 1, "several statuses"),
});

function isEachOnce(ids: readonly string[]): boolean {
  return new Set(ids).size === ids.length;
}

/** Checks a request's parameters. */
type Check = (path: string, parameters: unknown) => KnownRequest | Refused;

function known<T>(
  method: ApiRequest["method"],
  schema: z.ZodType<T>,
  changeOf: (parameters: T) => ChangeRequest | undefined = () => undefined,
): Check {
  return (path, parameters) => {
    const { data, error } = schema.safeParse(parameters);
    const [issue] = error?.issues ?? [];
    if (issue?.code === "custom") return refuse(`the call has ${issue.message}`);
    // Without the path of the part: it may hold what the caller wrote.
    if (issue) return refuse(`the call has a part that the guard does not know (${issue.code})`);
    return { request: { method, path, parameters: data } as ApiRequest, change: changeOf(data as T) };
  };
}

const readByQuery = known("GET", Query);
const readByBody = known("POST", Body);

/**
 * All calls that pass at all, by their paths. Of a call that reads, the path decides: whatever it asks for,
 * GenAuth changes nothing.
 */
const CALLS: ReadonlyMap<string, Check> = new Map([
  ["/api/v3/get-user", readByQuery],
  ["/api/v3/get-user-batch", readByQuery],
  ["/api/v3/list-archived-users", readByQuery],
  ["/api/v3/list-users", readByBody],
  [
    "/api/v3/delete-users-batch",
    known("POST", Deletion, ({ userIds, options }) => ({
      kind: "deletion",
      ids: userIds,
      type: options.userIdType,
    })),
  ],
  [
    "/api/v3/update-user-batch",
    known("POST", StatusChange, ({ list }) => ({
      kind: list.some(({ status }) => status === "Suspended") ? "suspension" : "reactivation",
      ids: list.map(({ userId }) => userId),
      type: UserIdType.USER_ID,
    })),
  ],
]);

/** Checks a request. @returns why it is refused, if the guard does not know everything that it does (A2) */
export function checkRequest(path: string, parameters: unknown): KnownRequest | Refused {
  const check = CALLS.get(path);
  return check
    ? check(path, parameters)
    : refuse(`the guard does not know the call ${singleLine(path).slice(0, 100)}`);
}
