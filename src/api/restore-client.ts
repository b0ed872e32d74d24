import * as z from "zod";
import { type Clock, systemClock } from "../timing";
import { postCall } from "./calls";
import type { ManagementClientOptions } from "./options";
import { createSingleCalls, type PoolProbe, probeBy, type Probed } from "./probe";
import { type FullUser, FullUserSchema } from "./users";

/** The one client that creates users: those who were deleted, from what was recorded of them. */
export interface RestoreClient {
  readonly probe: PoolProbe;
  /**
   * Creates up to 50 users in one call: without a password, and without a notification by mail or SMS. The
   * call is sent again only if it was certainly not carried out.
   *
   * @param users all fields of each
   */
  create(users: readonly Readonly<Record<string, unknown>>[]): Promise<Probed<readonly FullUser[]>>;
  /** Closes the connections. */
  close(): void;
}

/** Creates the client. @throws OptionError for an invalid option */
export function createRestoreClient(
  options: ManagementClientOptions,
  clock: Clock = systemClock,
): RestoreClient {
  const { send, close } = createSingleCalls(options, clock);
  return {
    probe: probeBy(send, close),
    create: (list) =>
      send(
        postCall(
          "change",
          "create-users-batch",
          { list, options: NOTHING_ELSE },
          { operation: "create users", data: z.array(FullUserSchema) },
        ),
      ),
    close,
  };
}

/**
 * No password is made, and nobody is told. These are the defaults; they are said because a default may be
 * another one.
 */
const NOTHING_ELSE = {
  keepPassword: false,
  autoGeneratePassword: false,
  resetPasswordOnFirstLogin: false,
  sendNotification: { sendEmailNotification: false, sendPhoneNotification: false },
};
