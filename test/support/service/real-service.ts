import { rmSync } from "node:fs";
import { join } from "node:path";
import { createTestUserCalls } from "../../../src/api";
import { reachPoolBy } from "../../../src/operator";
import {
  cleanUp,
  describeFailure,
  findObstacles,
  isRefusal,
  Journal,
  newRun,
  readJournal,
  Readings,
  rehearse,
  type ReportedPool,
  reportOn,
  reportText,
  surveyPool,
  type TestUser,
  TestUsers,
} from "../../../src/service";
import { isTokenOf, marksOf, showsMark } from "../../../src/service/marks";
import { systemClock } from "../../../src/timing";
import { count } from "../../../src/users";

/** The variable that consents to these tests: it must be the access key id. */
export const POOL_VARIABLE = "GENAUTH_REAL_POOL";

/** Calls per second of the test's own calls, unless the environment sets another pace; that of the command `rehearse`. */
const CALLS_PER_SECOND = 10;

/** What the engine and the provider need of the environment. */
const PASSED_ON = /^(GENAUTH_.*|(https?|all|no)_proxy)$/i;

/** A user pool in which tests may create users, and where their journals are. */
export class RealService {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #folder: string;
  readonly #reach: Pick<ReturnType<typeof createTestUserCalls>, "calls" | "close"> & {
    readonly readings: Readings;
  };
  readonly #pool: ReportedPool;
  readonly #confirmSeconds: number;

  /**
   * @param environment names the pool and its key
   * @param folder where journals are written, and stay if a test user may be left
   * @throws Error in a sentence, without consent to this very pool or if a setting is wrong
   */
  constructor(environment: Readonly<Record<string, string | undefined>>, folder: string) {
    const consent = environment[POOL_VARIABLE];
    if (!consent)
      throw new Error(
        `${POOL_VARIABLE} is not set. These tests create and delete users in a real pool, so it must be the access key id of an empty one.`,
      );
    const isPaceGiven = Boolean(environment["GENAUTH_REQUESTS_PER_SECOND"]);
    const { client, settings } = reachPoolBy(
      (given) =>
        createTestUserCalls({ ...given, ...(!isPaceGiven && { requestsPerSecond: CALLS_PER_SECOND }) }),
      { ...environment },
    );
    const { host, accessKeyId, tenantId, confirmSeconds } = settings;
    if (consent.trim() !== accessKeyId) {
      client.close();
      throw new Error(
        `${POOL_VARIABLE} is ${consent}, but the access key id is ${accessKeyId}. Check which pool GENAUTH_ACCESS_KEY_ID names.`,
      );
    }
    this.#environment = environment;
    this.#folder = folder;
    const { probe, calls, close } = client;
    this.#reach = { readings: new Readings(probe, systemClock), calls, close };
    this.#pool = { host, access_key_id: accessKeyId, ...(tenantId !== undefined && { tenant_id: tenantId }) };
    this.#confirmSeconds = confirmSeconds;
  }

  /** The variables with which an engine reaches the pool. */
  variables(): Readonly<Record<string, string>> {
    const passedOn = Object.entries(this.#environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && PASSED_ON.test(entry[0]),
    );
    return Object.fromEntries(passedOn);
  }

  /**
   * Makes sure that no person can be concerned: the pool holds nobody but users whom rehearsals left, and nothing outside the pool
   * reacts to test users. It only reads.
   *
   * @throws Error in a sentence, otherwise
   */
  async refuseIfUsed(): Promise<void> {
    const { readings } = this.#reach;
    const survey = await surveyPool(readings);
    const listed = await readings.list();
    const own = listed?.users.filter((user) => isTestUser(user)).length ?? 0;
    if (survey.total > own)
      throw new Error(
        `The pool holds ${count(survey.total, "user")}, and ${own} of them ${own === 1 ? "is" : "are"} known to be of a rehearsal. These tests run only where there is nobody else.`,
      );
    if (survey.sideEffects.length > 0)
      throw new Error(
        `Test users may have effects outside the pool. ${survey.sideEffects.join(" ")} Turn these off.`,
      );
    const [unfinished] = findObstacles(survey, { production: true, acceptSideEffects: true }, this.#folder);
    if (unfinished !== undefined) throw new Error(unfinished);
  }

  /** Rehearses. @returns the report as text @throws Error with the report if the provider cannot work safely with the pool */
  async rehearse(): Promise<string> {
    const file = this.#journalFile("rehearsal");
    const { readings, calls } = this.#reach;
    const survey = await surveyPool(readings);
    const { answers, interrupted } = await rehearse({
      ...{ readings, calls, pool: this.#pool, survey, file },
      confirmSeconds: this.#confirmSeconds,
    });
    if (readJournal(file).isFinished) rmSync(file);
    const report = reportOn("rehearsal", this.#pool, answers);
    const text = reportText(report);
    if (interrupted !== undefined || report.verdict === "stop") throw new Error(interrupted ?? text);
    return text;
  }

  /**
   * Creates test users, and deletes those who are left afterwards, also if the use of them fails.
   *
   * @param name of the journal
   * @param use receives the users, and a function that waits until look-ups show exactly some of them
   * @throws Error that names the journal, unless it is certain that nobody is left
   */
  async withTestUsers(
    name: string,
    number: number,
    use: (users: readonly TestUser[], shows: Shows) => Promise<void>,
  ): Promise<void> {
    const { readings, calls } = this.#reach;
    const { bystanders } = await surveyPool(readings);
    const file = this.#journalFile(name);
    const journal = Journal.begin(file, newRun(), this.#pool);
    const patienceMs = 2000 * this.#confirmSeconds;
    const testUsers = new TestUsers({ readings, calls, journal, bystanders, patienceMs });
    const [used] = await Promise.allSettled([
      createUsers(testUsers, number).then((users) => use(users, showsOnly(testUsers, users))),
    ]);
    journal.close();
    const { problem } = await cleanUp({ readings, calls, file, pool: this.#pool, patienceMs });
    const failure: unknown = used.status === "rejected" ? used.reason : undefined;
    if (problem !== undefined)
      throw new Error(`${problem} Run cdktf-genauth rehearse --clean-up ${file}.`, { cause: failure });
    rmSync(file);
    if (used.status === "rejected") throw failure;
  }

  close(): void {
    this.#reach.close();
  }

  #journalFile(name: string): string {
    return join(this.#folder, `genauth-rehearsal-${Date.now()}-${name}.jsonl`);
  }
}

/** Waits until look-ups show exactly some of the test users. @returns whether they do in time */
export type Shows = (users: readonly TestUser[]) => Promise<boolean>;

/** Whether a user shows the mark of any rehearsal. */
function isTestUser(user: Parameters<typeof showsMark>[0]): boolean {
  const token = String(marksOf(user).find((mark) => mark));
  return isTokenOf("rehearsal", token) && showsMark(user, token);
}

async function createUsers(testUsers: TestUsers, number: number): Promise<readonly TestUser[]> {
  const wanted = Array.from({ length: number }, () => ({}));
  let creation = await testUsers.create(wanted);
  if (creation.declined && isRefusal(creation.declined)) {
    testUsers.emailDomain = "@example.com";
    creation = await testUsers.create(wanted);
  }
  if (creation.declined)
    throw new Error(`GenAuth does not create users. ${describeFailure(creation.declined)}`);
  return creation.users;
}

function showsOnly(testUsers: TestUsers, all: readonly TestUser[]): Shows {
  return async (expected) => {
    const isExpected = async () => {
      const shown = await testUsers.read(all);
      return all.every((user, at) => expected.includes(user) === (shown[at] !== undefined));
    };
    return (await testUsers.until(isExpected)) !== undefined;
  };
}
