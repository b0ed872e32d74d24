import { type FullUser, unknownUserId } from "../api";
import { ACTIVATED, count, MAX_IDS_PER_CALL, userIdKey, UserIdType } from "../users";
import {
  advice,
  DECLARE_USER_IDS,
  describeFailure,
  type Failed,
  fine,
  type Finding,
  isForbidden,
  NO_SUSPENSION,
  notKnown,
  stop,
} from "./finding";
import { type PoolReader, Unanswered } from "./pool-reader";

/** What look-ups show of users that the list shows. */

/** Asks a question whose calls may fail for a reason that has nothing to do with it. */
export async function ask(question: () => Promise<Finding>): Promise<Finding> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    return isForbidden(error.failed)
      ? notKnown(`The key may not make this call. ${error.message}`)
      : stop(error.message, "Correct this, then run the command again.");
  }
}

/** How many users are looked up together with one unknown id. */
const MOST_KNOWN = MAX_IDS_PER_CALL - 1;

const CANNOT_TELL = "The provider cannot tell who has an id. Ask GenAuth's support.";

/** Whether look-ups find exactly these users by their system user ids, also with an unknown id among them. */
export async function checkLookUps(reader: PoolReader, users: readonly FullUser[]): Promise<Finding> {
  const ids = users.slice(0, MOST_KNOWN).map(({ userId }) => userId);
  const answer = await reader.answer(() =>
    reader.probe.lookUp([unknownUserId(), ...ids], UserIdType.USER_ID),
  );
  if (!answer.ok && isForbidden(answer))
    return stop(
      `The key may not call get-user-batch. ${describeFailure(answer)}`,
      "The provider cannot find out who is in the pool. Grant the call to the key.",
    );
  const found = answer.ok ? answer.value : await reader.find(ids, UserIdType.USER_ID);
  const missed = absentees(ids, found);
  if (missed > 0)
    return stop(
      `A look-up misses ${missed} of ${count(ids.length, "user")}.`,
      "The provider would take users for gone who are there, and forget them. Ask GenAuth's support why get-user-batch and list-users differ.",
    );
  if (found.length > ids.length) return stop("A look-up shows others than asked.", CANNOT_TELL);
  return (await checkUnknownUser(reader, answer.ok ? undefined : answer)) ?? describeKnown(ids, answer.ok);
}

function absentees(ids: readonly string[], found: readonly FullUser[]): number {
  const keys = new Set(found.map(({ userId }) => userIdKey(userId)));
  return ids.filter((id) => !keys.has(userIdKey(id))).length;
}

/**
 * What stands against `get-user`, with which the provider settles doubts.
 *
 * @param refused a look-up with an unknown id among others
 */
async function checkUnknownUser(
  reader: PoolReader,
  refused: Failed | undefined,
): Promise<Finding | undefined> {
  const single = await reader.answer(() => reader.probe.lookUpOne(unknownUserId(), UserIdType.USER_ID));
  if (single.ok)
    return single.value ? stop("get-user answers with a user to an unknown id.", CANNOT_TELL) : undefined;
  const finding = `get-user does not say clearly that there is no such user. ${describeFailure(single)}`;
  return refused
    ? stop(
        `GenAuth refuses unknown ids among others, and ${finding}`,
        "The provider cannot confirm that a user is gone. Plans with a missing user fail.",
      )
    : advice(finding, "Where a look-up of many users leaves doubt about an id, its user is kept.");
}

function describeKnown({ length }: readonly string[], isUnknownIgnored: boolean): Finding {
  if (length === 0) return notKnown("No user of this pool is known, because none is listed.");
  const all = `Finds ${count(length, "user")}, and nobody else.`;
  return isUnknownIgnored
    ? fine(all)
    : advice(
        `${all} One unknown id makes GenAuth refuse the whole call.`,
        "The provider divides such calls, which costs further calls at every plan. Remove missing users from the sets.",
      );
}

/** Whether look-ups by e-mail ignore the case of letters, as the provider does when it compares ids. */
export async function checkEmailCase(reader: PoolReader, users: readonly FullUser[]): Promise<Finding> {
  const user = users.find(({ email }) => typeof email === "string" && swapCase(email) !== email);
  if (!user) return notKnown("No user shows an e-mail.");
  const email = String(user["email"]);
  const finds = async (spelling: string) =>
    absentees([user.userId], await reader.find([spelling], UserIdType.EMAIL)) === 0;
  if (!(await finds(email)))
    return advice(
      "A look-up by e-mail misses a user who shows this e-mail.",
      "These users would count as gone.",
      DECLARE_USER_IDS("look-ups by e-mail miss users"),
    );
  if (await finds(swapCase(email))) return fine("Look-ups ignore it.");
  return advice(
    "Look-ups tell upper from lower case.",
    "A user whose e-mail is declared in another spelling than the pool's counts as missing, and as already gone when removed: the account stays. Declare e-mails as export writes them.",
    {
      setting: "user_id_type",
      value: '"user_id" or "external_id"',
      reason: "look-ups by e-mail depend on upper and lower case",
    },
  );
}

function swapCase(text: string): string {
  const upper = text.toUpperCase();
  return upper === text ? text.toLowerCase() : upper;
}

const TAKEN_FOR_GONE =
  "The provider takes these users for gone: a user who leaves a set keeps the account, and nothing says so. Delete these users in the console, or activate them before they leave a set.";

/** Whether look-ups show users who are not active, in both calls. */
export async function checkSuspended(reader: PoolReader, users: readonly FullUser[]): Promise<Finding> {
  const ids = users.slice(0, MAX_IDS_PER_CALL).map(({ userId }) => userId);
  const shown = await reader.find(ids, UserIdType.USER_ID);
  const missed = absentees(ids, shown);
  if (missed > 0)
    return stop(
      `A look-up misses ${missed} of ${count(ids.length, "user")} who ${ids.length === 1 ? "is" : "are"} not active.`,
      TAKEN_FOR_GONE,
      NO_SUSPENSION("look-ups do not show suspended users"),
    );
  const single = await reader.answer(() => reader.probe.lookUpOne(ids[0] ?? "", UserIdType.USER_ID));
  if (single.ok && !single.value)
    return advice(
      "get-user does not show a suspended user, and get-user-batch does.",
      `Where GenAuth refuses a look-up of many users, the provider looks each up alone. ${TAKEN_FOR_GONE}`,
      NO_SUSPENSION("get-user does not show suspended users"),
    );
  return fine("Shown.");
}

/** Whether look-ups show the status of suspended users, and since when they have it. */
export function checkStatus(suspended: readonly FullUser[]): Finding {
  const [first] = suspended;
  if (!first) return notKnown("No suspended user is known.");
  const problem = findStatusProblem(suspended);
  return problem === undefined
    ? fine("Shown.")
    : advice(
        `Not as needed: ${problem}.`,
        "The provider cannot tell its own suspensions from those of others, so a set with suspend_days reactivates nobody who is declared again.",
        NO_SUSPENSION(problem),
      );
}

function findStatusProblem(suspended: readonly FullUser[]): string | undefined {
  if (suspended.every(({ status }) => !status)) return "look-ups do not show the status of users";
  const hasDate = ({ statusChangedAt }: FullUser) =>
    typeof statusChangedAt === "string" && statusChangedAt !== "";
  return suspended.every(hasDate) ? undefined : "look-ups do not show since when a user is suspended";
}

/**
 * Whether a user is suspended, resigned or deactivated. An archived one is deleted, so a look-up need not
 * find it.
 */
export function isInactive({ status }: FullUser): boolean {
  return typeof status === "string" && status !== ACTIVATED && status !== "Archived";
}
