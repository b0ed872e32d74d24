import * as z from "zod";
import { type Clock, systemClock } from "../timing";
import { deleteUsersBatch, postCall } from "./calls";
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
}

/** Fields to change of one user. */
export interface UserUpdate {
  readonly userId: string;
  readonly externalId: string;
  readonly status: "Activated" | "Suspended";
}

/**
 * Changes of users, each sent as it is in a single call, to find out what a service does. The caller answers for whom they
 * concern. They are sent again only if they were certainly not carried out.
 */
export interface TestUserCalls {
  /** Creates users: without a password, and without a notification by mail or SMS. */
  create(users: readonly UserToCreate[]): Promise<Probed<readonly FullUser[]>>;
  /** The same for users who were deleted, with all that is known of them. */
  recreate(users: readonly Readonly<Record<string, unknown>>[]): Promise<Probed<readonly FullUser[]>>;
  update(items: readonly UserUpdate[]): Promise<Probed<unknown>>;
  delete(ids: readonly string[], userIdType: string): Promise<Probed<unknown>>;
}

/** Creates calls that read and calls that change, under one pace. @throws OptionError for an invalid option */
export function createTestUserCalls(
  options: ManagementClientOptions,
  clock: Clock = systemClock,
): { readonly probe: PoolProbe; readonly calls: TestUserCalls; readonly close: () => void } {
  const { send, close } = createSingleCalls(options, clock);
  const create = (operation: string, list: readonly Readonly<Record<string, unknown>>[]) => {
    const purpose = { operation, data: z.array(FullUserSchema) };
    return send(postCall("change", "create-users-batch", { list, options: NOTHING_ELSE }, purpose));
  };
  return {
    probe: probeBy(send, close),
    calls: {
      create: (users) =>
        create(
          `create ${users.length} test users`,
          users.map((user) => ({ ...user, status: "Activated", emailVerified: true })),
        ),
      recreate: (users) => create("create users", users),
      update: (list) => {
        const purpose = { operation: `update ${list.length} test users`, data: z.unknown() };
        return send(postCall("change", "update-user-batch", { list }, purpose));
      },
      delete: (ids, type) => send(deleteUsersBatch(ids, type)),
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
