import { type Answers, type RehearsalSession, type Step } from "../session";
import {
  advice,
  describeFailure,
  fine,
  type Finding,
  isForbidden,
  isRefusal,
  notKnown,
  stop,
} from "../../findings";
import { RehearsalHalt, haltBy, searchByRun } from "../find";
import type { TestUser } from "../marks";
import { USERS_PER_PAGE } from "../../api";
import { UNKNOWN_TYPE } from "../proof";
import type { ShownAfter } from "../settling";
import type { DeletionReading } from "../test-users";
import { count, UserIdType } from "../../users";

/** Deletions of ids that nobody has. Only after them is anybody created, because a key that may not delete could not clean up. */
export const askUnknownIds: Step = async (session) => {
  const { users } = session;
  const one = await sent(
    users.delete({ question: "delete_unknown", ids: [users.makeUpId()], type: UserIdType.USER_ID }),
  );
  if (!one.answer.ok && isForbidden(one.answer))
    throw new RehearsalHalt(`The key may not call delete-users-batch. ${describeFailure(one.answer)}`);
  const refused = session.isRefused(one.answer);
  const many = await sent(
    users.delete({
      question: "delete_51",
      ids: Array.from({ length: 51 }, () => users.makeUpId()),
      type: UserIdType.USER_ID,
    }),
  );
  const manyRefused = session.isRefused(many.answer);
  const isSameRefusal =
    !one.answer.ok && !many.answer.ok && one.answer.failure.statusCode === many.answer.failure.statusCode;
  const unknownType = await sent(
    users.delete({ question: "delete_unknown_type", ids: [users.makeUpId()], type: UNKNOWN_TYPE }),
  );
  session.acceptsUnknownType = !session.isRefused(unknownType.answer);
  return {
    delete_unknown: refused
      ? advice(
          `GenAuth refuses the call. ${describe(one)}`,
          "A call with an id that is gone meanwhile is refused as a whole. The provider looks up again and divides it, which costs further calls.",
        )
      : fine("GenAuth answers success, and nothing happens."),
    delete_51: isSameRefusal
      ? notKnown("GenAuth refuses ids that nobody has, so it does not show whether it counts them.")
      : manyRefused
        ? fine("GenAuth refuses them.")
        : fine("GenAuth accepts them.", "The provider sends 50 at most."),
    delete_unknown_type: session.acceptsUnknownType
      ? fine("GenAuth accepts it.", "The provider sends none but the documented ones.")
      : fine("GenAuth refuses it."),
  };
};

/** One user: created, changed and deleted; each time, how long it takes to show. */
export const askFirstUser: Step = async (session) => {
  const { users, answers } = session;
  const created = await createFirst(session);
  const { user } = created;
  answers.creation = created.answer;
  answers.search_lag = await askSearchLag(session);
  answers.change_lag = await askChangeLag(session, user);
  Object.assign(answers, await askDeletion(session, user));
  const again = await sent(
    users.delete({ question: "delete_gone", ids: [user.userId], type: UserIdType.USER_ID }),
  );
  answers.delete_gone = session.isRefused(again.answer)
    ? advice(
        `GenAuth refuses the call. ${describe(again)}`,
        "The provider looks the user up after such a refusal, and counts them as gone.",
      )
    : fine("GenAuth answers success, and nothing happens.");
  Object.assign(answers, await askArchive(session, user));
  return { freed_ids: await askFreedIds(session, user) };
};

async function createFirst(
  session: RehearsalSession,
): Promise<{ readonly user: TestUser; readonly answer: Finding }> {
  const { users } = session;
  let creation = await users.create([{}]);
  const isDomainRefused = !creation.ok && isRefusal(creation.failed);
  if (isDomainRefused) {
    users.emailDomain = "@example.com";
    creation = await users.create([{}]);
  }
  if (!creation.ok) {
    if (!isRefusal(creation.failed) && !isForbidden(creation.failed)) throw haltBy(creation.failed);
    throw new RehearsalHalt(`GenAuth does not create a user. ${describeFailure(creation.failed)}`);
  }
  const [user] = creation.users;
  if (!user) throw new RehearsalHalt("A creation created nobody.");
  const words = shownWords(creation.shown);
  return {
    user,
    answer: isDomainRefused
      ? fine(`${words} E-mails that end in .invalid are refused.`, "Test users have e-mails at example.com.")
      : fine(words),
  };
}

function shownWords({ milliseconds, atOnce }: ShownAfter): string {
  return atOnce ? "Shown at once." : `Shown after ${milliseconds} ms.`;
}

async function askSearchLag({ searches, users, probe }: RehearsalSession): Promise<Finding> {
  if (!(await searchByRun(probe, users.run)))
    return advice(
      "list-users cannot be used, or refuses a search for a part of a user name.",
      "export, drift --undeclared and the data source genauth_users need it.",
    );
  const shown = await searches.until(
    async () => (await searchByRun(probe, users.run))?.list.some((user) => users.isOurs(user)) ?? false,
  );
  if (!shown) {
    const page = await searchByRun(probe, users.run);
    const lacking = page ? page.totalCount - page.list.length : 0;
    if (page && lacking > 0 && page.totalCount <= USERS_PER_PAGE)
      return advice(
        `A search counts ${count(page.totalCount, "user")} and shows ${page.list.length}.`,
        "The provider refuses lists that may lack somebody, so export, drift --undeclared and the data source genauth_users fail. Ask GenAuth's support.",
      );
    return advice(
      "A search does not show a new user in time.",
      "export, drift --undeclared and the data source genauth_users lack new users.",
    );
  }
  return fine(shownWords(shown));
}

async function askChangeLag(session: RehearsalSession, user: TestUser): Promise<Finding> {
  const { users, settling } = session;
  const nickname = "delete me soon";
  const answer = await users.update("change_lag", [
    { userId: user.userId, externalId: user.token, nickname },
  ]);
  if (session.isRefused(answer)) return updatesRefused(answer, "users cannot be updated");
  const shown = await settling.until(
    async () => (await users.find([user.userId], UserIdType.USER_ID))[0]?.["nickname"] === nickname,
  );
  if (!shown)
    return advice(
      "A look-up does not show the change in time.",
      "A set with suspend_days reports users as not suspended who are.",
    );
  return fine(shownWords(shown));
}

/** What follows if the key or the service does not update, or does not suspend. */
export function updatesRefused(answer: Parameters<typeof describeFailure>[0], reason: string): Finding {
  const what = isForbidden(answer)
    ? "The key may not call update-user-batch."
    : "GenAuth refuses the update.";
  return advice(`${what} ${describeFailure(answer)}`, "A set with suspend_days cannot suspend anybody.", {
    setting: "suspend_days",
    value: "none",
    reason,
  });
}

async function askDeletion(session: RehearsalSession, user: TestUser): Promise<Answers> {
  const { users, confirmSeconds } = session;
  const reading = await sent(
    users.delete(
      { question: "delete_user_id", ids: [user.userId], type: UserIdType.USER_ID },
      { measure: true },
    ),
  );
  if (session.isRefused(reading.answer))
    throw new RehearsalHalt(`GenAuth does not delete a user. ${describe(reading)}`);
  const { shown } = reading;
  if (!shown || reading.gone.length === 0) {
    session.answers.delete_user_id = stop(
      "GenAuth answers success, and look-ups go on to show the user.",
      "The provider reports every deleted user as still there, and the apply fails. Ask GenAuth's support.",
    );
    throw new RehearsalHalt("Look-ups do not show that a user was deleted.");
  }
  const seconds = Math.ceil((3 * shown.milliseconds) / 1000);
  const value = reading.answer.value?.success;
  return {
    delete_user_id: fine("The user is gone, and nobody else."),
    deletion_lag:
      seconds > confirmSeconds
        ? advice(
            `Look-ups show the deletion after ${shown.milliseconds} ms.`,
            `The provider waits ${confirmSeconds} s. A deletion that takes longer to show once is reported as not confirmed.`,
            {
              setting: "GENAUTH_CONFIRM_SECONDS",
              value: String(seconds),
              reason: "look-ups show a deletion late",
            },
          )
        : fine(shownWords(shown)),
    success:
      value === true
        ? fine("success: true.")
        : fine("GenAuth says nothing of success.", "The provider relies on look-ups, so any answer will do."),
    absent_user: await askAbsentUser(session, user),
  };
}

async function askAbsentUser({ probe }: RehearsalSession, { userId }: TestUser): Promise<Finding> {
  const single = await probe.lookUpOne(userId, UserIdType.USER_ID);
  if (single.ok)
    return single.value === undefined
      ? fine("GenAuth answers that there is no such user (404, apiCode 2004).")
      : stop(
          "get-user still shows the user, and get-user-batch does not.",
          "The provider cannot tell whether a user is gone. Ask GenAuth's support.",
        );
  if (isForbidden(single)) return notKnown("The key may not call get-user.");
  if (single.failure.transient) throw haltBy(single);
  return advice(
    `GenAuth does not answer with 404 and apiCode 2004. ${describeFailure(single)}`,
    "Where a look-up of many users leaves doubt about an id, its user is kept.",
  );
}

/** The only use of the list. */
const NOBODY_SAYS =
  "If an id passes to somebody else before its deletion, the provider cannot say who was deleted.";

async function askArchive(session: RehearsalSession, { userId }: TestUser): Promise<Answers> {
  const { probe, settling, startedAt, now } = session;
  // A clock that is a minute behind still asks for enough.
  const since = Math.floor(startedAt / 1000) - 60;
  const first = await probe.listArchived(since);
  if (!first.ok) {
    if (first.failure.transient) throw haltBy(first);
    const what = isForbidden(first)
      ? "The key may not call list-archived-users."
      : "list-archived-users cannot be used.";
    return {
      archive: advice(`${what} ${describeFailure(first)}`, NOBODY_SAYS),
      archive_start: notKnown("Archived users cannot be listed."),
    };
  }
  const isListed = async () => {
    const page = await probe.listArchived(since);
    return page.ok && page.value.list.some((user) => user.userId === userId);
  };
  const shown = await settling.until(isListed, { counts: false });
  if (!shown) {
    // A start in seconds is long ago in milliseconds, so a list that leaves the user out leaves out all deletions.
    return {
      archive: advice("It does not show a user who was deleted.", NOBODY_SAYS),
      archive_start: notKnown("The archive does not show the deletion."),
    };
  }
  const future = await probe.listArchived(Math.floor(now() / 1000) + 24 * 3600);
  if (!future.ok) throw haltBy(future);
  const isSeconds = future.value.totalCount === 0;
  return {
    archive: fine(shownWords(shown)),
    archive_start: isSeconds
      ? fine("Seconds.")
      : advice("Milliseconds, or it is ignored: the list does not start at the time asked for.", NOBODY_SAYS),
  };
}

async function askFreedIds({ users }: RehearsalSession, user: TestUser): Promise<Finding> {
  const creation = await users.createAgain(user);
  if (creation.ok) return fine("They can be given to another user.");
  if (!isRefusal(creation.failed)) throw haltBy(creation.failed);
  return advice(
    `GenAuth refuses them. ${describeFailure(creation.failed)}`,
    "Somebody who was deleted by mistake cannot get an account with the same e-mail or user name again.",
    {
      setting: "suspend_days",
      value: "14",
      reason:
        "a deleted account cannot be created again with its ids, so there should be time to notice a mistake",
    },
  );
}

type Sent = Extract<DeletionReading, { sent: true }>;

/** A deletion of made-up ids or of a system user id, which is always proven. */
async function sent(reading: Promise<DeletionReading>): Promise<Sent> {
  const read = await reading;
  if (!read.sent) throw new RehearsalHalt(`A deletion was not sent, because ${read.why}.`);
  return read;
}

function describe({ answer }: Sent): string {
  return answer.ok ? "" : describeFailure(answer);
}
