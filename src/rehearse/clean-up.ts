import type { FullUser, PoolProbe, TestUserCalls } from "../api";
import type { Clock } from "../timing";
import { count } from "../users";
import { countUsers, findUsers, RehearsalHalt, searchByRun, searchPage } from "./find";
import { Journal, type JournalledPool, type JournalledRun, lookInConsole, readJournal } from "./journal";
import { isTokenOf, showsMark, type TestUser } from "./marks";
import { Settling } from "./settling";
import { TestUsers } from "./test-users";

/** What a clean-up needs. */
export interface CleanUpRequest {
  readonly probe: PoolProbe;
  readonly calls: TestUserCalls;
  readonly clock: Clock;
  /** The journal of the rehearsal. */
  readonly file: string;
  /** The pool that the calls reach. */
  readonly pool: JournalledPool;
  /** How long the service may take to show a change, if the rehearsal did not measure it; in milliseconds. */
  readonly patienceMs: number;
  /** How long after the last entry of the journal a call may still be carried out, in milliseconds; default 5,000. */
  readonly quietMs?: number;
  /** Is told what happens next. */
  readonly onStep?: (what: string) => void;
}

/** Why it is not certain that nobody is left. */
interface Problem {
  /** What is the case. Names no id. */
  readonly problem: string;
  /** Whether time can solve it; otherwise somebody must look in the console. */
  readonly isPassing: boolean;
}

/** How a clean-up ended. */
export interface CleanedUp {
  /** How many users it found and tried to delete; not those whom only a deletion by a recorded id can reach. */
  readonly found: number;
  /** Why it is not certain that nobody is left; absent if it is. Names no id. */
  readonly problem?: string;
  /** What to do about the problem. Names the mark of the run, and is there whenever the problem is. */
  readonly remedy?: string;
}

/** How often it looks for users who are left and deletes them, before it gives up. */
const MOST_ROUNDS = 8;

/**
 * Deletes every user whom a rehearsal may have left: those of its creation answers, also where look-ups hide them, and those
 * of a lost answer, who have a mark of the journal as user name and external id. It ends when look-ups, a search and its count
 * agree twice that nobody is left.
 *
 * @throws Error if the journal is of another pool, cannot be read, or is one that another process works with
 */
export async function cleanUp(request: CleanUpRequest): Promise<CleanedUp> {
  const { clock, file, pool, quietMs = 5000, onStep } = request;
  const journalled = readJournal(file);
  refuseOtherPool(journalled.pool, pool, file);
  const journal = Journal.resume(file);
  const found = new Set<string>();
  try {
    const wait = Math.max(0, journalled.lastAt + quietMs - clock.now());
    if (journalled.tokens.length > 0 && wait > 0) {
      onStep?.("waiting for calls that may still be on their way");
      await clock.sleep(wait);
    }
    const problem =
      (await deleteAll({ ...request, journal, journalled, found })) ?? describeDamage(journalled);
    if (problem === undefined) journal.write({ entry: "finished" });
    return { found: found.size, ...(problem && explain(problem, journalled.run, file)) };
  } catch (error) {
    if (!(error instanceof RehearsalHalt)) throw error;
    return {
      found: found.size,
      ...explain({ problem: error.message, isPassing: !error.leaveUsers }, journalled.run, file),
    };
  } finally {
    journal.close();
  }
}

function explain({ problem, isPassing }: Problem, run: string, file: string): Omit<CleanedUp, "found"> {
  const console = lookInConsole(run, file);
  return {
    problem,
    remedy: isPassing
      ? `Run rehearse --clean-up with the journal later. If it says the same then: ${console}`
      : console,
  };
}

/** Whom a lost line named, look-ups and searches may hide. */
function describeDamage({ damaged }: JournalledRun): Problem | undefined {
  if (damaged.length === 0) return undefined;
  const lines = damaged.length === 1 ? "Line" : "Lines";
  return {
    problem: `${lines} ${damaged.join(", ")} of the journal cannot be read, so it may lack users.`,
    isPassing: false,
  };
}

function refuseOtherPool(own: JournalledPool, pool: JournalledPool, file: string): void {
  const differs = (["host", "access_key_id", "tenant_id"] as const).filter(
    (field) => own[field] !== pool[field],
  );
  if (differs.length > 0)
    throw new Error(
      `${file} is the journal of another pool: ${differs.join(" and ")} ${differs.length === 1 ? "differs" : "differ"} from the settings. Set GENAUTH_HOST, GENAUTH_ACCESS_KEY_ID and GENAUTH_TENANT_ID as they were; the journal names them in its first line.`,
    );
}

interface CleanUp extends CleanUpRequest {
  readonly journal: Journal;
  readonly journalled: JournalledRun;
  /** Is given the system user ids of the users who were left. */
  readonly found: Set<string>;
}

async function deleteAll(request: CleanUp): Promise<Problem | undefined> {
  const { probe, calls, clock, patienceMs, journal, journalled, found, onStep } = request;
  // The journal may have lost a line, so its word is not enough.
  if (journalled.tokens.length === 0) return disagreement(journalled, request);
  const sayRound = (round: number) =>
    onStep?.(`looking for test users who are left (${round} of ${MOST_ROUNDS} times at most)`);
  sayRound(1);
  const settling = new Settling(clock, patienceMs, { lagMs: journalled.lagMs ?? patienceMs / 3 });
  const bystanders = await findBystanders(probe, journalled.run);
  const users = new TestUsers({ probe, calls, journal, settling, run: journalled.run, bystanders });
  for (const { token, userId } of journalled.created) users.adopt(token, userId);
  let agreed = 0;
  let problem: Problem | undefined;
  for (let round = 1; round <= MOST_ROUNDS && agreed < 2; round += 1) {
    if (round > 1) {
      sayRound(round);
      await settling.pause();
    }
    const { left, strangers } = await findLeft(users, request);
    for (const { userId } of left) found.add(userId);
    // Whom look-ups hide, only a deletion by the recorded id can reach.
    const meant = round === 1 ? users.alive.filter(({ userId }) => !strangers.has(userId)) : left;
    if (meant.length > 0)
      onStep?.(`deleting ${count(meant.length, "test user")}, as far as they are not gone`);
    await deleteUsers(users, meant);
    problem =
      left.length > 0
        ? { problem: `${count(left.length, "user")} of the rehearsal can still be found.`, isPassing: true }
        : strangers.size > 0
          ? describeStrangers(strangers.size)
          : await disagreement(users, request);
    agreed = left.length === 0 && problem?.isPassing !== true ? agreed + 1 : 0;
  }
  return problem;
}

/** System user ids of at most 50 users who are not of the run, as far as the key may list them and a look-up shows them. */
async function findBystanders(probe: PoolProbe, run: string): Promise<readonly string[]> {
  const listed = (await searchPage(probe, {}))?.list ?? [];
  const others = listed.filter(
    (user) => ![user["username"], user["externalId"]].some((mark) => isTokenOf(run, String(mark))),
  );
  const ids = others.map(({ userId }) => userId);
  const shown = await findUsers(probe, ids, "user_id");
  return shown.map(({ userId }) => userId).filter((userId) => ids.includes(userId));
}

function describeStrangers(number: number): Problem {
  const verbs = number === 1 ? ["does", "was"] : ["do", "were"];
  return {
    problem: `${count(number, "user")} whom the journal names ${verbs[0]} not show the mark of a test user, and ${verbs[1]} left alone.`,
    isPassing: false,
  };
}

interface Left {
  readonly left: readonly TestUser[];
  /** The ids of the journal that name somebody without the mark. */
  readonly strangers: ReadonlySet<string>;
}

/** Those whom a look-up or a search shows with their marks. Users of a lost answer are taken into the journal. */
async function findLeft(users: TestUsers, { probe, journal, journalled }: CleanUp): Promise<Left> {
  const { tokens } = journalled;
  const ids = users.alive.map(({ userId }) => userId);
  const shown: FullUser[] = [
    ...(await findUsers(probe, ids, "user_id")),
    ...(await findUsers(probe, tokens, "username")),
    ...(await findUsers(probe, tokens, "external_id")),
    ...((await searchByRun(probe, users.run))?.list ?? []),
  ];
  const left = new Map<string, TestUser>();
  const strangers = new Set<string>();
  for (const user of shown) {
    const own = users.alive.find(({ userId }) => userId === user.userId);
    const token = tokens.find((each) => user["username"] === each && user["externalId"] === each);
    if (own && showsMark(user, own.token)) left.set(own.userId, own);
    else if (own) strangers.add(own.userId);
    else if (token !== undefined) {
      journal.write({ entry: "created", users: [{ token, user_id: user.userId }] });
      left.set(user.userId, users.adopt(token, user.userId));
    }
  }
  return { left: [...left.values()], strangers };
}

/** In one call; or one by one, if the service refuses it because of some. */
async function deleteUsers(users: TestUsers, left: readonly TestUser[]): Promise<void> {
  for (let at = 0; at < left.length; at += MOST_AT_ONCE) {
    const some = left.slice(at, at + MOST_AT_ONCE);
    const answer = await users.deleteLeft(some);
    if (!answer.ok && some.length > 1) for (const user of some) await users.deleteLeft([user]);
  }
}

/** Few enough that a mistake of the service concerns few. */
const MOST_AT_ONCE = 10;

/** Why the search does not agree that nobody is left. */
async function disagreement(
  { run }: Pick<TestUsers, "run">,
  { probe, journalled }: Pick<CleanUp, "probe" | "journalled">,
): Promise<Problem | undefined> {
  const page = await searchByRun(probe, run);
  if (!page || page.totalCount === 0) return undefined;
  if (page.list.some((user) => !String(user["username"]).startsWith(run))) {
    // The service ignores the condition, so only the number of all users tells.
    const more = ((await countUsers(probe)) ?? 0) - journalled.total;
    if (more <= 0) return undefined;
    const problem = `The pool counts ${count(more, "user")} more than before the rehearsal. Perhaps others joined it.`;
    return { problem, isPassing: true };
  }
  const known = new Set(journalled.tokens);
  const unknown = page.list.filter((user) => !known.has(String(user["username"]))).length;
  return unknown > 0
    ? {
        problem: `A search shows ${count(unknown, "user")} of the rehearsal whom the journal does not name.`,
        isPassing: false,
      }
    : {
        problem: `A search still counts ${count(page.totalCount, "user")} of the rehearsal.`,
        isPassing: true,
      };
}
