import type { FullUser, UserUpdate } from "../../api";
import { advice, describeFailure, fine, type Finding, isForbidden, notKnown, stop } from "../../findings";
import { UserIdType } from "../../users";
import { haltBy, RehearsalHalt, searchPage } from "../find";
import type { TestUser } from "../marks";
import { type Answers, DIFFERS, type RehearsalSession, type Step } from "../session";
import { updatesRefused } from "./first-user";
import { first } from "./look-ups";

/** An item names the external id too, which is a mark: a service may empty the fields that it leaves out. */
function item({ userId, token }: TestUser, fields: Omit<UserUpdate, "userId" | "externalId">): UserUpdate {
  return { userId, externalId: token, ...fields };
}

/** What a suspension does, and what an update does to fields and to other users. */
export const askUpdates: Step = async (session) => {
  const user = first(session.ten);
  const before = await session.read(user);
  const isListed = await findsByMark(session, user);
  const suspension = await session.users.update("suspend", [item(user, { status: "Suspended" })]);
  const suspended = session.isRefused(suspension)
    ? refusedSuspension(updatesRefused(suspension, "GenAuth refuses to suspend users"))
    : await askSuspended(session, user, before, isListed);
  return { ...suspended, ...(await askItems(session)) };
};

function refusedSuspension(answer: Finding): Answers {
  const unasked = notKnown("No test user could be suspended.");
  return {
    suspend: answer,
    suspended_look_up: unasked,
    suspended_alone: unasked,
    suspended_search: unasked,
    omitted_fields: unasked,
    omitted_status: unasked,
    status_changed_at: unasked,
    status_again: unasked,
    reactivate: unasked,
  };
}

const NO_SUSPENSION = (reason: string) => ({ setting: "suspend_days", value: "none", reason });

async function askSuspended(
  session: RehearsalSession,
  user: TestUser,
  before: FullUser | null | undefined,
  isListed: boolean | null | undefined,
): Promise<Answers> {
  const after = await session.read(user);
  session.users.setHidden(user, after === null);
  const answers: Answers = {
    suspend: fine("GenAuth accepts it."),
    ...describeShown(after),
    suspended_alone: await askSuspendedAlone(session, user, after),
    suspended_search: isListed === false ? UNLISTED : await askSuspendedSearch(session, user),
    ...(before && after ? describeChange(before, after) : undescribedChange(after)),
    ...(await askRepeated(session, user, after)),
  };
  const back = await session.users.update("reactivate", [item(user, { status: "Activated" })]);
  if (session.isRefused(back)) {
    answers.reactivate = advice(
      `GenAuth refuses it. ${describeFailure(back)}`,
      "Somebody who returns while waiting stays suspended. Activate them in the console.",
    );
    return answers;
  }
  const active = await session.read(user);
  session.users.setHidden(user, active === null);
  answers.reactivate =
    active === undefined
      ? DIFFERS
      : active?.["status"] === "Activated"
        ? fine("GenAuth accepts it.")
        : advice("The user is not active after it.", "Somebody who returns while waiting stays suspended.");
  return answers;
}

function describeShown(after: FullUser | null | undefined): Pick<Answers, "suspended_look_up"> {
  if (after === undefined) return { suspended_look_up: DIFFERS };
  if (after === null)
    return {
      suspended_look_up: {
        ...stop(
          "Look-ups do not show the user any more.",
          "The provider takes suspended users for gone: one who leaves a set keeps the account, and nothing says so. Delete them in the console, or activate them before they leave a set.",
        ),
        settings: [NO_SUSPENSION("look-ups do not show suspended users")],
      },
    };
  return {
    suspended_look_up:
      after["status"] === "Suspended"
        ? fine("Shown, with the status.")
        : {
            ...stop(
              "Shown with another status, although GenAuth accepted the update.",
              "A suspension is reported as not confirmed, and the apply fails.",
            ),
            settings: [NO_SUSPENSION("a suspension does not show")],
          },
  };
}

/** By `get-user`, with which the provider settles doubts. */
async function askSuspendedAlone(
  { answers, settling, probe }: RehearsalSession,
  { userId }: TestUser,
  after: FullUser | null | undefined,
): Promise<Finding> {
  if (after === undefined) return DIFFERS;
  if (after === null) return notKnown("Look-ups do not show the suspended user.");
  const reading = await settling.twice(async () => {
    const single = await probe.lookUpOne(userId, UserIdType.USER_ID);
    if (!single.ok && single.failure.transient) throw haltBy(single);
    if (!single.ok) return isForbidden(single) ? "forbidden" : "refused";
    if (single.value === undefined) return "hidden";
    if (single.value.userId !== userId)
      throw new RehearsalHalt("A look-up of a test user shows another user.");
    return "shown";
  });
  switch (reading?.value) {
    case undefined:
      return DIFFERS;
    case "forbidden":
      return notKnown("The key may not call get-user.");
    case "refused":
      return notKnown("get-user refuses the id of the suspended user.");
    case "shown":
      return fine("Shown.");
    case "hidden": {
      const isBatchEnough = [answers.look_up_unknown, answers.look_up_malformed].every(
        (answer) => answer?.result === "fine",
      );
      const finding = (isBatchEnough ? advice : stop)(
        "get-user does not show the user, and get-user-batch does.",
        "Where GenAuth refuses a look-up of many users, the provider looks each up alone, and takes suspended users for gone: one who leaves a set keeps the account, and nothing says so. Delete them in the console, or activate them before they leave a set.",
      );
      return { ...finding, settings: [NO_SUSPENSION("get-user does not show suspended users")] };
    }
  }
}

/** Whether a search shows a user; null if it cannot be used, `undefined` if two readings differ. */
async function findsByMark(
  { searches, probe }: RehearsalSession,
  { token, userId }: TestUser,
): Promise<boolean | null | undefined> {
  const reading = await searches.twice(async () => {
    const page = await searchPage(probe, { keywords: token });
    return page ? page.list.some((user) => user.userId === userId) : null;
  });
  return reading?.value;
}

const UNLISTED = notKnown("A search does not show the user before, either.");

async function askSuspendedSearch(session: RehearsalSession, user: TestUser): Promise<Finding> {
  const isListed = await findsByMark(session, user);
  if (isListed === undefined) return DIFFERS;
  if (isListed === null) return notKnown("list-users cannot be used, or refuses keywords.");
  return isListed
    ? fine("Shown.")
    : advice(
        "A search without a condition on the status leaves the user out.",
        'A file made by export lacks suspended users, so no set manages them, and drift --undeclared does not show them. Export them too: --where "status EQUAL Suspended".',
      );
}

/** Fields that may change with a status. */
const STATUS_FIELDS = ["status", "statusChangedAt", "updatedAt"];

function describeChange(before: FullUser, after: FullUser): Answers {
  const fields = Object.keys({ ...before, ...after }).filter(
    (field) =>
      !STATUS_FIELDS.includes(field) && JSON.stringify(before[field]) !== JSON.stringify(after[field]),
  );
  const [then, now] = [before["statusChangedAt"], after["statusChangedAt"]];
  const undated =
    "The provider cannot tell its own suspension from somebody else's, so a set with suspend_days reactivates nobody who is declared again.";
  const noSuspension = NO_SUSPENSION("look-ups do not show since when a user is suspended");
  return {
    omitted_fields:
      fields.length === 0
        ? fine("They stay as they are.")
        : advice(
            `They change: ${fields.join(", ")}.`,
            "A suspension would damage the records of users. The provider notices it at the first one, sets the status back and suspends nobody else.",
            NO_SUSPENSION("an update empties the fields that it leaves out"),
          ),
    status_changed_at:
      typeof now !== "string"
        ? advice("It is not shown.", undated, noSuspension)
        : now === then
          ? advice("It does not change.", undated, noSuspension)
          : fine("It changes."),
  };
}

function undescribedChange(after: FullUser | null | undefined): Answers {
  const unread = after === null ? notKnown("Look-ups do not show the suspended user.") : DIFFERS;
  return { omitted_fields: unread, status_changed_at: unread };
}

/** The same status again, and an item without a status. */
async function askRepeated(
  session: RehearsalSession,
  user: TestUser,
  after: FullUser | null | undefined,
): Promise<Answers> {
  if (!after) {
    const unread = after === null ? notKnown("Look-ups do not show the suspended user.") : DIFFERS;
    return { status_again: unread, omitted_status: unread };
  }
  const dated = typeof after["statusChangedAt"] === "string" && after["status"] === "Suspended";
  const again = await session.users.update("status_again", [item(user, { status: "Suspended" })]);
  const repeated = session.isRefused(again) ? undefined : await session.read(user);
  const silent = await session.users.update("omitted_status", [item(user, { nickname: "still suspended" })]);
  const unstated = session.isRefused(silent) ? undefined : await session.read(user);
  return {
    status_again: !dated
      ? notKnown("It is not shown, or does not change.")
      : !repeated
        ? DIFFERS
        : repeated["statusChangedAt"] === after["statusChangedAt"]
          ? fine("It stays.")
          : fine("It changes.", "The provider does not suspend anybody twice."),
    omitted_status: !unstated
      ? DIFFERS
      : unstated["status"] === "Suspended"
        ? fine("The status stays.")
        : advice(
            "The user is active again.",
            "The provider always sends a status. But any other tool that updates a suspended user without one lets them in again, and a set then releases them with a warning.",
          ),
  };
}

/** Updates of several items: one that names nobody, 50 and more. */
async function askItems(session: RehearsalSession): Promise<Answers> {
  const { users } = session;
  // Always the same user: a service may empty the fields that an item leaves out, and other questions need those of others.
  const user = first(session.ten);
  const repeat = (length: number) => Array.from({ length }, () => item(user, { nickname: "delete me" }));
  const among = await users.update("update_unknown", [
    ...repeat(1),
    { userId: users.makeUpId(), nickname: "nobody" },
  ]);
  const [fifty, more] = [
    await users.update("update_50", repeat(50)),
    await users.update("update_51", repeat(51)),
  ];
  const isFiftyRefused = session.isRefused(fifty);
  const isMoreRefused = session.isRefused(more);
  const isSingleRefused = session.isRefused(await users.update("update_one", repeat(1)));
  if (isSingleRefused) {
    const unasked = notKnown("No test user could be updated.");
    return { update_unknown: unasked, update_50: unasked, update_51: unasked };
  }
  return {
    update_unknown: session.isRefused(among)
      ? fine("GenAuth refuses the call.", "The provider divides it, so that one user holds nobody up.")
      : fine("It is passed over.", "The provider looks up whose status changed."),
    update_50: isFiftyRefused
      ? notKnown("GenAuth refuses 50 items that name one user several times.")
      : fine("GenAuth accepts them."),
    update_51: isFiftyRefused
      ? notKnown("GenAuth refuses 50 already.")
      : isMoreRefused
        ? fine("GenAuth refuses them.", "The provider sends 50 at most.")
        : fine("GenAuth accepts them.", "The provider sends 50 at most."),
  };
}

/** Deletes a suspended user. */
export const askSuspendedDeletion: Step = async (session) => {
  const { users } = session;
  const user = await session.spare();
  const suspension = await users.update("delete_suspended", [item(user, { status: "Suspended" })]);
  if (session.isRefused(suspension))
    return { delete_suspended: notKnown("No test user could be suspended.") };
  const shown = await session.read(user);
  if (shown === undefined) return { delete_suspended: DIFFERS };
  users.setHidden(user, shown === null);
  const reading = await users.delete({
    question: "delete_suspended",
    ids: [user.userId],
    type: UserIdType.USER_ID,
  });
  if (shown === null)
    return {
      delete_suspended: notKnown(
        "Look-ups do not show suspended users, so they do not show whether they are gone.",
      ),
    };
  if (!reading.sent) return { delete_suspended: notKnown(`Not asked, because ${reading.why}.`) };
  if (!reading.isSettled) return { delete_suspended: DIFFERS };
  return {
    delete_suspended:
      reading.gone.length === 1
        ? fine("The user is gone.")
        : advice(
            reading.answer.ok
              ? "The user is still there."
              : `GenAuth refuses it. ${describeFailure(reading.answer)}`,
            "Suspended users who are due stay, and each apply reports them.",
            NO_SUSPENSION("suspended users cannot be deleted"),
          ),
  };
};
