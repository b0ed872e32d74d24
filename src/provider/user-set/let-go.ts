import { type Diagnostic } from "../../plugin";
import { describeIds } from "../../users";
import { usersOf } from "./model";
import { decodePrivateData } from "./private-data";
import type { UserSetModel } from "./schema";
import { setWarning } from "./set-warning";

/**
 * The warning for a set that is taken away: destroyed, renamed or replaced. Nobody is deleted by that, and a
 * removal that was still to be done is lost with it.
 */
export function letGoWarning(prior: UserSetModel, privateData: Uint8Array): Diagnostic[] {
  const users = usersOf(prior) ?? new Map<string, string>();
  if (users.size === 0) return [];
  const { undeclared } = decodePrivateData(privateData, users.keys());
  const pending = [...undeclared].filter((id) => users.has(id)).sort();
  const lost =
    pending.length > 0
      ? `\nThese were removed from the set but not deleted yet; after this, nothing here remembers them:\n${describeIds(pending, users)}`
      : "";
  return [
    setWarning(
      `${users.size} ${users.size === 1 ? "user is" : "users are"} let go, not deleted`,
      `Taking a user set away, or replacing it, deletes nobody in GenAuth; they only stop being managed here. To delete them, apply users = {} first.${lost}`,
      pending.length > 0 ? pending : users.keys(),
    ),
  ];
}
