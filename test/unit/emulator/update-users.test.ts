import { describe, expect, test } from "@jest/globals";
import { ManagementClient } from "authing-node-sdk";
import {
  type Emulator,
  type EmulatorOptions,
  seedUsers,
  startEmulator,
  type Variants,
} from "../../support/emulator";
import { lookUp } from "../../support/emulator/signed-request";

let emulator: Emulator | undefined;

/** What the official SDK is given; it accepts more than its types say. */
type Item = Readonly<Record<string, unknown>>;

/** An emulated pool of three users, called by the official SDK. */
async function start(options: EmulatorOptions = {}) {
  emulator = await startEmulator({ users: seedUsers(3), ...options });
  const { url: host, accessKeyId, accessKeySecret, pool } = emulator;
  const sdk = new ManagementClient({ host, accessKeyId, accessKeySecret });
  return {
    emulator,
    update: (...list: Item[]) => sdk.updateUserBatch({ list: list as never }),
    /** A field of all users, as look-ups show it. */
    shown: async (field: string) => {
      const found = await sdk.getUserBatch({ userIds: [ada, bo, eve], withCustomData: true });
      return found.data.map((user) => (user as unknown as Item)[field]);
    },
    /** A field of all users, as lists show it. */
    listed: async (field: string, search: Item = {}) => {
      const { data } = await sdk.listUsers(search);
      return data.list.map((user) => (user as unknown as Item)[field]);
    },
    statuses: () => pool.list().map(({ status }) => status),
  };
}

const [ada, bo, eve] = seedUsers(3).map(({ userId }) => userId) as [string, string, string];
const suspended = (userId: string) => ({ userId, status: "Suspended" });

test("the official SDK suspends users and changes their fields; look-ups and lists show it with the time", async () => {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const { update, shown, listed } = await start({ now: () => now, clockSkewMs: Infinity });
  expect(await shown("statusChangedAt")).toEqual([null, null, null]);
  expect(await update(suspended(ada), { userId: bo, name: "Bo", customData: { floor: 3 } })).toMatchObject({
    statusCode: 200,
    data: [
      { userId: ada, status: "Suspended", statusChangedAt: "2026-01-01T00:00:00.000Z", name: "User 001" },
      { userId: bo, status: "Activated", statusChangedAt: null, name: "Bo" },
    ],
  });
  now += 1000;
  await update(suspended(ada), { userId: eve, status: "Activated" });
  for (const show of [shown, listed]) {
    expect(await show("status")).toEqual(["Suspended", "Activated", "Activated"]);
    expect(await show("statusChangedAt")).toEqual(["2026-01-01T00:00:00.000Z", null, null]);
    expect(await show("name")).toEqual(["User 001", "Bo", "User 003"]);
    // Every update changes it, also one that repeats what was there.
    expect((await show("updatedAt")).map((time) => String(time).slice(0, 19))).toEqual([
      "2026-01-01T00:00:01",
      "2026-01-01T00:00:00",
      "2026-01-01T00:00:01",
    ]);
  }
  expect(await shown("customData")).toEqual([{}, { floor: 3 }, {}]);
  expect(await update({ userId: ada, status: "Activated" })).toMatchObject({
    data: [{ status: "Activated", statusChangedAt: "2026-01-01T00:00:01.000Z" }],
  });
});

test.each<{ readonly mistake: string; readonly list: Item[]; readonly statusCode: number }>([
  { mistake: "no user", list: [], statusCode: 400 },
  { mistake: "no system user id", list: [suspended(ada), { status: "Suspended" }], statusCode: 400 },
  { mistake: "an empty system user id", list: [suspended("")], statusCode: 400 },
  {
    mistake: "an unknown status",
    list: [suspended(ada), { userId: bo, status: "suspended" }],
    statusCode: 400,
  },
  { mistake: "an unknown user", list: [suspended(ada), suspended("nobody")], statusCode: 404 },
  {
    mistake: "an e-mail address in place of the system user id",
    list: [suspended("user001@example.com")],
    statusCode: 404,
  },
  {
    mistake: "the e-mail address of another user as a new one",
    list: [{ userId: ada, email: "USER002@example.com" }],
    statusCode: 409,
  },
])("an update with $mistake is refused, and nobody is changed", async ({ list, statusCode }) => {
  const { emulator, update } = await start();
  expect(await update(...list)).toMatchObject({ statusCode });
  expect(emulator.pool.list()).toEqual(seedUsers(3));
});

test("an update may name more than the 50 users that a look-up may", async () => {
  const { update, statuses } = await start({ users: seedUsers(60) });
  expect(await update(...seedUsers(60).map(({ userId }) => suspended(userId)))).toMatchObject({
    statusCode: 200,
  });
  expect(new Set(statuses())).toEqual(new Set(["Suspended"]));
});

test("look-ups may show a user as before for a while, and a false success changes nobody", async () => {
  let now = Date.now();
  const { emulator, update, shown, statuses } = await start({ now: () => now });
  emulator.faults.add({ on: "update-user-batch", ids: [ada], then: { kind: "late", ms: 1000 } });
  emulator.faults.add({ on: "update-user-batch", ids: [bo], then: { kind: "lie" } });
  expect(await update(suspended(ada))).toMatchObject({ data: [{ status: "Suspended" }] });
  expect(await update(suspended(bo))).toMatchObject({ data: [{ status: "Suspended" }] });
  expect(statuses()).toEqual(["Suspended", "Activated", "Activated"]);
  expect(await shown("status")).toEqual(["Activated", "Activated", "Activated"]);
  now += 1000;
  expect(await shown("status")).toEqual(["Suspended", "Activated", "Activated"]);
});

describe("a deployment may", () => {
  interface Deployment {
    readonly does: string;
    readonly variants: Partial<Variants>;
    readonly accepted: readonly Item[];
    readonly refused: readonly Item[];
  }

  test.each<Deployment>([
    {
      does: "limit how many users an update names",
      variants: { mostUpdates: 2 },
      accepted: [suspended(ada), suspended(bo)],
      refused: [suspended(ada), suspended(bo), suspended(eve)],
    },
    {
      does: "refuse an update that suspends somebody, and take any other status",
      variants: { suspension: "refused" },
      accepted: [{ userId: ada, status: "Deactivated" }],
      refused: [suspended(ada), { userId: bo, name: "Bo" }],
    },
  ])("$does", async ({ variants, accepted, refused }) => {
    const { emulator, update } = await start({ variants });
    expect(await update(...refused)).toMatchObject({ statusCode: 400 });
    expect(emulator.pool.list()).toMatchObject(seedUsers(3));
    expect(await update(...accepted)).toMatchObject({ statusCode: 200 });
    expect(emulator.pool.list()).toMatchObject(
      seedUsers(3).map((user) => ({ ...user, ...accepted.find(({ userId }) => userId === user.userId) })),
    );
  });
});

test("the time of a change of status may show up late", async () => {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const clock = { now: () => now, clockSkewMs: Infinity };
  const { update, shown, listed } = await start({ ...clock, variants: { statusChangedAtDelayMs: 5000 } });
  await update(suspended(ada));
  // A later update does not show it any sooner.
  await update({ userId: ada, name: "Ada" });
  const expectShown = async (time: string | null) => {
    for (const show of [shown, listed]) expect(await show("statusChangedAt")).toEqual([time, null, null]);
    expect(await shown("status")).toEqual(["Suspended", "Activated", "Activated"]);
  };
  now += 4999;
  await expectShown(null);
  now += 1;
  await expectShown("2026-01-01T00:00:00.000Z");
});

describe("days that pass on the server's clock", () => {
  const noon = Date.parse("2026-01-01T12:00:00Z");
  const lookUpDated = (emulator: Emulator, date: number) =>
    lookUp(emulator, ada, { headers: { date: new Date(date).toUTCString() } });
  const letDaysPass = (emulator: Emulator, days: string) =>
    fetch(`${emulator.url}/let-days-pass/${days}`, { method: "POST" });

  const shownDate = async (emulator: Emulator) => (await fetch(emulator.url)).headers.get("date");

  test("show in answers and in what then happens in the pool", async () => {
    const { emulator } = await start({ now: () => noon });
    emulator.letDaysPass(13.5);
    const answer = await letDaysPass(emulator, "0.5");
    expect(await answer.text()).toBe("The emulator's clock shows Thu, 15 Jan 2026 12:00:00 GMT.\n");
    expect(await shownDate(emulator)).toBe("Thu, 15 Jan 2026 12:00:00 GMT");

    emulator.pool.update(ada, { status: "Suspended" });
    emulator.pool.remove(bo);
    await lookUpDated(emulator, noon);
    const then = "2026-01-15T12:00:00.000Z";
    expect(emulator.pool.find(ada)?.statusChangedAt).toBe(then);
    expect(emulator.pool.archived()).toEqual([{ userId: bo, archivedAt: Date.parse(then) }]);
    expect(emulator.calls.at(-1)).toMatchObject({ at: Date.parse(then) });
  });

  test("pass for the client, too: a request may be dated up to five minutes off the day of the start", async () => {
    const { emulator } = await start({ now: () => noon });
    emulator.letDaysPass(14);
    const fiveMinutes = 300_000;
    const tooFarOff = { statusCode: 401, apiCode: 1305 };
    expect(await lookUpDated(emulator, noon - fiveMinutes)).toMatchObject({ statusCode: 200 });
    expect(await lookUpDated(emulator, noon - fiveMinutes - 1000)).toMatchObject(tooFarOff);
  });

  test.each(["-1", "soon", "Infinity"])("cannot be %s", async (days) => {
    const { emulator } = await start({ now: () => noon });
    expect(await (await letDaysPass(emulator, days)).json()).toMatchObject({ statusCode: 400 });
    expect(await shownDate(emulator)).toBe("Thu, 01 Jan 2026 12:00:00 GMT");
  });
});
