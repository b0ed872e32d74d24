import * as z from "zod";
import type { Permission } from "../admission";
import { type Answer, type Parameters, refusal, success } from "../answer";
import type { EmulatedUserPool } from "../pool";
import { isIdType } from "../pool-user";
import type { PoolUser } from "../pool-user";

/** One call of the Management API. */
export interface Endpoint<Name extends string = string> {
  /** The last part of its path below `/api/v3/`. */
  readonly name: Name;
  readonly method: "GET" | "POST";
  /** What a key needs for the call, beside reading; default nothing. */
  readonly permission?: Permission;
  /** The ids by which a request names users; omitted if the call names none. */
  subjects?(parameters: Parameters): readonly string[];
  /** Checks the parameters, carries the call out and answers. */
  run(parameters: Parameters, context: CallContext): Answer;
}

/** An endpoint with the schema of its parameters, and its answer to valid ones. */
interface EndpointDefinition<T, Name extends string> extends Omit<Endpoint<Name>, "run"> {
  readonly parameters: z.ZodType<T>;
  readonly answer: (parameters: T, context: CallContext) => Answer;
}

/** Makes an endpoint that checks parameters as strictly as the API does: invalid ones give `400`. */
export function defineEndpoint<T, Name extends string>({
  parameters,
  answer,
  ...endpoint
}: EndpointDefinition<T, Name>): Endpoint<Name> {
  return {
    ...endpoint,
    run(given, context) {
      const result = parameters.safeParse(given);
      return result.success
        ? answer(result.data, context)
        : refusal(400, `Parameter check failed: ${z.prettifyError(result.error)}`);
    },
  };
}

/** The state and settings that a call works with. */
export interface CallContext {
  readonly pool: EmulatedUserPool;
  /** The server's time, in milliseconds since 1970. */
  readonly now: () => number;
  /** The tenant of the call, which sees no other users. */
  readonly tenantId: string | undefined;
}

/** The most ids in one call, and the most users on one page. */
export const MAX_BATCH = 50;

export const idType = z.string().refine(isIdType, "unknown userIdType");

export const queryFlag = z
  .enum(["true", "false"])
  .default("false")
  .transform((flag) => flag === "true");

export const batchOfIds = z.array(z.string().min(1)).min(1).max(MAX_BATCH);

export const queryNumber = z.string().regex(/^\d+$/).transform(Number);

/** Which page of a list a query asks for. */
export const queryPage = {
  page: queryNumber.pipe(z.number().min(1)).default(1),
  limit: queryNumber.pipe(z.number().min(1).max(MAX_BATCH)).default(10),
} as const;

/** Answers with one page of what was found. */
export function answerPage<T>(
  found: readonly T[],
  { page, limit }: { readonly page: number; readonly limit: number },
  show: (item: T) => unknown,
): Answer {
  const list = found.slice((page - 1) * limit, page * limit).map(show);
  return success({ totalCount: found.length, list });
}

const Ids = z.array(z.string()).catch([]);

/** The ids in a request parameter that has not been checked yet; none if it holds anything else. */
export function idsAsked(parameter: unknown): readonly string[] {
  return Ids.parse(parameter);
}

/** Whether a call sees a user: with a tenant, only the users of that tenant. */
export function isVisible(user: PoolUser, { tenantId }: CallContext): boolean {
  return tenantId === undefined || user.tenantId === tenantId;
}

/** The optional parts of a user in an answer; default none. */
export interface Shown {
  readonly withIdentities?: boolean;
  readonly withCustomData?: boolean;
  readonly withDepartmentIds?: boolean;
}

/** A user in an answer: fields without a value are null. */
export function userDto(
  user: PoolUser,
  { pool }: CallContext,
  { withIdentities, withCustomData, withDepartmentIds }: Shown = {},
): Record<string, unknown> {
  const updatedAt = pool.updatedAt(user);
  return {
    userId: user.userId,
    createdAt: user.createdAt ?? CREATED_AT,
    updatedAt: updatedAt === undefined ? CREATED_AT : new Date(updatedAt).toISOString(),
    status: user.status ?? "Activated",
    statusChangedAt: user.statusChangedAt ?? null,
    workStatus: "Active",
    gender: "U",
    externalId: user.externalId ?? null,
    email: user.email ?? null,
    emailVerified: false,
    phone: user.phone ?? null,
    phoneCountryCode: user.phoneCountryCode ?? null,
    phoneVerified: false,
    username: user.username ?? null,
    name: user.name ?? null,
    nickname: user.nickname ?? null,
    tenantId: user.tenantId ?? null,
    userSourceType: "adminCreated",
    lastLogin: user.lastLogin ?? null,
    ...(withDepartmentIds && {
      departmentIds: (user.departments ?? []).flatMap(({ path }) => path.slice(-1)),
    }),
    ...(withCustomData && { customData: user.customData ?? {} }),
    ...(withIdentities && {
      identities: (user.identities ?? []).map((identity) => ({
        identityId: `${identity.extIdpId}-${identity.userIdInIdp}`,
        type: "openid",
        userInfoInIdp: {},
        originConnIds: [identity.extIdpId],
        ...identity,
      })),
    }),
  };
}

/** Nothing depends on when a user was created; one date gives the same answers in each run. */
const CREATED_AT = "2024-01-01T00:00:00.000Z";
