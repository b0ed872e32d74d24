import { count, UserIdType } from "../users";
import {
  advice,
  DECLARE_USER_IDS,
  DELETE_BY_USER_ID,
  describeFailure,
  fine,
  type Finding,
  notKnown,
  stop,
} from "./finding";
import type { HeldId, TestUser } from "./marks";
import type { Answers } from "./report";
import type { Sent, TestUsers } from "./test-users";

/** Whom a deletion concerns: exactly whom it names, or others too. */

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
