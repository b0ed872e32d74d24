import * as z from "zod";
import { type Clock, systemClock } from "../timing";
import { type Call, deleteUsersBatch } from "./calls";
import type { ManagementClientOptions } from "./options";
import { createSingleCalls, type PoolProbe, probeBy, type Probed } from "./probe";
import { type FullUser, FullUserSchema } from "./users";

/** A user to create. */
export interface UserToCreate {
  readonly username: string;
  readonly externalId: string;
  readonly email: string;
  readonly name: string;
  readonly nickname: string;
  readonly phone?: string;
  readonly phoneCountryCode?: string;
  readonly identities?: readonly NewIdentity[];
}

export interface NewIdentity {
  readonly extIdpId: string;
  readonly provider: string;
  readonly userIdInIdp: string;
}

/** Fields to change of one user. */
export interface UserUpdate {
  readonly userId: string;
  readonly externalId?: string;
  readonly nickname?: string;
  readonly status?: "Activated" | "Suspended";
}

/** What a deletion answers. */
export interface DeletionReply {
  /** As GenAuth says it; absent if it says nothing. An explicit `false` is a failure. */
  readonly success?: boolean | null | undefined;
}

/**
 * Changes of users, each sent as it is in a single call, to find out what a service does. The caller answers for whom they
 * concern. They are sent again only if they were certainly not carried out.
 */
export interface TestUserCalls {
  /** Creates users: without a password, and without a notification by mail or SMS. */
  create(users: readonly UserToCreate[]): Promise<Probed<readonly FullUser[]>>;
  update(items: readonly UserUpdate[]): Promise<Probed<unknown>>;
  delete(ids: readonly string[], userIdType: string): Promise<Probed<DeletionReply | null | undefined>>;
  /** Gives a user an identity of an identity source of the pool. */
  link(userId: string, extIdpId: string, userIdInIdp: string): Promise<Probed<unknown>>;
}

/** Creates calls that read and calls that change, under one pace. @throws OptionError for an invalid option */
export function createTestUserCalls(
  options: ManagementClientOptions,
  clock: Clock = systemClock,
): { readonly probe: PoolProbe; readonly calls: TestUserCalls; readonly close: () => void } {
  const { send, close } = createSingleCalls(options, clock);
  return {
    probe: probeBy(send, close),
    calls: {
      create: (users) =>
        send(
          change("create-users-batch", `create ${users.length} test users`, z.array(FullUserSchema), {
            list: users.map(({ identities, ...user }) => ({
              ...user,
              ...(identities && { identities: identities.map(fullIdentity) }),
              status: "Activated",
              emailVerified: true,
            })),
            options: NOTHING_ELSE,
          }),
        ),
      update: (items) =>
        send(change("update-user-batch", `update ${items.length} test users`, z.unknown(), { list: items })),
      delete: (ids, type) => send(deleteUsersBatch(ids, type)),
      link: (userId, extIdpId, userIdInIdp) =>
        send(change("link-identity", "link a test user", z.unknown(), { userId, extIdpId, userIdInIdp })),
    },
    close,
  };
}

/** No password is made, and nobody is told. These are the defaults; they are said because a default may be another one. */
const NOTHING_ELSE = {
  keepPassword: false,
  autoGeneratePassword: false,
  resetPasswordOnFirstLogin: false,
  sendNotification: { sendEmailNotification: false, sendPhoneNotification: false },
};

/** With the fields that GenAuth's API asks for and this project does not need. */
function fullIdentity(identity: NewIdentity) {
  return { ...identity, type: "openid", userInfoInIdp: {}, originConnIds: [identity.extIdpId] };
}

function change<T>(
  name: string,
  operation: string,
  data: z.ZodType<T>,
  parameters: Readonly<Record<string, unknown>>,
): Call<T> {
  return {
    request: { method: "POST", path: `/api/v3/${name}`, parameters },
    kind: "change",
    operation,
    ids: [],
    userIdType: "user_id",
    data,
  };
}
