import type { FullUser, PoolProbe, TestUserCalls } from "../api";
import type { Clock } from "../timing";
import { count } from "../users";
import { countUsers, findUsers, searchByRun } from "./find";
import { Journal, type JournalledPool, type JournalledRun, readJournal } from "./journal";
import { showsMark, type TestUser } from "./marks";
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
}

/** How a clean-up ended. */
export interface CleanedUp {
  /** How many users it deleted or tried to delete. */
  readonly found: number;
  /** Why it is not certain that nobody is left; absent if it is. */
  readonly problem?: string;
}

/** How often it looks for users who are left and deletes them, before it gives up. */
const MOST_ROUNDS = 8;

/**
 * Deletes every user whom a rehearsal may have left: those of its creation answers, also where look-ups hide them, and those
 * of a lost answer, who have a mark of the journal as user name and external id. It ends when look-ups, a search and its count
 * agree twice that nobody is left.
 *
 * @throws Error if the journal is of another pool, or cannot be read
 */
export async function cleanUp(request: CleanUpRequest): Promise<CleanedUp> {
  const { probe, calls, clock, file, pool, patienceMs, quietMs = 5000 } = request;
  const journalled = readJournal(file);
  refuseOtherPool(journalled.pool, pool, file);
  const isNobodyCreated = journalled.tokens.length === 0;
  // A call of a process that was killed may still be on its way.
  if (!isNobodyCreated) await clock.sleep(Math.max(0, journalled.lastAt + quietMs - clock.now()));
  const journal = Journal.resume(file);
  try {
    if (isNobodyCreated) {
      // The journal may have lost a line, so its word is not enough.
      const problem = await disagreement(journalled, { probe, journalled });
      if (problem === undefined) journal.write({ entry: "finished" });
      return { found: 0, ...(problem !== undefined && { problem }) };
    }
    const settling = new Settling(clock, patienceMs, { lagMs: journalled.lagMs ?? patienceMs / 3 });
    const users = new TestUsers({ probe, calls, journal, settling, run: journalled.run });
    for (const { token, userId } of journalled.created) users.adopt(token, userId);
    const ended = await deleteAll(users, { ...request, journal, journalled, settling });
    if (ended.problem === undefined && !journalled.isFinished) journal.write({ entry: "finished" });
    return ended;
  } finally {
    journal.close();
  }
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
  readonly settling: Settling;
}

async function deleteAll(users: TestUsers, request: CleanUp): Promise<CleanedUp> {
  const { settling } = request;
  const found = new Set<string>();
  let agreed = 0;
  let problem: string | undefined;
  for (let round = 0; round < MOST_ROUNDS && agreed < 2; round += 1) {
    if (round > 0) await settling.pause();
    const left = await findLeft(users, request);
    for (const { userId } of left) found.add(userId);
    // Whom look-ups hide, only a deletion by the recorded id can reach.
    await deleteUsers(users, round === 0 ? users.alive : left);
    problem =
      left.length > 0
        ? `${count(left.length, "user")} of the rehearsal can still be found.`
        : await disagreement(users, request);
    agreed = problem === undefined ? agreed + 1 : 0;
  }
  return { found: found.size, ...(problem !== undefined && { problem }) };
}

/** Those whom a look-up or a search shows with their marks. Users of a lost answer are taken into the journal. */
async function findLeft(
  users: TestUsers,
  { probe, journal, journalled }: CleanUp,
): Promise<readonly TestUser[]> {
  const { tokens } = journalled;
  const ids = users.alive.map(({ userId }) => userId);
  const shown: FullUser[] = [
    ...(await findUsers(probe, ids, "user_id")),
    ...(await findUsers(probe, tokens, "username")),
    ...(await findUsers(probe, tokens, "external_id")),
    ...((await searchByRun(probe, users.run))?.list ?? []),
  ];
  const left = new Map<string, TestUser>();
  for (const user of shown) {
    const own = users.alive.find(({ userId }) => userId === user.userId);
    const token = tokens.find((each) => user["username"] === each && user["externalId"] === each);
    if (own && showsMark(user, own.token)) left.set(own.userId, own);
    else if (!own && token !== undefined) {
      journal.write({ entry: "created", users: [{ token, user_id: user.userId }] });
      left.set(user.userId, users.adopt(token, user.userId));
    }
  }
  return [...left.values()];
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
): Promise<string | undefined> {
  const page = await searchByRun(probe, run);
  if (!page) return undefined;
  if (page.totalCount === 0) return undefined;
  if (page.list.some((user) => !String(user["username"]).startsWith(run))) {
    // The service ignores the condition, so only the number of all users tells.
    const more = ((await countUsers(probe)) ?? 0) - journalled.total;
    return more <= 0
      ? undefined
      : `The pool counts ${count(more, "user")} more than before the rehearsal. Perhaps others joined it; look for user names that begin with "rehearsal" in the console.`;
  }
  return `A search still counts ${count(page.totalCount, "user")} of the rehearsal.`;
}
