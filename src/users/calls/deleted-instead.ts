import { printable } from "../../text";
import type { DirectoryUser } from "../directory";
import { canonicalId, canonicalNames, isSameUserId, mayNameUser } from "../ids/id-types";
import { BatchLookUp } from "../look-up/batch-look-up";
import { type Resolution, resolutionOf, userIdsOf } from "../look-up/resolution";
import type { CallRun, DeletedInstead, Survival, Target } from "./call-run";

/** A user that is still in the pool after a call that named it by an id. */
export interface Suspect {
  readonly target: Target;
  /** The user in the last look-up. */
  readonly user: DirectoryUser;
  /** When the call was sent, in milliseconds since 1970. */
  readonly sentAt: number;
  /** Whether GenAuth confirmed the call. */
  readonly isCertain: boolean;
}

/** How many candidates a message names. */
const MOST_NAMED = 10;

/**
 * Tells a deletion that was not carried out from one that deleted another user: if the user still exists without the id, the
 * id had passed to another user, and the call deleted that user. The suspect survives with this as the reason, and the
 * deletion record gets a line. Makes no call if every user was deleted.
 *
 * @param suspects users of one chunk
 * @returns the endings of the suspects whose id had passed on
 */
export async function findDeletedInstead(
  run: CallRun,
  suspects: readonly Suspect[],
): Promise<Map<Target, Survival>> {
  const passedOn = await selectPassedOn(run, suspects);
  if (passedOn.length === 0) return new Map();
  const since = Math.min(...passedOn.map(({ sentAt }) => sentAt));
  const archived = await run.options.archive?.byOthersSince(since, run.reading);
  const candidates = archived?.ok ? archived.value : undefined;
  const who = !archived
    ? "This run cannot say who."
    : archived.ok
      ? describeCandidates(candidates)
      : `GenAuth's list of archived users could not be read, so it is not known who: ${archived.failure.message}`;
  const endings = await Promise.all(
    passedOn.map(async ({ target, sentAt, isCertain }): Promise<[Target, Survival]> => {
      const calledAt = new Date(sentAt).toISOString();
      const deletedInstead = { calledAt, candidates };
      const noted = await note(run, target, deletedInstead);
      const reason = `${describeMistake(calledAt, isCertain)} ${who}${noted}`;
      return [target, { reason, deletedInstead }];
    }),
  );
  return new Map(endings);
}

/** Selects the suspects that no longer have their id. */
async function selectPassedOn(run: CallRun, suspects: readonly Suspect[]): Promise<Suspect[]> {
  const { directory, type } = run.options;
  const unclear = suspects.filter(
    ({ target: { id }, user }) => !canonicalNames(user, type).includes(canonicalId(id, type)),
  );
  if (unclear.length === 0) return [];
  const ids = unclear.map(({ target: { id } }) => id);
  const resolutions = run.getReadFailure()
    ? new Map<string, Resolution>()
    : await new BatchLookUp(directory, type, run.reading).lookUp(ids);
  return unclear.filter(({ target: { id, userId }, user }) => {
    const resolution = resolutionOf(id, resolutions);
    return resolution.kind === "undecided"
      ? !mayNameUser(id, type, user)
      : !userIdsOf(resolution).some((one) => isSameUserId(one, userId));
  });
}

function describeMistake(calledAt: string, isCertain: boolean): string {
  return isCertain
    ? `Somebody else was deleted: GenAuth answered success to the call of ${calledAt}, but the user is still in the pool under another id, so the call deleted the user who had the id by then.`
    : `Somebody else may have been deleted: the answer to the call of ${calledAt} was lost, and the user is still in the pool under another id.`;
}

/** @param candidates by system user id; `undefined` if they are too many to read */
function describeCandidates(candidates: readonly string[] | undefined): string {
  if (!candidates)
    return "GenAuth has archived too many users since then to say who. Look through its list of archived users.";
  const [only] = candidates;
  if (only === undefined)
    return "Since then GenAuth has archived no other user than those of this run, so it is not known who. Perhaps no user had the id at that moment.";
  if (candidates.length === 1)
    return `Since then GenAuth has archived one user besides those of this run, most likely the one deleted: ${printable(only)}. Check that account.`;
  const named = candidates.slice(0, MOST_NAMED).map((userId) => printable(userId));
  const more = candidates.length - named.length;
  return `Since then GenAuth has archived ${candidates.length} users besides those of this run, possibly including the one deleted: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}. Check those accounts.`;
}

/** @returns the text to add to the reason */
async function note(run: CallRun, target: Target, instead: DeletedInstead): Promise<string> {
  const { record, type } = run.options;
  const noted = await record?.noteDeletedInstead(target, type, instead);
  return !noted || noted.ok
    ? ""
    : ` This could not be noted in the deletion record: ${noted.failure.message}`;
}
