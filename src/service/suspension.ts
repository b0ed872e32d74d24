import type { FullUser } from "../api";
import { ACTIVATED, SUSPENDED } from "../users";
import { ask, checkStatus, checkSuspended, LISTS_ONLY_ACTIVE } from "./checks";
import {
  advice,
  describeFailure,
  type Failed,
  fine,
  type Finding,
  NO_SUSPENSION,
  notKnown,
  stop,
} from "./finding";
import type { TestUser } from "./marks";
import type { Readings } from "./readings";
import type { Answers } from "./report";
import type { TestUsers } from "./test-users";

/** What a suspension does, on which sets with `suspend_days` rely. */

/** Suspends two users in one call, so that it shows if a service changes only some; then deletes one, and reactivates the other. */
export async function askSuspension(
  users: TestUsers,
  readings: Readings,
  [kept, left]: readonly [TestUser, TestUser],
  answers: Answers,
): Promise<void> {
  const both = [kept, left];
  const before = (await users.read(both)) as [FullUser, FullUser];
  const declined = await users.setStatus(both, SUSPENDED);
  if (declined) {
    answers.suspension = describeRefusal(
      declined,
      "A set with suspend_days cannot suspend anybody.",
      "GenAuth refuses to suspend users",
    );
    return;
  }
  const isSeen = (user: FullUser | undefined) => user === undefined || user["status"] === SUSPENDED;
  await users.until(async () => (await users.read(both)).every(isSeen));
  await readings.pause();
  const after = await users.read(both);
  answers.suspension = describeSuspended(after.filter(isSeen).length);
  const shown = after.filter((user) => user !== undefined);
  const [suspendedOne] = after;
  answers.suspended = await ask(() => checkSuspended(readings, before));
  if (shown.length === both.length) {
    answers.kept_fields = describeFields(shown.flatMap((user, at) => changedFields(before[at], user)));
    answers.status = checkStatus(shown, before);
  }
  // A keyword does not find a user whose fields are empty.
  if (answers.kept_fields?.result !== "advice")
    answers.suspended_list = await ask(() => checkList(users, readings, left));
  answers.suspended_deletion = await askDeletion(users, left, shown.length === both.length);
  answers.reactivation = await askReactivation(users, kept, suspendedOne);
}

function describeRefusal(declined: Failed, consequence: string, reason: string): Finding {
  return advice(`GenAuth refuses it. ${describeFailure(declined)}`, consequence, NO_SUSPENSION(reason));
}

function describeSuspended(number: number): Finding {
  return number === 2
    ? fine("Both are suspended.")
    : stop(
        `GenAuth answers success, and ${number === 0 ? "neither" : "only one"} is suspended.`,
        "Such a suspension is reported as not confirmed, and the apply fails. Declare no suspend_days.",
        NO_SUSPENSION("a suspension does not show"),
      );
}

/** Fields that may change with a status. */
const STATUS_FIELDS = ["status", "statusChangedAt", "updatedAt"];

function changedFields(before: FullUser | undefined, after: FullUser | undefined): string[] {
  if (!before || !after) return [];
  return Object.keys({ ...before, ...after }).filter(
    (field) =>
      !STATUS_FIELDS.includes(field) && JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
}

function describeFields(fields: readonly string[]): Finding {
  return fields.length === 0
    ? fine("They stay as they are.")
    : advice(
        `They change: ${[...new Set(fields)].join(", ")}.`,
        "A suspension would damage the records of users. The provider notices it at the first one, sets the status back and suspends nobody else.",
        NO_SUSPENSION("an update empties the fields that it leaves out"),
      );
}

/** Whether a list without a condition on the status shows a suspended user. */
async function checkList(
  users: TestUsers,
  readings: Readings,
  { token, userId }: TestUser,
): Promise<Finding> {
  const search = { keywords: token };
  if (!(await readings.list(search)))
    return notKnown("The key may not call list-users, or GenAuth refuses keywords.");
  const isListed = async () =>
    (await readings.list(search))?.users.some((user) => user.userId === userId) === true;
  return (await users.until(isListed)) === undefined ? LISTS_ONLY_ACTIVE : fine("Shown.");
}

async function askDeletion(users: TestUsers, user: TestUser, isShown: boolean): Promise<Finding> {
  const { declined, gone } = await users.deleteByUserId("suspended", [user]);
  if (!isShown)
    return notKnown("Look-ups do not show suspended users, so they do not show whether they are gone.");
  return gone.some(({ userId }) => userId === user.userId)
    ? fine("The user is gone.")
    : advice(
        declined ? `GenAuth refuses it. ${describeFailure(declined)}` : "The user is still there.",
        "Suspended users who are due stay, and each apply reports them.",
        NO_SUSPENSION("suspended users cannot be deleted"),
      );
}

async function askReactivation(
  users: TestUsers,
  user: TestUser,
  suspended: FullUser | undefined,
): Promise<Finding> {
  const declined = await users.setStatus([user], ACTIVATED);
  const stays = "Somebody who returns while waiting stays suspended. Activate them in the console.";
  if (declined) return describeRefusal(declined, stays, "GenAuth refuses to reactivate users");
  const read = async () => (await users.read([user]))[0];
  await users.until(async () => (await read())?.["status"] === ACTIVATED);
  const now = await read();
  if (now?.["status"] !== ACTIVATED)
    return advice("The user is not active after it.", stays, NO_SUSPENSION("a reactivation does not show"));
  const fields = changedFields(suspended, now);
  return fields.length === 0 ? fine("The user is active.") : describeFields(fields);
}
