import type { UserDirectory } from "../directory";
import { mayNameUser } from "../ids/id-types";
import type { UserIdType } from "../user-id-type";
import { found, type Resolution, undecided } from "./resolution";

/**
 * Asks for each id alone. The answer stands unless it shows a user whom the id certainly does not name.
 *
 * @returns a resolution for each id, in the order of the ids
 */
export async function lookUpSingly(
  directory: UserDirectory,
  ids: readonly string[],
  type: UserIdType,
  stop?: AbortSignal,
): Promise<Map<string, Resolution>> {
  const asked = ids.map(async (id) => [id, await lookUpOne(directory, id, type, stop)] as const);
  return new Map(await Promise.all(asked));
}

async function lookUpOne(
  directory: UserDirectory,
  id: string,
  type: UserIdType,
  stop?: AbortSignal,
): Promise<Resolution> {
  const outcome = await directory.findUser(id, type, stop);
  if (!outcome.ok) return { kind: "undecided", failure: outcome.failure };
  const user = outcome.value;
  if (user === undefined) return { kind: "absent" };
  if (mayNameUser(id, type, user)) return found(user);
  return undecided(`GenAuth answered with user ${user.userId}, whom this id does not name.`);
}
