import { expect, test } from "@jest/globals";
import { seedUsers, type Variants } from "../../support/emulator";
import { type DirectoryUser, type UserDirectory, UserIdType } from "../../../src/users";
import { ModelDirectory } from "../../support/users/model-directory";
import { startTestServer, type TestServer } from "../../support/api/test-server";

let server: TestServer;

const users = seedUsers(3);
const [ada, bo, eve] = users.map(({ userId }) => userId) as [string, string, string];

/** The clock of the emulator, in milliseconds since 1970. */
let now: number;

/** What changes of status do, as look-ups show it. */
async function changeStatuses(directory: UserDirectory): Promise<unknown[]> {
  const seen: unknown[] = [];
  const times: (string | undefined)[] = [];
  for (const [userIds, status] of [
    [[ada, bo], "Suspended"],
    [[ada], "Suspended"],
    [["nobody", eve], "Suspended"],
    [[ada], "Activated"],
  ] as const) {
    now += 1;
    const outcome = await directory.setStatus(userIds, status);
    const found = await directory.findUsers([ada, bo, eve], UserIdType.USER_ID);
    if (!found.ok) throw new Error(found.failure.message);
    seen.push(outcome.ok ? "ok" : outcome.failure.effect);
    for (const { statusChangedAt, ...user } of [...found.value].sort((a, b) =>
      a.userId < b.userId ? -1 : 1,
    )) {
      if (!times.includes(statusChangedAt)) times.push(statusChangedAt);
      // No clock is the other's: equal times have equal numbers.
      seen.push({ ...user, time: statusChangedAt === undefined ? "none" : times.indexOf(statusChangedAt) });
    }
  }
  return seen;
}

test.each<[what: string, model: Partial<ModelDirectory>, variants: Partial<Variants>]>([
  ["nothing unusual", { refusesUnknown: "changes" }, {}],
  ["unknown users left out", { refusesUnknown: "none" }, { unknownIdsInUpdates: "omit" }],
  ["suspended users hidden", { refusesUnknown: "changes", showsSuspended: false }, { suspended: "hidden" }],
  ["no times", { refusesUnknown: "changes", statusChangedAt: "hidden" }, { statusChangedAt: "hidden" }],
  [
    "times that stay",
    { refusesUnknown: "changes", statusChangedAt: "unchanged" },
    { statusChangedAt: "unchanged" },
  ],
])("the model directory sets statuses as the emulator does: %s", async (_what, settings, variants) => {
  now = Date.now();
  server = await startTestServer({}, { users, variants, now: () => now });
  const model = new ModelDirectory(users as DirectoryUser[]);
  Object.assign(model, settings);
  expect(model.serviceTime()).toBeUndefined();
  expect(await changeStatuses(model)).toEqual(await changeStatuses(server.client));
  expect(model.serviceTime()).toEqual(expect.any(Number));
  const found = server.emulator.pool.list().map(({ status }) => status);
  expect(model.all().map(({ status }) => status)).toEqual(found);
});
