import { idsOfOneUser, type Resolution } from "../look-up/resolution";
import { printable } from "../../text";
import { count, MAX_LISTED, poolName, type Told, warningAbout } from "../wording";

/**
 * Tells which users a set declares by several ids, such as a phone with and without its country code. Taking one of the ids out changes
 * nothing for the user, which people who read the file do not expect.
 *
 * @param declared the ids of the set
 * @returns `undefined` if every id names a user of its own
 */
export function tellOneUser(
  declared: Iterable<string>,
  resolutions: ReadonlyMap<string, Resolution>,
): Told | undefined {
  const looked = [...declared].flatMap((id): [string, Resolution][] => {
    const found = resolutions.get(id);
    return found ? [[id, found]] : [];
  });
  const users = idsOfOneUser(new Map(looked));
  if (users.length === 0) return undefined;
  const lines = users.slice(0, MAX_LISTED).map(([{ userId, user }, ids]) => {
    const names = ids.map((id) => printable(id)).join(" and ");
    return `  ${names}: user ${printable(userId)} (${poolName(user)})`;
  });
  const beyond = users.length > MAX_LISTED ? [`  and ${users.length - MAX_LISTED} more`] : [];
  return warningAbout(
    users.flatMap(([, ids]) => ids),
    `${count(users.length, "user")} declared by more than one id`,
    ["Keep one id of each. As long as one of them is declared, the account stays:", ...lines, ...beyond].join(
      "\n",
    ),
  );
}
