import type { FullUser } from "../api";
import { ACTIVATED, count, SUSPENDED, UserIdType } from "../users";
import { ask, checkStatus, checkSuspended } from "./checks";
import {
  advice,
  DECLARE_USER_IDS,
  DELETE_BY_USER_ID,
  describeFailure,
  type Failed,
  fine,
  type Finding,
  NO_SUSPENSION,
  notKnown,
  stop,
} from "./finding";
import { type HeldId, newRun, type TestUser } from "./marks";
import type { Readings } from "./readings";
import type { Answers } from "./report";
import type { Sent, TestUsers } from "./test-users";

/** What a rehearsal asks about several test users: whom an id finds, what a suspension does, and whom a deletion concerns. */

/** Whether an id of another type finds exactly its user, and a part or a word of it nobody. */
export async function checkTypedLookUps(readings: Readings, held: readonly HeldId[]): Promise<Finding> {
  const missed: string[] = [];
  const inexact: string[] = [];
  for (const { type, id, user } of held) {
    const found = await readings.find([id], type);
    if (!found.some(({ userId }) => userId === user.userId)) missed.push(type);
    const others = found.filter(({ userId }) => userId !== user.userId);
    const byPart = await readings.find([id.slice(0, -1)], type);
    const byWord = await readings.find([`${newRun()}-${id}`], type);
    if (others.length + byPart.length + byWord.length > 0) inexact.push(type);
  }
  if (inexact.length > 0)
    return stop(
      `Finds users who have an id only in part, by ${inexact.join(", ")}.`,
      "The provider compares each answer with the id, and keeps users where it cannot tell them apart, so some would not be deleted. Declare users by user_id.",
      DECLARE_USER_IDS("look-ups by other ids find users who have them only in part"),
    );
  return missed.length > 0
    ? advice(
        `Misses users, by ${missed.join(", ")}.`,
        "The users of a set with such ids would count as gone.",
        DECLARE_USER_IDS(`look-ups by ${missed.join(", ")} miss users`),
      )
    : fine(`Finds exactly the user, by ${held.map(({ type }) => type).join(", ")}.`);
}

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
  answers.suspended_deletion = await askSuspendedDeletion(users, left, shown.length === both.length);
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

async function askSuspendedDeletion(users: TestUsers, user: TestUser, isShown: boolean): Promise<Finding> {
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

/** The test users of these questions. */
export interface ToDelete {
  /** Whose ids are sent in part. */
  readonly inexact: TestUser;
  readonly among: TestUser;
  /** An id of each other type, and who has it. */
  readonly held: readonly HeldId[];
}

export async function askDeletions(users: TestUsers, asked: ToDelete, answers: Answers): Promise<void> {
  answers.inexact_deletion = await askInexact(users, asked.inexact);
  answers.unknown_among = await askUnknownAmong(users, asked.among);
  answers.typed_deletions = await askTyped(users, asked.held, answers.email_case?.result === "fine");
}

/** A service that deletes others than asked. */
function deletesOthers(finding: string): Finding {
  const reason = "GenAuth deletes users who have an id only in part";
  return stop(
    finding,
    "A deletion may concern users who are declared. Declare and delete by system user ids only, and ask GenAuth's support.",
    DELETE_BY_USER_ID(reason),
    DECLARE_USER_IDS(reason),
  );
}

/** A part of an id, a word of it, and an id of another type: no look-up finds anybody by them. */
async function askInexact(users: TestUsers, { userId, token }: TestUser): Promise<Finding> {
  const inexact: readonly (readonly [what: string, id: string, type: UserIdType])[] = [
    ["a part of a user name", token.slice(0, -1), UserIdType.USERNAME],
    ["a word of a user name", `${users.makeUpId()}-${token}`, UserIdType.USERNAME],
    ["a user name, sent as user_id", token, UserIdType.USER_ID],
    ["a part of a user_id", userId.slice(0, -1), UserIdType.USER_ID],
    ["a part of a user_id", userId.slice(1), UserIdType.USER_ID],
  ];
  const unasked: string[] = [];
  for (const [what, id, type] of inexact) {
    const reading = await users.delete({ question: "inexact", ids: [id], type, meant: [] });
    if (!reading.sent) unasked.push(`${what} (${reading.why})`);
    else if (reading.gone.length > 0)
      return deletesOthers(`${count(reading.gone.length, "test user")} deleted by ${what}.`);
  }
  return unasked.length === 0
    ? fine("Nobody is gone.")
    : notKnown(`Nobody is gone. Not asked: ${unasked.join(", ")}.`);
}

async function askUnknownAmong(users: TestUsers, user: TestUser): Promise<Finding> {
  const reading = await users.deleteByUserId("unknown among", [user], [users.makeUpId()]);
  if (othersGone(reading, user) > 0) return deletesOthers("Others are gone, too.");
  if (isGone(reading, user))
    return reading.declined
      ? advice(
          `GenAuth refuses the call, and deletes the other one all the same. ${describeFailure(reading.declined)}`,
          "The provider looks up who is gone.",
        )
      : fine("It is ignored, and the other one is deleted.");
  return reading.declined
    ? advice(
        `GenAuth refuses the call. ${describeFailure(reading.declined)}`,
        "The provider divides the call, which costs further calls.",
      )
    : stop(
        "GenAuth answers success, and the other one is still there.",
        "The apply fails, and names the users. Ask GenAuth's support.",
      );
}

function isGone({ gone }: Sent, user: TestUser): boolean {
  return gone.some(({ userId }) => userId === user.userId);
}

function othersGone({ gone }: Sent, user: TestUser): number {
  return gone.filter(({ userId }) => userId !== user.userId).length;
}

/** Deletions by the other id types, a user each; by e-mail in another spelling, if look-ups ignore it. */
async function askTyped(users: TestUsers, held: readonly HeldId[], isCaseIgnored: boolean): Promise<Finding> {
  const gone: string[] = [];
  const still: string[] = [];
  const unasked: string[] = [];
  for (const { type, id, user } of held) {
    const isUpper = isCaseIgnored && type === UserIdType.EMAIL;
    const name = isUpper ? `${type} in upper case` : type;
    const reading = await users.delete({
      ...{ question: `by ${type}`, ids: [isUpper ? id.toUpperCase() : id], type, meant: [user] },
    });
    if (!reading.sent) unasked.push(`${name} (${reading.why})`);
    else if (othersGone(reading, user) > 0)
      return deletesOthers(`By ${name}, users whom the call does not name are gone, too.`);
    else (isGone(reading, user) ? gone : still).push(name);
  }
  const open = unasked.length === 0 ? "" : ` Not asked: ${unasked.join(", ")}.`;
  if (still.length > 0)
    return advice(
      `The user is still there, by ${still.join(", ")}.${open}`,
      "The users of a set with such ids stay, and each apply reports them. Declare ids as export writes them.",
      DELETE_BY_USER_ID(`deletions by ${still.join(", ")} do not work`),
    );
  return gone.length === 0
    ? notKnown(open.trim())
    : fine(`Exactly the user is gone, by ${gone.join(", ")}.${open}`);
}
