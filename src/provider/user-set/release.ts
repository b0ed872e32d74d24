import { compact } from "../../lists";
import type { Diagnostic } from "../../plugin";
import { count, describeIds } from "../../users";
import { datesIn, lastDrift, usersOf } from "./model";
import type { UserSetModel } from "./schema";
import { setWarning } from "./diagnostics";

/**
 * How a set is released. `destroyed`: also if its block is renamed. `done`: an apply has released it, in
 * either way.
 */
export type Release = "destroyed" | "replaced" | "done";

/**
 * The warnings for a released set. That deletes nobody, and loses the removals that are still to be done.
 * They read no private data, so that a tainted set or one with damaged data can be released as well.
 */
export function releaseWarning(prior: UserSetModel, release: Release = "destroyed"): Diagnostic[] {
  const isDone = release === "done";
  const users = usersOf(prior) ?? new Map<string, string>();
  const waiting = compact(warnStaySuspended(prior, isDone));
  if (users.size === 0) return waiting;
  const [is, are] = isDone ? ["was", "were"] : ["is", "are"];
  const afterwards = isDone ? "Nothing here " : "After this change, nothing here ";
  const pending = pendingRemovals(prior, users);
  const lost =
    pending.length > 0
      ? `\nThe removal of these is not confirmed yet. ${afterwards}tracks them:\n${describeIds(pending, users)}`
      : "";
  return [
    setWarning(
      `${count(users.size, "user")} ${users.size === 1 ? is : are} released, not deleted`,
      `${WHAT_IT_DOES[release]}${lost}`,
      new Set([...pending, ...users.keys()]),
    ),
    ...waiting,
  ];
}

const DELETES_NOBODY =
  "Destroying or replacing a user set deletes nobody in GenAuth. Its users keep their accounts, and are no longer managed here unless a new set declares them.";

const WHAT_IT_DOES: Readonly<Record<Release, string>> = {
  destroyed: `${DELETES_NOBODY} To delete them, first apply users = {} with max_deletions_percent = 100.`,
  replaced: `${DELETES_NOBODY} Users who leave in the same change keep their accounts, too. To delete them, first remove them in a separate change.`,
  done: DELETES_NOBODY,
};

function warnStaySuspended(prior: UserSetModel, isDone: boolean): Diagnostic | undefined {
  const ids = staySuspended(prior);
  if (ids.length === 0) return undefined;
  const [who, stay, them] =
    ids.length === 1 ? ["This user", "stays", "the user"] : ["These users", "stay", "them"];
  return setWarning(
    isDone
      ? `${count(ids.length, "user")} ${stay} suspended, and will not be deleted`
      : `${count(ids.length, "suspended user")} will not be deleted, and ${stay} suspended`,
    `${who} ${stay} suspended. ${isDone ? "Nothing" : "After this change, nothing"} here deletes or reactivates ${them}:\n${describeIds(ids)}`,
    ids,
  );
}

/**
 * Users who stay suspended once the set forgets them: those who wait for the deletion, and declared ones who
 * are locked out.
 */
function staySuspended(prior: UserSetModel): string[] {
  const waiting = datesIn(prior).map(([id]) => id);
  return [...new Set([...waiting, ...(lastDrift(prior)?.locked_out ?? [])])];
}

/** Users that an earlier change removed, and that are still to be deleted as far as is known. */
function pendingRemovals(prior: UserSetModel, users: ReadonlyMap<string, string>): string[] {
  return (lastDrift(prior)?.survivors ?? []).filter((id) => users.has(id));
}

/**
 * Warns if a user whose removal is still to be done is in `users` again. With `ignore_changes` this is not
 * intended: the engine then passes the users of the state, and they look like declared ones.
 */
export function warnDeclaredAgain(prior: UserSetModel, proposed: UserSetModel): Diagnostic[] {
  const declared = usersOf(proposed);
  const users = usersOf(prior);
  if (!declared || !users) return [];
  const again = pendingRemovals(prior, users).filter((id) => declared.has(id));
  if (again.length === 0) return [];
  return [
    setWarning(
      `The set includes ${count(again.length, "removed user")} again, and keeps them`,
      `The last removal was not confirmed, and now the users of the set include them again:\n${describeIds(again, users)}\nIf the configuration does not declare them, ignore_changes keeps them. Remove users from ignore_changes, and the next apply tries the removal again.`,
      again,
    ),
  ];
}
