import { printable } from "../../text";
import type { DirectoryUser } from "../directory";
import { canonicalId, canonicalNames, isSameUserId, mayNameUser } from "../ids/id-types";
import { lookUpBatch } from "../look-up/batch-look-up";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import type { DeletedInstead, DeletionRun, Survival, Target } from "./deletion-run";

/** A user who is still in the pool after a call that named the user by an id. */
export interface Suspect {
  readonly target: Target;
  /** As the last look-up showed the user. */
  readonly user: DirectoryUser;
  /** When the call was sent, in milliseconds since 1970. */
  readonly sentAt: number;
  /** Whether GenAuth said that it carried the call out. */
  readonly isCertain: boolean;
}

/** How many who may have been deleted a message names. */
const MOST_NAMED = 10;

/**
 * Tells a deletion that was not carried out from one that took somebody else: where the user is still there and no longer
 * has the id, the id had passed on, and the call deleted whoever had it. Such a user survives, with a reason that says so,
 * and the deletion record gets a line. Costs no call where every user was deleted.
 *
 * @param suspects users of one chunk
 * @returns the endings of those of whom it is so
 */
export async function findDeletedInstead(
  run: DeletionRun,
  suspects: readonly Suspect[],
): Promise<Map<Target, Survival>> {
  const bereft = await withoutTheirId(run, suspects);
  if (bereft.length === 0) return new Map();
  const since = Math.min(...bereft.map(({ sentAt }) => sentAt));
  const archived = await run.options.archive?.since(since, run.reading);
  const candidates = archived?.ok ? archived.value : undefined;
  const who = !archived
    ? "This run cannot say who."
    : archived.ok
      ? describeCandidates(candidates)
      : `GenAuth's list of archived users could not be read, so it is not known who: ${archived.failure.message}`;
  const endings = await Promise.all(
    bereft.map(async ({ target, sentAt, isCertain }): Promise<[Target, Survival]> => {
      const calledAt = new Date(sentAt).toISOString();
      const deletedInstead = { calledAt, ...(candidates && { candidates }) };
      const noted = await note(run, target, deletedInstead);
      const reason = `${describeMistake(calledAt, isCertain)} ${who}${noted}`;
      return [target, { kind: "survivor", reason, deletedInstead }];
    }),
  );
  return new Map(endings);
}

async function withoutTheirId(run: DeletionRun, suspects: readonly Suspect[]): Promise<Suspect[]> {
  const { directory, type } = run.options;
  const unclear = suspects.filter(
    ({ target: { id }, user }) => !canonicalNames(user, type).includes(canonicalId(id, type)),
  );
  if (unclear.length === 0) return [];
  const ids = unclear.map(({ target: { id } }) => id);
  const resolutions = run.whyNotReading()
    ? new Map<string, Resolution>()
    : await lookUpBatch(directory, ids, type, run.reading);
  return unclear.filter(({ target: { id, userId }, user }) => {
    const resolution = resolutionOf(id, resolutions);
    switch (resolution.kind) {
      case "found":
        return !isSameUserId(resolution.userId, userId);
      case "several":
        return !resolution.users.some((one) => isSameUserId(one.userId, userId));
      case "absent":
        return true;
      case "undecided":
        return !mayNameUser(id, type, user);
    }
  });
}

function describeMistake(calledAt: string, isCertain: boolean): string {
  return isCertain
    ? `Somebody else was deleted: GenAuth answered success to the call of ${calledAt}, but the user is still in the pool under another id, so the call deleted the user who had the id by then.`
    : `Somebody else may have been deleted: the answer to the call of ${calledAt} was lost, and the user is still in the pool under another id.`;
}

/** @param candidates by system user id; `undefined` where they are too many to be read */
function describeCandidates(candidates: readonly string[] | undefined): string {
  if (!candidates)
    return "GenAuth has archived too many users since then to say who. Look through its list of archived users.";
  const [only] = candidates;
  const archived = "Since then GenAuth archived, besides those whom this run deletes,";
  if (only === undefined)
    return `${archived} nobody that its list shows, so nobody can say who; perhaps no user had the id at that moment.`;
  if (candidates.length === 1)
    return `${archived} one user, who is most likely the one: ${printable(only)}. Check that account.`;
  const named = candidates.slice(0, MOST_NAMED).map((userId) => printable(userId));
  const more = candidates.length - named.length;
  return `${archived} ${candidates.length} users, one of whom it may be: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}. Check those accounts.`;
}

/** @returns what is to be added to the reason */
async function note(run: DeletionRun, target: Target, instead: DeletedInstead): Promise<string> {
  const { record, type } = run.options;
  const noted = await record?.noteDeletedInstead(target, type, instead);
  return !noted || noted.ok
    ? ""
    : ` This could not be noted in the deletion record: ${noted.failure.message}`;
}
