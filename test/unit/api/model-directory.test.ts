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

test.each<{
  readonly what: string;
  readonly settings: Partial<ModelDirectory>;
  readonly variants: Partial<Variants>;
}>([
  { what: "nothing unusual", settings: { refusesUnknown: "changes" }, variants: {} },
  {
    what: "unknown users left out",
    settings: { refusesUnknown: "none" },
    variants: { unknownIdsInUpdates: "omit" },
  },
  {
    what: "suspended users hidden",
    settings: { refusesUnknown: "changes", showsSuspended: false },
    variants: { suspended: "hidden" },
  },
  {
    what: "no times",
    settings: { refusesUnknown: "changes", statusChangedAt: "hidden" },
    variants: { statusChangedAt: "hidden" },
  },
  {
    what: "times that stay",
    settings: { refusesUnknown: "changes", statusChangedAt: "unchanged" },
    variants: { statusChangedAt: "unchanged" },
  },
])("the model directory sets statuses as the emulator does: $what", async ({ settings, variants }) => {
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
