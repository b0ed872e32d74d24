import { userIdKey } from "../ids/id-types";
import type { Resolution } from "../look-up/resolution";
import { SUSPENDED } from "../status";
import type { SetChange } from "./set-change";

/**
 * The declared users who are suspended, by anybody, and stay so after a change (docs/guides/trust.md,
 * P11). If the change does not look a user up, the last refresh decides.
 *
 * @param resolutions the current users of ids that the change looked up
 * @param reactivated the system user ids of those that it reactivates
 */
export function findLockedOut(
  { declared, bindings, lastLockedOut }: SetChange,
  resolutions: ReadonlyMap<string, Resolution>,
  reactivated: Iterable<string>,
): string[] {
  const active = new Set([...reactivated].map(userIdKey));
  const before = new Set(lastLockedOut);
  return [...declared.keys()].filter((id) => {
    const resolution = resolutions.get(id);
    const isOut = resolution?.kind === "found" ? resolution.user.status === SUSPENDED : before.has(id);
    const userId = resolution?.kind === "found" ? resolution.userId : (bindings?.get(id) ?? id);
    return isOut && !active.has(userIdKey(userId));
  });
}
