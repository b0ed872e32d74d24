import { randomBytes } from "node:crypto";
import { ManagementClient } from "authing-node-sdk";
import { PUBLIC_HOSTS } from "../../../src/api";
import { sleep } from "../../../src/timing";
import { count } from "../../../src/users";

/** The variable that consents to these tests: it must be the access key id of the pool. */
export const POOL_VARIABLE = "GENAUTH_REAL_POOL";

/** What the engine and the provider need of the environment. */
const PASSED_ON = /^(GENAUTH_.*|(https?|all|no)_proxy)$/i;

/** How long look-ups may lag behind a change, in milliseconds. */
const PATIENCE_MS = 60_000;

/** A user whom these tests have created. */
export interface TestUser {
  readonly userId: string;
  /** Begins with `genauth-test-`, and then has the mark of the run. */
  readonly username: string;
}

/** The status of a user, or `gone`. */
export type Shown = "Activated" | "Suspended" | "gone";

/**
 * An empty user pool, in which tests create and delete users of their own. It is reached with GenAuth's official SDK, so that what these
 * tests see does not depend on the code that they test.
 */
export class RealPool {
  readonly #environment: Readonly<Record<string, string | undefined>>;
  readonly #sdk: ManagementClient;
  /** The user names of everybody whom this run may have created. */
  readonly #created = new Set<string>();

  /**
   * @param environment names the pool and its key
   * @throws Error in a sentence, without consent to this very pool
   */
  constructor(environment: Readonly<Record<string, string | undefined>>) {
    const accessKeyId = environment["GENAUTH_ACCESS_KEY_ID"] ?? "";
    const accessKeySecret = environment["GENAUTH_ACCESS_KEY_SECRET"] ?? "";
    if (accessKeyId === "" || accessKeySecret === "")
      throw new Error(
        "GENAUTH_ACCESS_KEY_ID and GENAUTH_ACCESS_KEY_SECRET must be the key of an empty pool.",
      );
    if (environment[POOL_VARIABLE] !== accessKeyId)
      throw new Error(
        `These tests create and delete users in the pool of ${accessKeyId}. If that is an empty pool of your own, set ${POOL_VARIABLE} to this access key id.`,
      );
    this.#environment = environment;
    const tenantId = environment["GENAUTH_TENANT_ID"];
    this.#sdk = new ManagementClient({
      accessKeyId,
      accessKeySecret,
      host: environment["GENAUTH_HOST"] ?? PUBLIC_HOSTS.genauth,
      ...(tenantId !== undefined && { tenantId }),
    });
  }

  /** The variables with which an engine reaches the pool. */
  variables(): Readonly<Record<string, string>> {
    const passedOn = Object.entries(this.#environment).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && PASSED_ON.test(entry[0]),
    );
    return Object.fromEntries(passedOn);
  }

  /** Makes sure that nobody else is in the pool. It only reads. @throws Error in a sentence, otherwise */
  async refuseUnlessEmpty(): Promise<void> {
    const answer = await this.#sdk.listUsers({ options: { pagination: { page: 1, limit: 10 } } });
    const { totalCount, list } = okay(answer, "list the users").data;
    if (totalCount === 0 && list.length === 0) return;
    throw new Error(
      `The pool holds ${count(Math.max(totalCount, list.length), "user")}. These tests run only in an empty pool. If their user names begin with "genauth-test-", an earlier run has left them: delete them in the console.`,
    );
  }

  /** Creates users: without a password, an e-mail address and a phone number, so that nobody can be notified. */
  async createUsers(number: number): Promise<readonly TestUser[]> {
    const run = randomBytes(5).toString("hex");
    const names = Array.from({ length: number }, (_, at) => `genauth-test-${run}-${at + 1}`);
    // If the answer is lost, they may be there all the same.
    for (const username of names) this.#created.add(username);
    const list = names.map((username) => ({ username, name: "Test, may be deleted" }));
    okay(await this.#sdk.createUsersBatch({ list }), "create test users");
    const users: TestUser[] = [];
    const areShown = async () => {
      const found = await this.#findOwn();
      users.splice(
        0,
        users.length,
        ...names.flatMap((name) => found.find((its) => its.username === name) ?? []),
      );
      return users.length === number;
    };
    if (!(await until(areShown))) throw new Error("Look-ups do not show the test users that were created.");
    return users;
  }

  /** Waits until look-ups show users as expected. @returns what they show at last */
  async waitFor(users: readonly TestUser[], expected: readonly Shown[]): Promise<readonly Shown[]> {
    let shown: readonly Shown[] = [];
    await until(async () => {
      const found = await this.#findOwn();
      shown = users.map(({ userId }) => found.find((its) => its.userId === userId)?.status ?? "gone");
      return shown.every((status, at) => status === expected[at]);
    });
    return shown;
  }

  /** Deletes everybody whom this run has created. @throws Error that says whom to look for, unless nobody is left */
  async deleteOwn(): Promise<void> {
    if (this.#created.size === 0) return;
    const own = await this.#findOwn();
    const userIds = own.map(({ userId }) => userId);
    if (userIds.length > 0) await this.#sdk.deleteUsersBatch({ userIds });
    const isNobodyLeft = await until(async () => (await this.#findOwn()).length === 0);
    if (!isNobodyLeft)
      throw new Error(`Test users are left. Delete them in the console: ${[...this.#created].join(", ")}.`);
    this.#created.clear();
  }

  /** Whom look-ups show of those whom this run may have created. Nobody else has their user names. */
  async #findOwn(): Promise<(TestUser & { readonly status: Shown })[]> {
    const userIds = [...this.#created];
    const answer = await this.#sdk.getUserBatch({ userIds, userIdType: "username" });
    return okay(answer, "look the test users up").data.flatMap(({ userId, username = "", status }) =>
      this.#created.has(username) ? [{ userId, username, status: status as Shown }] : [],
    );
  }
}

/** @throws Error with what GenAuth says, if it refuses a call */
function okay<T extends { readonly statusCode: number; readonly message: string }>(
  answer: T,
  what: string,
): T {
  if (answer.statusCode === 200) return answer;
  throw new Error(`GenAuth does not ${what}: ${answer.statusCode} ${answer.message}`);
}

/** Asks until something is so. @returns whether it became so in time */
async function until(isSo: () => Promise<boolean>): Promise<boolean> {
  const latest = performance.now() + PATIENCE_MS;
  for (let wait = 50; ; wait = Math.min(2 * wait, 2000)) {
    if (await isSo()) return true;
    if (performance.now() > latest) return false;
    await sleep(wait);
  }
}
