import type { TestUserCalls } from "../api";
import { ACTIVATED, count, UserIdType } from "../users";
import { Journal, readJournal } from "./journal";
import { isTokenOf, marksOf, showsMark, type TestUser } from "./marks";
import { Interruption, type Readings } from "./readings";
import type { ReportedPool } from "./report";
import { RehearsalStop, searchOf, TestUsers } from "./test-users";

/** What a clean-up needs. */
export interface CleanUpRequest {
  readonly readings: Readings;
  readonly calls: TestUserCalls;
  /** The journal of the rehearsal. */
  readonly file: string;
  /** The pool that the calls reach. */
  readonly pool: ReportedPool;
  /** System user ids of others who must still be there after each deletion; default those whom a list and a look-up show now. */
  readonly bystanders?: readonly string[];
  /** How long a change may take to show, if the rehearsal did not measure it; in milliseconds. */
  readonly patienceMs: number;
  /** How long after the last entry of the journal a call may still be carried out, in milliseconds; default 5,000. */
  readonly quietMs?: number;
  /** Is told what happens next. */
  readonly onStep?: (what: string) => void;
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

/** Few enough that a mistake of the service concerns few. */
const MOST_AT_ONCE = 10;

/**
 * Deletes every user whom a rehearsal may have left: those of its creation answers, also where look-ups hide them, and those
 * of a lost answer, who have a mark of the journal as user name and external id. It ends when look-ups and a search agree twice
 * that nobody is left.
 *
 * @throws Error if the journal is of another pool, cannot be read, or is one that another process works with
 */
export async function cleanUp(request: CleanUpRequest): Promise<CleanedUp> {
  const { file, pool } = request;
  const before = readJournal(file);
  refuseOtherPool(before.pool, pool, file);
  const journal = Journal.resume(file);
  const found = new Set<string>();
  const inConsole = `In the console, delete the users whose user names begin with "${before.run}"; then delete ${file}.`;
  const later = `Run rehearse --clean-up with the journal later. If it says the same then: ${inConsole}`;
  try {
    await waitUntilQuiet(request, before.tokens.length === 0 ? 0 : Date.parse(before.at));
    const { left, strangers } = await deleteAll(request, journal, found);
    if (left > 0)
      return {
        found: found.size,
        problem: `${count(left, "user")} of the rehearsal can still be found.`,
        remedy: later,
      };
    if (strangers > 0)
      return {
        found: found.size,
        problem: `${count(strangers, "user")} with a mark or an id of this rehearsal ${strangers === 1 ? "is" : "are"} not as its journal says, and ${strangers === 1 ? "was" : "were"} left alone.`,
        remedy: inConsole,
      };
    journal.write({ isFinished: true });
    return { found: found.size };
  } catch (error) {
    if (error instanceof Interruption) return { found: found.size, problem: error.message, remedy: later };
    if (error instanceof RehearsalStop)
      return { found: found.size, problem: error.message, remedy: inConsole };
    throw error;
  } finally {
    journal.close();
  }
}

function refuseOtherPool(own: ReportedPool, pool: ReportedPool, file: string): void {
  const fields = ["host", "access_key_id", "tenant_id"] as const;
  const differs = fields.filter((field) => own[field] !== pool[field]);
  if (differs.length > 0)
    throw new Error(
      `${file} is the journal of another pool: ${differs.join(" and ")} ${differs.length === 1 ? "differs" : "differ"} from the settings. Set GENAUTH_HOST, GENAUTH_ACCESS_KEY_ID and GENAUTH_TENANT_ID as they were; the journal names them.`,
    );
}

/** @param lastAt when the journal was written last, in milliseconds since 1970 */
async function waitUntilQuiet(
  { readings, quietMs = 5000, onStep }: CleanUpRequest,
  lastAt: number,
): Promise<void> {
  const wait = lastAt + quietMs - readings.clock.now();
  if (wait <= 0) return;
  onStep?.("waiting for calls that may still be on their way");
  await readings.wait(wait);
}

/** Whom a look-up or a search shows. */
interface Left {
  readonly ours: readonly TestUser[];
  /** The system user ids of the journal that name somebody without the mark, and of marks that the journal does not name. */
  readonly strangers: ReadonlySet<string>;
}

/** @param found is given the system user ids of the users who were left */
async function deleteAll(
  request: CleanUpRequest,
  journal: Journal,
  found: Set<string>,
): Promise<{ readonly left: number; readonly strangers: number }> {
  const { readings, calls, patienceMs, onStep } = request;
  const { run, created, lagMs } = journal.state;
  readings.lagMs = Math.max(readings.lagMs, lagMs || patienceMs / 3);
  const bystanders = request.bystanders ?? (await findBystanders(readings, run));
  const users = new TestUsers({ readings, calls, journal, bystanders, patienceMs });
  for (const { token, userId } of created) users.adopt(token, userId);
  for (let round = 1, agreed = 0; ; round += 1) {
    onStep?.(`looking for test users who are left (${round} of ${MOST_ROUNDS} times at most)`);
    const { ours, strangers } = await findLeft(users, readings, journal);
    for (const { userId } of ours) found.add(userId);
    agreed = ours.length === 0 ? agreed + 1 : 0;
    if (agreed === 2 || round === MOST_ROUNDS) return { left: ours.length, strangers: strangers.size };
    // Whom look-ups hide, only a deletion by the recorded id can reach.
    const meant = round === 1 ? users.alive.filter(({ userId }) => !strangers.has(userId)) : ours;
    // A service may delete nobody who is suspended.
    if (round > 2 && meant.length > 0) await users.setStatus(meant, ACTIVATED);
    await deleteUsers(users, meant);
    await readings.pause();
  }
}

/** System user ids of users who are not of the run, as far as the key may list them and a look-up shows them. */
async function findBystanders(readings: Readings, run: string): Promise<readonly string[]> {
  const listed = (await readings.list())?.users ?? [];
  const others = listed.filter((user) => !marksOf(user).some((mark) => isTokenOf(run, String(mark))));
  const ids = others.map(({ userId }) => userId);
  const shown = await readings.find(ids, UserIdType.USER_ID);
  return shown.map(({ userId }) => userId).filter((userId) => ids.includes(userId));
}

/** Those whom a look-up or a search shows with their marks. Users of a lost answer are taken into the journal. */
async function findLeft(users: TestUsers, readings: Readings, journal: Journal): Promise<Left> {
  const { tokens } = journal.state;
  const ids = users.alive.map(({ userId }) => userId);
  const shown = [
    ...(await readings.find(ids, UserIdType.USER_ID)),
    ...(await readings.find(tokens, UserIdType.USERNAME)),
    ...(await readings.find(tokens, UserIdType.EXTERNAL_ID)),
    ...((await readings.list(searchOf(users.run)))?.users ?? []),
  ];
  const ours = new Map<string, TestUser>();
  const strangers = new Set<string>();
  for (const user of shown) {
    const { userId } = user;
    const own = users.alive.find((each) => each.userId === userId);
    const marks = marksOf(user);
    const token = tokens.find((each) => marks.every((mark) => mark === each));
    if (own && showsMark(user, own.token)) ours.set(userId, own);
    else if (token !== undefined && !own) {
      journal.write({ created: [...journal.state.created, { token, userId }] });
      ours.set(userId, users.adopt(token, userId));
    } else if (own || marks.some((mark) => isTokenOf(users.run, String(mark)))) strangers.add(userId);
  }
  return { ours: [...ours.values()], strangers };
}

/** In one call; or one by one, if the service refuses it because of some. */
async function deleteUsers(users: TestUsers, left: readonly TestUser[]): Promise<void> {
  for (let at = 0; at < left.length; at += MOST_AT_ONCE) {
    const some = left.slice(at, at + MOST_AT_ONCE);
    const declined = await users.deleteLeft(some);
    if (declined && some.length > 1) for (const user of some) await users.deleteLeft([user]);
  }
}
