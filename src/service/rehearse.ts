import type { FullUser, TestUserCalls } from "../api";
import { UserIdType } from "../users";
import { ask, checkEmailCase, checkLookUps } from "./checks";
import { cleanUp } from "./clean-up";
import {
  advice,
  describeFailure,
  fine,
  type Finding,
  isForbidden,
  isRefusal,
  notKnown,
  stop,
} from "./finding";
import { Journal } from "./journal";
import { type HeldId, newRun, type TestUser } from "./marks";
import { askDeletions, askSuspension, checkTypedLookUps } from "./questions";
import { Interruption, type Readings } from "./readings";
import type { Answers, ReportedPool } from "./report";
import type { Survey } from "./survey";
import { countOthers, RehearsalStop, TestUsers } from "./test-users";

/** What a rehearsal needs. */
export interface RehearsalRequest {
  readonly readings: Readings;
  /** Given to `TestUsers`, and to nobody else. */
  readonly calls: TestUserCalls;
  readonly pool: ReportedPool;
  readonly survey: Pick<Survey, "bystanders">;
  /** Where the journal is written; the file must not exist. */
  readonly file: string;
  /** How long the provider waits for a change to show, in seconds. */
  readonly confirmSeconds: number;
  /** How long a change may take to show, in milliseconds; default twice what the provider waits. */
  readonly patienceMs?: number;
  /** Is told what happens next. */
  readonly onStep?: (what: string) => void;
}

/** What a rehearsal found out. */
export interface Rehearsal {
  readonly answers: Answers & { readonly clean_up: Finding };
  /** Why it says nothing about the service, although the service did nothing wrong. */
  readonly interrupted?: string;
}

/**
 * Creates test users in a pool, asks what the service does with them, and deletes them.
 *
 * @throws Error if the journal cannot be written
 */
export async function rehearse(request: RehearsalRequest): Promise<Rehearsal> {
  const { readings, calls, pool, survey, file, confirmSeconds, onStep } = request;
  const patienceMs = request.patienceMs ?? 2000 * confirmSeconds;
  const run = newRun();
  // Before anybody is created, so that a search whose condition is ignored counts nobody else.
  const others = await countOthers(readings, run);
  const journal = Journal.begin(file, run, pool);
  const users = new TestUsers({
    ...{ readings, calls, journal, patienceMs },
    ...{ bystanders: survey.bystanders, others },
  });
  const answers: Answers = {};
  const ended = await findEnd(async () => {
    onStep?.("asking about one user");
    await askFirst(users, request, answers);
    onStep?.(`asking about seven users${describePause(readings)}`);
    await askSeven(users, readings, answers);
  });
  journal.close();
  if (ended instanceof RehearsalStop)
    answers.end = stop(
      ended.message,
      "Nothing further was asked. Correct this, then run the rehearsal again.",
    );
  const isLeft = ended instanceof RehearsalStop && ended.leaveUsers;
  const clean_up = isLeft
    ? LEFT
    : describeCleanUp(
        await cleanUp({
          ...{ readings: readings.withoutStop(), calls, file, pool, patienceMs },
          // Those of the survey: the last deletion may have been cut off before the look after them.
          bystanders: survey.bystanders,
          ...(ended === undefined && { quietMs: 0 }),
          ...(onStep && { onStep }),
        }),
      );
  return {
    answers: { ...answers, clean_up },
    ...(ended instanceof Interruption && { interrupted: ended.message }),
  };
}

/** @returns why the questions ended early; `undefined` if they did not */
async function findEnd(questions: () => Promise<void>): Promise<RehearsalStop | Interruption | undefined> {
  try {
    await questions();
    return undefined;
  } catch (error) {
    if (error instanceof RehearsalStop || error instanceof Interruption) return error;
    throw error;
  }
}

/** Why the questions take long; empty if they do not. */
function describePause({ pauseMs }: Readings): string {
  const seconds = Math.round(pauseMs / 1000);
  return seconds > 0 ? `; changes show late, so readings wait ${seconds} s` : "";
}

const LEFT = stop(
  "The test users were left, because nothing further may be deleted.",
  "Find out who disappeared. Then run rehearse --clean-up with the journal, or delete the test users in the console.",
);

function describeCleanUp({ problem, remedy = "" }: Awaited<ReturnType<typeof cleanUp>>): Finding {
  return problem === undefined ? fine("Nobody is left.") : stop(problem, remedy);
}

/**
 * One user: created and deleted. The least harmful change first: only after the deletion of an id that nobody has is anybody
 * created, because a key that may not delete could not clean up.
 */
async function askFirst(users: TestUsers, request: RehearsalRequest, answers: Answers): Promise<void> {
  const unknown = await users.deleteByUserId("unknown", [], [users.makeUpId()]);
  if (unknown.declined && isForbidden(unknown.declined))
    throw new RehearsalStop(`The key may not call delete-users-batch. ${describeFailure(unknown.declined)}`);
  const user = await createFirst(users);
  const { declined, gone, lag } = await users.deleteByUserId("user_id", [user]);
  if (declined) throw new RehearsalStop(`GenAuth does not delete a user. ${describeFailure(declined)}`);
  if (lag === undefined || gone.length === 0)
    throw new RehearsalStop(
      "GenAuth answers success to a deletion, and look-ups go on to show the user. The provider would report every deleted user as still there.",
    );
  answers.deletion = describeDeletion(lag, request.confirmSeconds);
  answers.absent = await ask(() => checkAbsent(request.readings, user));
  answers.freed_ids = await askFreedIds(users, user);
}

async function createFirst(users: TestUsers): Promise<TestUser> {
  let creation = await users.create([{}]);
  if (creation.declined && isRefusal(creation.declined)) {
    users.emailDomain = "@example.com";
    creation = await users.create([{}]);
  }
  if (creation.declined)
    throw new RehearsalStop(`GenAuth does not create a user. ${describeFailure(creation.declined)}`);
  return creation.users[0] as TestUser;
}

function describeDeletion(lagMs: number, confirmSeconds: number): Finding {
  const shown = `The user is gone, and nobody else; shown ${lagMs === 0 ? "at once" : `after ${lagMs} ms`}.`;
  const needed = Math.ceil((3 * lagMs) / 1000);
  return needed > confirmSeconds
    ? advice(
        shown,
        `The provider waits ${confirmSeconds} s. A deletion that takes longer to show once is reported as not confirmed.`,
        {
          setting: "GENAUTH_CONFIRM_SECONDS",
          value: String(needed),
          reason: "look-ups show a deletion late",
        },
      )
    : fine(shown);
}

/** By `get-user`, with which the provider settles doubts. */
async function checkAbsent(readings: Readings, { userId }: TestUser): Promise<Finding> {
  const single = await readings.answer(() => readings.probe.lookUpOne(userId, UserIdType.USER_ID));
  if (single.ok)
    return single.value
      ? stop(
          "get-user still shows the user, and get-user-batch does not.",
          "The provider cannot tell whether a user is gone. Ask GenAuth's support.",
        )
      : fine("get-user says that there is none.");
  return isForbidden(single)
    ? notKnown("The key may not call get-user.")
    : advice(
        `get-user does not answer with 404 and apiCode 2004. ${describeFailure(single)}`,
        "Where a look-up of many users leaves doubt about an id, its user is kept.",
      );
}

async function askFreedIds(users: TestUsers, { username, externalId, email }: TestUser): Promise<Finding> {
  const { declined } = await users.create([{ username, externalId, email }]);
  return declined
    ? advice(
        `GenAuth refuses them. ${describeFailure(declined)}`,
        "Somebody who was deleted by mistake cannot get an account with the same e-mail or user name again.",
        {
          setting: "suspend_days",
          value: "14",
          reason:
            "a deleted account cannot be created again with its ids, so there should be time to notice a mistake",
        },
      )
    : fine("They can be given to another user.");
}

/** The test users of the other questions: whoever is created, or the creation has halted. */
type Seven = readonly [TestUser, TestUser, TestUser, TestUser, TestUser, TestUser, TestUser];

async function askSeven(users: TestUsers, readings: Readings, answers: Answers): Promise<void> {
  const creation = await users.create(Array.from({ length: 7 }, () => ({})));
  if (creation.declined)
    throw new RehearsalStop(
      `GenAuth does not create seven users in one call. ${describeFailure(creation.declined)}`,
    );
  const [kept, left, inexact, among, byEmail, byName, byExternalId] = creation.users as unknown as Seven;
  const held: HeldId[] = [
    { type: UserIdType.EMAIL, id: byEmail.email, user: byEmail },
    { type: UserIdType.USERNAME, id: byName.username, user: byName },
    { type: UserIdType.EXTERNAL_ID, id: byExternalId.externalId, user: byExternalId },
  ];
  const shown = (await users.read(creation.users)) as FullUser[];
  answers.look_ups = await ask(() => checkLookUps(readings, shown));
  answers.typed_look_ups = await ask(() => checkTypedLookUps(readings, held));
  answers.email_case = await ask(() => checkEmailCase(readings, shown));
  await askSuspension(users, readings, [kept, left], answers);
  await askDeletions(users, { inexact, among, held }, answers);
}
