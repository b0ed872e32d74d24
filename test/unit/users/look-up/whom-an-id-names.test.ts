import { describe, expect, test } from "@jest/globals";
import { type DirectoryUser, resolveAnswer, UserIdType, UserLookUps } from "../../../../src/users";
import { failuresOf, findOutage } from "../../../../src/users/look-up/resolution";
import { REFUSED } from "../../../support/users/failures";
import { person } from "../../../support/users/people";
import { kinds, setUpLookUps } from "../support/look-ups";

const { EMAIL, PHONE, USERNAME } = UserIdType;

/** Look-ups at a server that finds each user by these ids, as they are written. */
function serverFinding(users: Readonly<Record<string, DirectoryUser>>): UserLookUps {
  const named = (ids: readonly string[]) => [...new Set(ids.flatMap((id) => users[id] ?? []))];
  return new UserLookUps({
    findUsers: (ids) => Promise.resolve({ ok: true, value: named(ids) }),
    findUser: (id) => Promise.resolve({ ok: true, value: users[id] }),
  });
}

describe("an id", () => {
  test("names several users if they share it", async () => {
    const { directory, ids, lookUps } = setUpLookUps(3);
    const twin = person(50, { email: "PERSON1@example.com" });
    directory.put(twin);
    const resolutions = await lookUps.resolve(ids, EMAIL);
    expect(resolutions.get("person1@example.com")).toMatchObject({
      kind: "several",
      users: [{ userId: twin.userId }, { userId: person(1).userId }],
    });
    expect(resolutions.get("person2@example.com")?.kind).toBe("found");
  });

  test("names several users who share it, even if the server refuses a call because of an unknown id", async () => {
    const { directory, lookUps } = setUpLookUps(3);
    directory.refusesUnknown = "all";
    directory.put(person(50, { email: "PERSON1@example.com" }));
    const resolutions = await lookUps.resolve(["person1@example.com", "nobody@example.com"], EMAIL);
    expect(kinds(resolutions)).toEqual({ "person1@example.com": "several", "nobody@example.com": "absent" });
  });

  test("is undecided if a single look-up finds a user that the batch refuses to return", async () => {
    const { directory, lookUps } = setUpLookUps(1);
    directory.fault = ({ method }) => (method === "findUsers" ? { failure: REFUSED } : undefined);
    const found = await lookUps.resolve(["person1@example.com"], EMAIL);
    expect([...found.values()]).toMatchObject([
      { kind: "undecided", failure: { message: expect.stringContaining(REFUSED.message) } },
    ]);
  });

  test("that is a phone names several users if GenAuth hides their country codes", async () => {
    const { directory, lookUps } = setUpLookUps(1);
    const hidden = { phone: "8613800000001", phoneCountryCode: undefined };
    directory.findUsers = () => Promise.resolve({ ok: true, value: [person(1, hidden), person(2, hidden)] });
    directory.findUser = () => Promise.resolve({ ok: true, value: person(1, hidden) });
    const resolutions = await lookUps.resolve(["13800000001"], PHONE);
    expect(resolutions.get("13800000001")).toMatchObject({
      kind: "several",
      users: [{ userId: person(1).userId }, { userId: person(2).userId }],
    });
  });

  test("that is a phone names the same user in either spelling", async () => {
    const { lookUps } = setUpLookUps(2);
    const resolutions = await lookUps.resolve(["+8613800000001", "13800000001", "+8613800000002"], PHONE);
    expect([...resolutions.values()]).toMatchObject([
      { kind: "found", user: { userId: person(1).userId } },
      { kind: "found", user: { userId: person(1).userId } },
      { kind: "found", user: { userId: person(2).userId } },
    ]);
  });

  test("that is a phone is undecided beside another spelling of it, which the message names", async () => {
    const { directory, lookUps } = setUpLookUps(0);
    const user = person(1, { phone: "+8613800000001", phoneCountryCode: undefined });
    directory.findUsers = (ids) =>
      Promise.resolve({ ok: true, value: ids.length > 1 ? [user, person(9)] : [] });
    directory.findUser = () => Promise.resolve({ ok: true, value: undefined });
    const resolutions = await lookUps.resolve(["13800000001", "+8613800000001"], PHONE);
    expect(resolutions.get("13800000001")).toMatchObject({
      kind: "undecided",
      failure: { message: expect.stringContaining("may be another spelling of +8613800000001") as unknown },
    });
  });

  test.each([
    { "person1@example.com": "several" },
    { "person1@example.com": "several", "person2@example.com": "found" },
  ])("names several users where the directory also returns one whom no id names: %j", async (expected) => {
    const { directory, lookUps, users } = setUpLookUps(2);
    // As a directory that compares a part of an address.
    const everybody = [...users, person(3, { email: "xperson1@example.com" })];
    const named = (ids: readonly string[]) =>
      everybody.filter(({ email = "" }) => ids.some((id) => email.includes(id)));
    directory.findUsers = (ids) => Promise.resolve({ ok: true, value: named(ids) });
    directory.findUser = (id) => Promise.resolve({ ok: true, value: named([id])[0] });
    expect(kinds(await lookUps.resolve(Object.keys(expected), EMAIL))).toEqual(expected);
  });

  test("that is a national number in two countries names several users", async () => {
    const { directory, lookUps } = setUpLookUps(1);
    directory.put(person(2, { phone: "13800000001", phoneCountryCode: "+1" }));
    const resolutions = await lookUps.resolve(["13800000001", "+8613800000001", "+113800000001"], PHONE);
    expect(kinds(resolutions)).toEqual({
      "13800000001": "several",
      "+8613800000001": "found",
      "+113800000001": "found",
    });
  });

  test("names a user without a matching field, if a single look-up returns the user and the fields do not contradict it", async () => {
    const { directory, lookUps } = setUpLookUps(0);
    const user = person(1, { phone: "13800000001", phoneCountryCode: undefined });
    const named = (id: string): boolean => id === "+8613800000001";
    directory.findUsers = (ids) => Promise.resolve({ ok: true, value: ids.some(named) ? [user] : [] });
    directory.findUser = (id) => Promise.resolve({ ok: true, value: named(id) ? user : undefined });
    const resolutions = await lookUps.resolve(["+8613800000001", "+8613800000009"], PHONE);
    expect(resolutions.get("+8613800000001")).toMatchObject({ kind: "found", userId: user.userId });
    expect(resolutions.get("+8613800000009")).toEqual({ kind: "absent" });
  });

  test("names nobody beside the user whom it may name, if another id has found that user", async () => {
    const user = person(1, { phone: "13800000001", phoneCountryCode: undefined });
    const lookUps = serverFinding({ "+8613800000001": user });
    expect(kinds(await lookUps.resolve(["+8613800000001", "+113800000001"], PHONE))).toEqual({
      "+8613800000001": "found",
      "+113800000001": "absent",
    });
  });

  test("names nobody beside a user whom it cannot name", async () => {
    const { directory, lookUps } = setUpLookUps(0);
    directory.findUsers = () => Promise.resolve({ ok: true, value: [person(7)] });
    expect(kinds(await lookUps.resolve(["person1@example.com"], EMAIL))).toEqual({
      "person1@example.com": "absent",
    });
  });

  test.each([
    { service: "ignores case", finding: { ada: true, Ada: true }, becomes: "found" },
    { service: "tells case apart", finding: { ada: true, Ada: false }, becomes: "absent" },
  ])(
    "that is a user name in another case, beside the name itself, is $becomes if GenAuth $service",
    async ({ finding, becomes }) => {
      const ada = person(1, { username: "ada" });
      const users = Object.entries(finding).flatMap(([id, isFound]) => (isFound ? [[id, ada] as const] : []));
      const lookUps = serverFinding(Object.fromEntries(users));
      // Alone in its call, it has the same answer.
      expect(kinds(await lookUps.resolve(["ada", "Ada"], USERNAME))).toEqual({ ada: "found", Ada: becomes });
    },
  );

  test("is undecided if it alone finds nobody, although a user has it", async () => {
    const lookUps = serverFinding({ "+8613800000001": person(1) });
    expect(kinds(await lookUps.resolve(["+8613800000001", "13800000001"], PHONE))).toEqual({
      "+8613800000001": "found",
      "13800000001": "undecided",
    });
  });

  test("is undecided like each other one of a user whom the batch finds, and none of them alone", async () => {
    const { directory, lookUps } = setUpLookUps(0);
    directory.findUsers = (ids) => Promise.resolve({ ok: true, value: ids.length > 1 ? [person(1)] : [] });
    const resolutions = await lookUps.resolve(["+8613800000001", "13800000001"], PHONE);
    const message = "GenAuth found a user by this id in one look-up and none in another.";
    expect([...resolutions.values()]).toMatchObject([
      { kind: "undecided", failure: { message } },
      { kind: "undecided", failure: { message } },
    ]);
  });

  test("names one user if it alone finds one, although another user of the call has it, too", async () => {
    const abroad = person(2, { phone: "13800000001", phoneCountryCode: "+1" });
    const lookUps = serverFinding({
      "13800000001": person(1),
      "+8613800000001": person(1),
      "+113800000001": abroad,
    });
    const resolutions = await lookUps.resolve(["13800000001", "+8613800000001", "+113800000001"], PHONE);
    expect(resolutions.get("13800000001")).toMatchObject({ kind: "found", userId: person(1).userId });
  });

  test("names several users if it alone finds another one than the user of the call who has it", async () => {
    const hidden = person(2, { phone: "13800000001", phoneCountryCode: undefined });
    const { directory, lookUps } = setUpLookUps(0);
    directory.findUsers = ([id, ...others]) =>
      Promise.resolve({
        ok: true,
        value: [id === "13800000001" && others.length === 0 ? hidden : person(1)],
      });
    const resolutions = await lookUps.resolve(["13800000001", "+8613800000001"], PHONE);
    expect(resolutions.get("13800000001")).toMatchObject({
      kind: "several",
      users: [{ userId: person(2).userId }, { userId: person(1).userId }],
    });
  });

  test("is undecided if the single look-up returns another user", async () => {
    const { directory, lookUps } = setUpLookUps(1);
    directory.findUsers = () => Promise.resolve({ ok: true, value: [person(7)] });
    directory.findUser = () => Promise.resolve({ ok: true, value: person(7) });
    expect(kinds(await lookUps.resolve(["person1@example.com"], EMAIL))).toEqual({
      "person1@example.com": "undecided",
    });
  });

  test("that is undecided by contradictory answers is no outage", async () => {
    const { directory, lookUps } = setUpLookUps(1);
    directory.findUsers = () => Promise.resolve({ ok: true, value: [person(7)] });
    directory.findUser = () => Promise.resolve({ ok: true, value: person(7) });
    const failures = failuresOf(await lookUps.resolve(["person1@example.com"], EMAIL));
    expect(failures.size).toBe(1);
    expect(findOutage([...failures.values()])).toBeUndefined();
  });

  test("is undecided if the batch returns a possible user and the single look-up returns none", async () => {
    const { directory, lookUps } = setUpLookUps(0);
    directory.findUsers = () => Promise.resolve({ ok: true, value: [person(1)] });
    directory.findUser = () => Promise.resolve({ ok: true, value: undefined });
    expect(kinds(await lookUps.resolve(["PERSON1"], USERNAME))).toEqual({ PERSON1: "undecided" });
  });
});

describe("an answer to the look-up of somebody else", () => {
  const ADA = "person1@example.com";
  const BOB = "person2@example.com";
  const decided = (ids: string[], ...users: DirectoryUser[]) => kinds(resolveAnswer(ids, EMAIL, users));

  test("tells whom an id names, and that it names nobody", () => {
    expect(decided([ADA, "nobody@example.com"], person(1))).toEqual({
      [ADA]: "found",
      "nobody@example.com": "absent",
    });
  });

  test("decides nothing of an id that names two of its users", () => {
    const namesake = person(50, { email: "PERSON1@example.com" });
    expect(decided([ADA, BOB], person(1), person(2), namesake)).toEqual({
      [ADA]: "undecided",
      [BOB]: "found",
    });
  });

  test("decides nothing of an id without a user, beside a user whom no id names", () => {
    expect(decided([ADA, BOB], person(1), person(50))).toEqual({ [ADA]: "found", [BOB]: "undecided" });
  });
});
