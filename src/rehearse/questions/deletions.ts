import { advice, describeFailure, fine, type Finding, notKnown, stop } from "../../findings";
import { count, UserIdType } from "../../users";
import type { TestUser } from "../marks";
import { UNKNOWN_TYPE } from "../proof";
import { type Answers, DIFFERS, type RehearsalSession, type Step } from "../session";
import type { DeletionReading } from "../test-users";
import type { QuestionName } from "./titles";

const BY_SYSTEM_ID = (reason: string) => ({ setting: "delete_by", value: '"user_id"', reason });

/** Whoever else of the test users is gone, a call deletes more than it names. */
function others(
  reading: Extract<DeletionReading, { sent: true }>,
  asked: readonly TestUser[],
): Finding | undefined {
  const more = reading.gone.filter(({ userId }) => !asked.some((user) => user.userId === userId)).length;
  if (more === 0) return undefined;
  return {
    ...stop(
      `${count(more, "test user")} whom the call does not name ${more === 1 ? "is" : "are"} gone, too.`,
      "A deletion by such an id concerns users who are declared. Delete by system user ids only.",
    ),
    settings: [
      BY_SYSTEM_ID("GenAuth takes other ids for more users than one"),
      {
        setting: "user_id_type",
        value: '"user_id"',
        reason: "GenAuth takes other ids for more users than one",
      },
    ],
  };
}

type Read = Extract<DeletionReading, { sent: true }>;

/** Asks one deletion, and leaves to the question what it means who is gone. */
async function ask(
  session: RehearsalSession,
  question: QuestionName,
  {
    ids,
    type,
    asked,
  }: { readonly ids: readonly string[]; readonly type: string; readonly asked: readonly TestUser[] },
  means: (reading: Read, isRefused: boolean) => Finding,
): Promise<Finding> {
  const reading = await session.users.delete({ question, ids, type });
  if (!reading.sent) return notKnown(`Not asked, because ${reading.why}.`);
  const isRefused = session.isRefused(reading.answer);
  const more = others(reading, asked);
  if (more) return more;
  return reading.isSettled ? means(reading, isRefused) : DIFFERS;
}

function refusal({ answer }: Read): string {
  return answer.ok ? "" : `GenAuth refuses the call. ${describeFailure(answer)}`;
}

/** Deletions of several ids, and of ids that name nobody as they are written. */
export const askOddDeletions: Step = async (session) => {
  const { users } = session;
  const answers: Answers = {};
  const among = await session.spare();
  answers.delete_unknown_among = await ask(
    session,
    "delete_unknown_among",
    { ids: [among.userId, users.makeUpId()], type: UserIdType.USER_ID, asked: [among] },
    (reading, isRefused) =>
      reading.gone.length === 1 && !isRefused
        ? fine("It is ignored, and the other one is deleted.")
        : reading.gone.length === 1
          ? advice(
              `${refusal(reading)} The other one is deleted all the same.`,
              "The provider looks up who is gone.",
            )
          : isRefused
            ? advice(refusal(reading), "The provider divides the call, which costs further calls.")
            : stop(
                "GenAuth answers success, and the other one is still there.",
                "The apply fails, and names the users. Ask GenAuth's support.",
              ),
  );
  const twice = await session.spare();
  answers.delete_twice = await ask(
    session,
    "delete_twice",
    { ids: [twice.userId, twice.userId], type: UserIdType.USER_ID, asked: [twice] },
    (reading, isRefused) =>
      reading.gone.length === 1
        ? fine("The user is gone.")
        : fine(
            isRefused ? refusal(reading) : "The user is still there.",
            "The provider names each user once.",
          ),
  );
  const upper = await session.spare();
  answers.delete_user_id_case = await ask(
    session,
    "delete_user_id_case",
    { ids: [upper.userId.toUpperCase()], type: UserIdType.USER_ID, asked: [upper] },
    (reading) =>
      reading.gone.length === 1
        ? fine("The user is gone: the case is ignored.")
        : fine("The user is still there.", "The provider sends system user ids as GenAuth writes them."),
  );
  Object.assign(answers, await askMatching(session));
  if (session.acceptsUnknownType) {
    const user = await session.spare();
    answers.delete_unknown_type = await ask(
      session,
      "delete_unknown_type",
      { ids: [user.userId], type: UNKNOWN_TYPE, asked: [user] },
      (reading) =>
        reading.gone.length === 1
          ? fine("GenAuth takes it for user_id.", "The provider sends none but the documented ones.")
          : fine(
              "GenAuth accepts it, and nothing happens.",
              "The provider sends none but the documented ones.",
            ),
    );
  }
  return answers;
};

const MATCHES_PARTS =
  "An id that is a part of another one, as anna@example.com is of joanna@example.com, deletes both users. Declare and delete by system user ids only.";
const MATCHES_WORDS =
  "Two ids that share a word, as anna@example.com and bob@example.com share example, delete both users. Declare and delete by system user ids only.";

/** Parts and words of ids, and ids of another type: no look-up finds anybody by them. */
async function askMatching(session: RehearsalSession): Promise<Answers> {
  const { users } = session;
  const user = await session.spare();
  const describe = ({ gone }: Read, matching: "part" | "word"): Finding => {
    if (gone.length === 0) return fine("Nobody is gone.");
    const reason = `GenAuth deletes users by a ${matching} of an id`;
    const finding = stop(
      `${count(gone.length, "test user")} deleted by a ${matching} of a user name.`,
      matching === "part" ? MATCHES_PARTS : MATCHES_WORDS,
    );
    const settings = [BY_SYSTEM_ID(reason), { setting: "user_id_type", value: '"user_id"', reason }];
    return { ...finding, settings };
  };
  // Whoever of the test users is gone says the same.
  const asked = [...users.alive];
  const part = await ask(
    session,
    "delete_part",
    { ids: [user.token.slice(0, -1)], type: UserIdType.USERNAME, asked },
    (reading) => describe(reading, "part"),
  );
  const another = await session.spare();
  const word = await ask(
    session,
    "delete_word",
    { ids: [`${users.makeUpId()}-${another.token}`], type: UserIdType.USERNAME, asked: [...users.alive] },
    (reading) => describe(reading, "word"),
  );
  const third = await session.spare();
  const otherType = await ask(
    session,
    "delete_other_type",
    { ids: [third.token], type: UserIdType.USER_ID, asked: [third] },
    (reading) =>
      reading.gone.length === 0
        ? fine("Nobody is gone.")
        : stop(
            "A user name that was sent as user_id deletes the user.",
            "A set with user_id could delete somebody whose other id is the same. Ask GenAuth's support.",
          ),
  );
  return { delete_part: part, delete_word: word, delete_other_type: otherType };
}

/** The questions about types, with the user of the ten that each takes. */
const BY_TYPE: readonly (readonly [QuestionName, UserIdType, number])[] = [
  ["delete_username", UserIdType.USERNAME, 3],
  ["delete_external_id", UserIdType.EXTERNAL_ID, 4],
  ["delete_identity", UserIdType.IDENTITY, 5],
  ["delete_sync_relation", UserIdType.SYNC_RELATION, 6],
  ["delete_phone", UserIdType.PHONE, 7],
  ["delete_email", UserIdType.EMAIL, 1],
];

/** Deletions by each id type, a user each. */
export const askTypedDeletions: Step = async (session) => {
  const answers: Answers = {};
  for (const [question, type, at] of BY_TYPE) answers[question] = await askTyped(session, question, type, at);
  answers.delete_email_case = await askEmailCase(session);
  return answers;
};

async function askTyped(
  session: RehearsalSession,
  question: QuestionName,
  type: UserIdType,
  at: number,
): Promise<Finding> {
  const user = at === 7 ? session.holderOf(type) : session.ten[at];
  if (!user) return notKnown("Not asked, because no test user has such an id.");
  if (!session.idTypes.has(type)) return notKnown("Not asked, because look-ups do not find a user by it.");
  if (!isThere(session, user)) return notKnown("Not asked, because the test user is gone already.");
  const bySystemId = BY_SYSTEM_ID(`deletions by ${type} do not work`);
  return ask(
    session,
    question,
    { ids: [session.idOf(user, type)], type, asked: [user] },
    (reading, isRefused) =>
      reading.gone.length === 1
        ? fine("The user is gone, and nobody else.")
        : advice(
            isRefused ? refusal(reading) : "GenAuth answers success, and the user is still there.",
            "The users of a set with such ids stay, and each apply reports them.",
            bySystemId,
          ),
  );
}

async function askEmailCase(session: RehearsalSession): Promise<Finding> {
  const user = session.ten[2];
  if (!user || !session.idTypes.has(UserIdType.EMAIL))
    return notKnown("Not asked, because look-ups do not find a user by it.");
  if (!isThere(session, user)) return notKnown("Not asked, because the test user is gone already.");
  const ids = [user.email.toUpperCase()];
  return ask(session, "delete_email_case", { ids, type: UserIdType.EMAIL, asked: [user] }, (reading) =>
    reading.gone.length === 1
      ? fine("The user is gone: the case is ignored.")
      : advice(
          "The user is still there.",
          "A user whose e-mail is declared in another spelling than the pool's stays, and each apply reports it. Declare e-mails as export writes them.",
          BY_SYSTEM_ID("deletions by e-mail depend on upper and lower case"),
        ),
  );
}

function isThere({ users }: RehearsalSession, { userId }: TestUser): boolean {
  return users.shown.some((user) => user.userId === userId);
}
