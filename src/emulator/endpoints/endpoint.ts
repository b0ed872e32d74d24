import * as z from "zod";
import type { Tokens } from "../admission";
import type { Answer, Parameters } from "../messages";
import type { EmulatedUserPool } from "../pool";
import { isIdType } from "../pool-user";
import type { PoolIdType, PoolUser } from "../pool-user";

/** The calls that the emulator answers, by the last part of their path below `/api/v3/`. */
export type EndpointName =
  | "delete-users-batch"
  | "get-user-batch"
  | "get-user"
  | "create-users-batch"
  | "list-users"
  | "list-archived-users"
  | "get-management-token";

/** One call of the Management API. */
export interface Endpoint {
  readonly name: EndpointName;
  readonly method: "GET" | "POST";
  /** Whether it is answered without a signature or token; default no. */
  readonly open?: boolean;
  /** The ids that a request names users by; none where the call names nobody. */
  subjects?(parameters: Parameters): readonly string[];
  /** Checks the parameters, carries the call out and answers. */
  run(parameters: Parameters, context: CallContext): Answer;
}

/** What a call works on, and how this emulator is set up. */
export interface CallContext {
  readonly pool: EmulatedUserPool;
  readonly tokens: Tokens;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** What happens to a deletion that names an id without a user: the id is passed over, or the whole call refused. */
  readonly unknownIds: "ignore" | "refuse";
  /** In which order a batch look-up answers. */
  readonly order: "as_asked" | "reversed";
  /** The tenant that the call acts in; it sees no other users. */
  readonly tenantId?: string;
  /** For how many milliseconds look-ups still show whom this call deletes; default as the pool does. */
  readonly showDeletedForMs?: number;
  /** Users that this call passes over, because a fault says so: look-ups leave them out, deletions keep them. */
  passesOver(user: PoolUser): boolean;
}

/** The most ids that one call takes, and the most users on one page. */
export const MAX_BATCH = 50;

/** An id type that the API knows. */
export const idType = z.string().refine(isIdType, "unknown userIdType");

/** A switch in a query. */
export const queryFlag = z.enum(["true", "false"]).default("false");

/** The ids of a batch. */
export const batchOfIds = z.array(z.string().min(1)).min(1).max(MAX_BATCH);

/** A whole number in a query, such as a page. */
export const queryNumber = z.string().regex(/^\d+$/).transform(Number);

/** The users that an id names to this call. */
export function usersNamed(
  id: string,
  type: PoolIdType,
  context: CallContext,
  among: "there" | "shown",
): PoolUser[] {
  const users = among === "there" ? context.pool.findAll(id, type) : context.pool.lookUp(id, type);
  return users.filter((user) => isVisible(user, context));
}

/** Whether a call sees a user: inside a tenant, only that tenant's. */
export function isVisible(user: PoolUser, { tenantId }: CallContext): boolean {
  return tenantId === undefined || user.tenantId === tenantId;
}

/** What an answer shows beyond a user's own fields; default nothing. */
export interface Shown {
  readonly identities?: boolean;
  readonly customData?: boolean;
}

/** A user as answers show it: fields without a value are null. */
export function userDto(user: PoolUser, { identities, customData }: Shown = {}): Record<string, unknown> {
  return {
    userId: user.userId,
    createdAt: CREATED_AT,
    updatedAt: CREATED_AT,
    status: user.status ?? "Activated",
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
    tenantId: user.tenantId ?? null,
    userSourceType: "adminCreated",
    ...(customData && { customData: user.customData ?? {} }),
    ...(identities && {
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

/** Nothing here depends on when a user was made; one date keeps answers the same from run to run. */
const CREATED_AT = "2024-01-01T00:00:00.000Z";
