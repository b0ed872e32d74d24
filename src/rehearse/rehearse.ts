import type { PoolProbe, TestUserCalls } from "../api";
import { fine, type Finding, notKnown, stop } from "../findings";
import type { Clock } from "../timing";
import { count } from "../users";
import { cleanUp } from "./clean-up";
import { INTERRUPTED, RehearsalHalt } from "./find";
import { Journal, type JournalledPool } from "./journal";
import { newRun } from "./marks";
import { askOddDeletions, askTypedDeletions } from "./questions/deletions";
import { askFirstUser, askUnknownIds } from "./questions/first-user";
import { askLookUps, createTen } from "./questions/look-ups";
import { askSearch } from "./questions/search";
import { QUESTION_NAMES, type QuestionName } from "./questions/titles";
import { askSuspendedDeletion, askUpdates } from "./questions/updates";
import { type Answers, RehearsalSession, type Step } from "./session";
import { Settling } from "./settling";
import type { Survey } from "./survey";
import { TestUsers } from "./test-users";

/** What a rehearsal needs. */
export interface RehearsalRequest {
  readonly probe: PoolProbe;
  /** Given to `TestUsers`, and to nobody else. */
  readonly calls: TestUserCalls;
  readonly clock: Clock;
  readonly pool: JournalledPool;
  readonly survey: Survey;
  /** Where the journal is written; the file must not exist. */
  readonly file: string;
  /** How long the provider waits for a deletion to show, in seconds. */
  readonly confirmSeconds: number;
  /** How long a change may take to show, in milliseconds; default twice what the provider waits. */
  readonly patienceMs?: number;
  /** How long a call whose answer was lost may still be carried out, in milliseconds; default 5,000. */
  readonly quietMs?: number;
  /** A phone number for one test user, with its country code apart. */
  readonly phone?: RehearsalSession["phone"];
  /** Nothing further is asked once this fires; the test users are deleted. */
  readonly stop?: AbortSignal;
  /** Is told what happens next. */
  readonly onStep?: (what: string) => void;
}

/** What a rehearsal found out. */
export interface Rehearsal {
  readonly answers: Readonly<Record<QuestionName, Finding>>;
  /** Whether somebody stopped it, so that it says nothing about the service. */
  readonly isInterrupted: boolean;
}

/** The least harmful first: ids that nobody has, then one user, then ten. */
const STEPS: readonly (readonly [what: string, step: Step])[] = [
  ["deletions of ids that nobody has", askUnknownIds],
  ["one user", askFirstUser],
  ["ten users", createTen],
  ["look-ups", askLookUps],
  ["searches", askSearch],
  ["updates", askUpdates],
  ["deletions of odd ids", askOddDeletions],
  ["a deletion of a suspended user", askSuspendedDeletion],
  ["deletions by each id type", askTypedDeletions],
];

/**
 * Creates test users in a pool, asks what the service does with them, and deletes them.
 *
 * @throws Error if the journal cannot be written
 */
export async function rehearse(request: RehearsalRequest): Promise<Rehearsal> {
  const { probe, calls, clock, pool, survey, file, confirmSeconds } = request;
  const patienceMs = request.patienceMs ?? 2000 * confirmSeconds;
  const run = newRun();
  const journal = Journal.begin(file, { ...pool, run, total: survey.total });
  const settling = new Settling(clock, patienceMs, {
    onLag: (milliseconds) => journal.write({ entry: "lag", milliseconds }),
    stop: request.stop,
  });
  const users = new TestUsers({
    ...{ probe, calls, journal, settling, run },
    ...{ bystanders: survey.bystanders, others: survey.total, stop: request.stop },
  });
  const session = new RehearsalSession({
    ...{ users, probe, settling, confirmSeconds, phone: request.phone },
    searches: new Settling(clock, patienceMs, { stop: request.stop }),
    now: () => clock.now(),
  });
  let halt: RehearsalHalt | undefined;
  try {
    for (const [at, [what, step]] of STEPS.entries()) {
      if (request.stop?.aborted) throw new RehearsalHalt(INTERRUPTED);
      request.onStep?.(`asking about ${what} (${at + 1} of ${STEPS.length})${describePause(settling)}`);
      Object.assign(session.answers, await step(session));
    }
  } catch (error) {
    if (!(error instanceof RehearsalHalt)) throw error;
    halt = error;
  } finally {
    journal.close();
  }
  const quietMs = halt ? request.quietMs : 0;
  const cleanedUp = halt?.leaveUsers
    ? LEFT
    : describeCleanUp(
        await cleanUp({
          probe,
          calls,
          clock,
          file,
          pool,
          patienceMs,
          ...(request.onStep && { onStep: request.onStep }),
          ...(quietMs !== undefined && { quietMs }),
        }),
      );
  const answers = { ...session.answers, ...OPEN, rehearsal: describeEnd(halt), clean_up: cleanedUp };
  const isInterrupted = halt !== undefined && request.stop?.aborted === true;
  return { answers: withUnasked(answers), isInterrupted };
}

/** Why a step takes long; empty if it does not. */
function describePause({ pauseMs }: Settling): string {
  const seconds = Math.round(pauseMs / 1000);
  return seconds > 0 ? `; changes show late, so readings wait ${seconds} s` : "";
}

const LEFT = stop(
  "The test users were left, because nothing further may be deleted.",
  "Find out who disappeared. Then run rehearse --clean-up with the journal, or delete the test users in the console.",
);

function describeCleanUp({ problem, remedy = "", found }: Awaited<ReturnType<typeof cleanUp>>): Finding {
  return problem === undefined
    ? fine(`Nobody is left; ${count(found, "user")} ${found === 1 ? "was" : "were"} deleted at the end.`)
    : stop(problem, remedy);
}

function describeEnd(halt: RehearsalHalt | undefined): Finding {
  return halt
    ? stop(halt.message, "Nothing further was asked. Correct this, then run the rehearsal again.")
    : fine("All questions were asked.");
}

/** What no test user can show. */
const OPEN: Answers = {
  sessions: notKnown(
    "A rehearsal cannot log in.",
    "GenAuth promises that a suspended user cannot log in, and does not say whether sessions and tokens end at once. Keep their lifetime short.",
  ),
  search_window: notKnown(
    "It takes more than 10,000 users.",
    "A search engine usually shows no more. Lists that may lack somebody are refused.",
  ),
  rate_limit: notKnown(
    "A rehearsal does not load the pool.",
    "The provider makes 75 calls per second at most. After a 429, it waits.",
  ),
};

function withUnasked(answers: Answers): Rehearsal["answers"] {
  const unasked = notKnown("Not asked.");
  return Object.fromEntries(
    QUESTION_NAMES.map((name) => [name, answers[name] ?? unasked]),
  ) as Rehearsal["answers"];
}
