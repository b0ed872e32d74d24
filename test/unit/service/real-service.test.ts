import { readdirSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { type Emulator, type EmulatorOptions, seedUsers, startEmulator } from "../../support/emulator";
import { Journal } from "../../../src/service";
import { JournalFolder, reach } from "../../support/service/rehearsal";
import { POOL_VARIABLE, RealService } from "../../support/service/real-service";

const folder = new JournalFolder();

let emulator: Emulator;

/** The sentence with which the tests on a real service are refused; `undefined` if they may begin. */
async function refusal(
  options: EmulatorOptions,
  environment: Readonly<Record<string, string>> = {},
  journals = folder.path,
): Promise<string | undefined> {
  emulator = await startEmulator({ rateLimit: false, users: [], ...options });
  let service: RealService | undefined;
  try {
    service = new RealService(
      {
        ...emulator.environment(),
        [POOL_VARIABLE]: emulator.accessKeyId,
        GENAUTH_REQUESTS_PER_SECOND: "1000",
        ...environment,
      },
      journals,
    );
    await service.refuseIfUsed();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    service?.close();
    expect(emulator.calls.filter(({ path }) => /create|update|delete/.test(path))).toEqual([]);
    expect(readdirSync(folder.path)).toEqual([]);
  }
}

const mark = (digits: string) => `rehearsal${digits.repeat(16)}`;

/** A user whom an earlier rehearsal left. */
const LEFT = { ...seedUsers(1)[0], userId: "f".repeat(24), username: mark("a"), externalId: mark("a") };

test("an empty pool and one with users of a rehearsal are accepted", async () => {
  expect(await refusal({})).toBeUndefined();
  await emulator.close();
  expect(await refusal({ users: [LEFT] })).toBeUndefined();
});

const NONE_OF_OURS = /^The pool holds 1 user, and 0 of them are known to be of a rehearsal/;
test.each<[RegExp, EmulatorOptions, Readonly<Record<string, string>>?]>([
  [/^GENAUTH_REAL_POOL is not set\./, {}, { [POOL_VARIABLE]: "" }],
  [
    /^GENAUTH_REAL_POOL is f{24}, but the access key id is [\da-f]{24}\./,
    {},
    { [POOL_VARIABLE]: "f".repeat(24) },
  ],
  [/GENAUTH_ACCESS_KEY_SECRET/, {}, { GENAUTH_ACCESS_KEY_SECRET: "" }],
  [NONE_OF_OURS, { users: seedUsers(1) }],
  [/^The pool holds 2 users, and 1 of them is known/, { users: [LEFT, ...seedUsers(1)] }],
  [NONE_OF_OURS, { users: [{ ...LEFT, externalId: "E001" }] }],
  [NONE_OF_OURS, { users: [{ ...LEFT, username: "rehearsal", externalId: "rehearsal" }] }],
  [
    /^The pool holds 501 users, and 500 of them are known/,
    { users: Array.from({ length: 501 }, (_, index) => leftUser(index)) },
  ],
  [
    /^Test users may have effects outside the pool\. 1 webhook would report test users/,
    { lists: { "list-webhooks": [{ name: "audit", enabled: true, events: ["user:created"] }] } },
  ],
  [
    /cannot be listed\. Grant list-users to the key/,
    { faults: [{ on: "list-users", then: { kind: "answer", statusCode: 403 } }] },
  ],
])("%s: no test begins, and nothing was changed", async (says, options, environment = {}) => {
  expect(await refusal(options, environment)).toMatch(says);
});

test("beside an unfinished journal, no test begins", async () => {
  const journals = new JournalFolder();
  emulator = await startEmulator();
  const run = "rehearsalaaaaaaaaaa";
  const { pool, close } = reach(emulator);
  Journal.begin(journals.next(), run, pool).close();
  close();
  await emulator.close();
  expect(await refusal({}, {}, journals.path)).toMatch(
    /is the journal of a rehearsal that did not finish\. Run cdktf-genauth rehearse --clean-up /,
  );
});

function leftUser(index: number): typeof LEFT {
  const token = `rehearsal${index.toString(16).padStart(16, "0")}`;
  return { ...LEFT, userId: index.toString(16).padStart(24, "0"), username: token, externalId: token };
}
