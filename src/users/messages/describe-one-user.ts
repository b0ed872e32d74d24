import { groupBy } from "../../lists";
import { printable } from "../../text";
import { userIdKey } from "../ids/id-types";
import type { Found, Resolution } from "../look-up/resolution";
import { count, MAX_LISTED, poolName, type Told, warningAbout } from "../wording";

/** The user of a declared id. */
interface NamedUser {
  readonly id: string;
  readonly userId: string;
  /** Absent if the id was not looked up. */
  readonly found?: Found;
}

/**
 * Says which users a set declares by several ids, such as a phone with and without its country code. Taking
 * one of the ids out changes nothing for the user, which people who read the file do not expect.
 *
 * @param declared the ids of the set
 * @param resolutions of those that were looked up; a user without an id among them is not told
 * @param bindings the system user ids of those that were not looked up, as far as they are remembered;
 *   default none
 * @returns `undefined` if every id names a user of its own
 */
export function describeOneUser(
  declared: Iterable<string>,
  resolutions: ReadonlyMap<string, Resolution>,
  bindings: ReadonlyMap<string, string> = new Map(),
): Told | undefined {
  const named = [...declared].flatMap((id): NamedUser[] => {
    const found = resolutions.get(id);
    if (found?.kind === "found") return [{ id, userId: found.userId, found }];
    const bound = found ? undefined : bindings.get(id);
    return bound === undefined ? [] : [{ id, userId: bound }];
  });
  const users = [...groupBy(named, ({ userId }) => userIdKey(userId)).values()].flatMap((its) => {
    const found = its.find((one) => one.found)?.found;
    return found && its.length > 1 ? [{ ids: its.map(({ id }) => id), found }] : [];
  });
  if (users.length === 0) return undefined;
  const lines = users.slice(0, MAX_LISTED).map(({ ids, found: { userId, user } }) => {
    const names = ids.map((id) => printable(id)).join(" and ");
    return `  ${names}: user ${printable(userId)} (${poolName(user)})`;
  });
  const beyond = users.length > MAX_LISTED ? [`  and ${users.length - MAX_LISTED} more`] : [];
  return warningAbout(
    users.flatMap(({ ids }) => ids),
    `${count(users.length, "user")} declared by more than one id`,
    ["Keep one id of each. As long as one of them is declared, the account stays:", ...lines, ...beyond].join(
      "\n",
    ),
  );
}
