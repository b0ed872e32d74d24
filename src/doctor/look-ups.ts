import { type PoolProbe, type Probed, type ProbedUser, unknownUserId } from "../api";
import { count, idsOfUser, userIdKey, UserIdType } from "../users";
import {
  advice,
  callFailed,
  describeFailure,
  type Failed,
  fine,
  type Finding,
  isForbidden,
  isRefusal,
  notKnown,
  stop,
} from "../findings";
import type { SuspendedUsers } from "./sample";
import { lookUpInParts } from "./url-length";

type Answer = Probed<readonly ProbedUser[]>;

const NOBODY_KNOWN = "No user of this pool is known, because none is listed.";

/** Whether a look-up finds the users that the list shows. */
export function checkKnownUsers(known: readonly ProbedUser[], answer: Answer | undefined): Finding {
  if (!answer) return notKnown(NOBODY_KNOWN);
  if (!answer.ok)
    return isRefusal(answer)
      ? stop(
          `A look-up of ${count(known.length, "listed user")} is refused. ${describeFailure(answer)}`,
          KNOWN_MISSED,
        )
      : callFailed(answer);
  const missed = missing(known, answer.value).length;
  if (missed > 0)
    return stop(`A look-up misses ${missed} of ${count(known.length, "listed user")}.`, KNOWN_MISSED);
  return fine(
    known.length === 1
      ? "A look-up finds the listed user."
      : `A look-up finds all ${count(known.length, "listed user")}.`,
  );
}

const KNOWN_MISSED =
  "The provider would take users for gone who are there, and forget them. Ask GenAuth's support why get-user-batch and list-users differ.";

/** Whether a look-up leaves out an id without a user, or refuses the whole call. */
export async function checkUnknownIds(
  probe: PoolProbe,
  first: Answer,
  [someone]: readonly ProbedUser[],
): Promise<Finding> {
  const answer = someone ? await probe.lookUp([unknownUserId(), someone.userId], UserIdType.USER_ID) : first;
  if (!answer.ok) {
    if (isForbidden(answer)) return notKnown(LOOK_UPS_FORBIDDEN);
    if (!isRefusal(answer)) return callFailed(answer);
    return advice(
      `One unknown id makes GenAuth refuse the whole call. ${describeFailure(answer)}`,
      "The provider divides such calls until the id stands alone. Each user who is missing from the pool costs further calls at every plan, so remove missing users from the sets.",
    );
  }
  if (someone && missing([someone], answer.value).length > 0)
    return stop("A look-up with an unknown id leaves out a known user as well.", KNOWN_MISSED);
  return answer.value.length > (someone ? 1 : 0)
    ? stop(
        "A look-up with an unknown id shows other users.",
        "The provider cannot tell who has an id. Ask GenAuth's support.",
      )
    : fine("The look-up leaves them out.");
}

const LOOK_UPS_FORBIDDEN = "The key may not look users up.";

/** Whether GenAuth says clearly that one user is absent. */
export function checkAbsentUser(single: Probed<ProbedUser | undefined>, unknownIds: Finding): Finding {
  if (single.ok)
    return single.value === undefined
      ? fine("GenAuth answers that there is no such user (404, apiCode 2004).")
      : stop(
          "GenAuth answers with a user to an unknown id.",
          "The provider cannot tell who has an id. Ask GenAuth's support.",
        );
  if (isForbidden(single)) return notKnown("The key may not call get-user.");
  if (single.failure.transient) return callFailed(single);
  const finding = `GenAuth does not answer with 404 and apiCode 2004. ${describeFailure(single)}`;
  return unknownIds.result === "fine"
    ? advice(finding, "Where a look-up of many users leaves doubt about an id, its user is kept.")
    : stop(finding, "The provider cannot confirm that a user is gone. Plans with a missing user fail.");
}

/** Whether look-ups by e-mail ignore the case of letters, as the provider does when it compares ids. */
export async function checkEmailCase(probe: PoolProbe, known: readonly ProbedUser[]): Promise<Finding> {
  const user = known.find(({ email }) => email && swapCase(email) !== email);
  if (!user?.email) return notKnown(known.length === 0 ? NOBODY_KNOWN : "No user shows an e-mail.");
  const asShown = await finds(probe, user.email, UserIdType.EMAIL, user);
  if (typeof asShown !== "boolean") return callFailed(asShown);
  if (!asShown)
    return advice(
      "A look-up by e-mail misses a user who shows this e-mail.",
      "Such users would count as gone.",
      {
        setting: "user_id_type",
        value: '"user_id"',
        reason: "look-ups by e-mail miss users",
      },
    );
  const otherwise = await finds(probe, swapCase(user.email), UserIdType.EMAIL, user);
  if (typeof otherwise !== "boolean") return callFailed(otherwise);
  if (otherwise) return fine("Look-ups ignore it.", "E-mails may be declared in any spelling.");
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

/** The order in which a look-up shows users. The provider matches them by their ids. */
export function checkOrder(
  known: readonly ProbedUser[],
  answer: Answer | undefined,
  reversed: Answer | undefined,
): Finding {
  if (!answer?.ok || !reversed?.ok || known.length < 2)
    return notKnown(
      known.length < 2 ? "It takes two known users to see." : "Known users could not be looked up.",
    );
  const asked = known.map(({ userId }) => userIdKey(userId));
  const isAsAsked = isInOrder(asked, answer.value) && isInOrder(asked.toReversed(), reversed.value);
  return fine(
    isAsAsked ? "As asked." : "Another than asked.",
    "The provider matches users by their ids, so any order will do.",
  );
}

function isInOrder(asked: readonly string[], users: readonly ProbedUser[]): boolean {
  const places = users.map(({ userId }) => asked.indexOf(userIdKey(userId)));
  return places.every((place, at) => at === 0 || place > (places[at - 1] ?? place));
}

/** Whether look-ups show the identities of users, and find users by them. */
export async function checkIdentities(
  probe: PoolProbe,
  known: readonly ProbedUser[],
  answer: Answer | undefined,
): Promise<Finding> {
  if (!answer?.ok) return notKnown(known.length === 0 ? NOBODY_KNOWN : "Known users could not be looked up.");
  const shown = answer.value.find((user) => identityOf(user) !== undefined);
  const user = shown ?? known.find((each) => identityOf(each) !== undefined);
  if (!user) return notKnown("No user of the sample shows an identity. Perhaps none has one.");
  if (!shown)
    return advice(
      "The list shows identities, but look-ups do not.",
      "The provider cannot match users with ids of the types identity and sync_relation: in a set, each takes a call of its own, and in protected_users, they protect nobody who is declared by another id.",
      OTHER_ID_TYPE("look-ups do not show identities"),
      {
        setting: "protected_users",
        value: 'no ids of the types "identity" and "sync_relation"',
        reason: "look-ups do not show identities",
      },
    );
  const found = await finds(probe, identityOf(user) ?? "", UserIdType.IDENTITY, user);
  if (typeof found !== "boolean") return callFailed(found);
  return found
    ? fine("Look-ups show them, and find users by them.")
    : advice(
        "Look-ups show them, but do not find users by them.",
        "Such users would count as gone.",
        OTHER_ID_TYPE("look-ups do not find users by identity"),
      );
}

const OTHER_ID_TYPE = (reason: string) => ({
  setting: "user_id_type",
  value: 'neither "identity" nor "sync_relation"',
  reason,
});

function identityOf(user: ProbedUser): string | undefined {
  return idsOfUser(user, UserIdType.IDENTITY)[0];
}

const INACTIVE = "suspended or otherwise inactive user";

/**
 * Whether a look-up finds users who are not active, and whether look-ups show what a set with `suspend_days` needs.
 *
 * @param active the look-up of active users
 */
export async function checkSuspended(
  probe: PoolProbe,
  suspended: SuspendedUsers,
  active: Answer | undefined,
): Promise<{ readonly suspended_users: Finding; readonly suspend_first: Finding }> {
  if (!("users" in suspended))
    return {
      suspended_users: "why" in suspended ? notKnown(suspended.why) : callFailed(suspended.failed),
      suspend_first: checkStatus(active),
    };
  const { users } = suspended;
  const inactive = await lookUpInParts(
    probe,
    users.map(({ userId }) => userId),
  );
  return {
    suspended_users: checkInactive(users, inactive),
    suspend_first: checkStatus(active, inactive),
  };
}

const NO_SUSPENSION = (reason: string) => ({ setting: "suspend_days", value: "none", reason });

function checkStatus(active: Answer | undefined, inactive?: Answer): Finding {
  const shown = (answer: Answer | undefined) => (answer?.ok ? answer.value : []);
  const all = [...shown(active), ...shown(inactive)];
  if (all.length === 0) return notKnown(NOBODY_KNOWN);
  if (all.every(({ status }) => !status))
    return advice(
      "Look-ups do not show the status of users.",
      "A set with suspend_days suspends nobody: each user who leaves it keeps the account, with a warning.",
      NO_SUSPENSION("look-ups do not show the status of users"),
    );
  if (all.some(({ statusChangedAt }) => statusChangedAt))
    return fine("Look-ups show the status of users, and since when they have it.");
  if (shown(inactive).length === 0)
    return notKnown("Look-ups show the status of users. Since when, only a suspended user would show.");
  return advice(
    "Look-ups show the status of users, but not since when they have it.",
    "The provider cannot tell its own suspensions from those of others, so a set with suspend_days reactivates nobody who is declared again.",
    NO_SUSPENSION("look-ups do not show since when a user is suspended"),
  );
}

function checkInactive(users: readonly ProbedUser[], answer: Answer): Finding {
  if (!answer.ok && !isRefusal(answer)) return callFailed(answer);
  const missed = answer.ok ? missing(users, answer.value).length : users.length;
  const of = `${missed} of ${count(users.length, INACTIVE)}`;
  if (missed > 0)
    return stop(
      answer.ok
        ? `A look-up misses ${of}.`
        : `A look-up of ${count(users.length, INACTIVE)} is refused. ${describeFailure(answer)}`,
      "The provider takes such users for gone: one who leaves a set keeps the account, and nothing says so. Delete them in the console, or activate them before they leave a set.",
    );
  return fine(
    `A look-up finds ${users.length === 1 ? `the only ${INACTIVE}` : `all ${count(users.length, INACTIVE)}`}.`,
  );
}

/** Whether a look-up by one id shows this user. */
async function finds(
  probe: PoolProbe,
  id: string,
  type: UserIdType,
  user: ProbedUser,
): Promise<boolean | Failed> {
  const answer = await probe.lookUp([id], type);
  if (answer.ok) return missing([user], answer.value).length === 0;
  return isRefusal(answer) ? false : answer;
}

function missing(known: readonly ProbedUser[], shown: readonly ProbedUser[]): ProbedUser[] {
  const keys = new Set(shown.map(({ userId }) => userIdKey(userId)));
  return known.filter(({ userId }) => !keys.has(userIdKey(userId)));
}
