import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { confirmAbsent, resolveIds } from "../../../../src/users/look-up/user-look-ups";
import { OUTAGE, REFUSED, WRONG_KEY } from "../../../support/users/failures";
import { person } from "../../../support/users/people";
import { kinds, setUpLookUps } from "../support/look-ups";

const { EMAIL } = UserIdType;

describe("look-ups", () => {
  test("take 50 ids per call, and each id once", async () => {
    const { directory, ids, lookUps, users } = setUpLookUps(120);
    const resolutions = await lookUps.resolve([...ids, ...ids, "nobody@example.com"], EMAIL);
    expect(directory.calls.map((call) => call.ids.length)).toEqual([50, 50, 21]);
    expect([...resolutions.keys()]).toEqual([...ids, "nobody@example.com"]);
    expect(resolutions.get(ids[70] ?? "")).toMatchObject({ kind: "found", user: users[70] });
    expect(resolutions.get("nobody@example.com")).toEqual({ kind: "absent" });
  });

  test("do not repeat known answers, unless they must be fresh", async () => {
    const { directory, ids, lookUps } = setUpLookUps(3);
    const [id = ""] = ids;
    await lookUps.resolve(ids, EMAIL);
    await lookUps.resolve([id, "other@example.com"], EMAIL);
    expect(directory.calls.map((call) => call.ids)).toEqual([ids, ["other@example.com"]]);
    directory.remove(person(1).userId);
    expect(kinds(await lookUps.resolve([id], EMAIL, { fresh: true }))).toEqual({ [id]: "absent" });
    expect(kinds(await lookUps.resolve([id], EMAIL))).toEqual({ [id]: "absent" });
    expect(directory.calls).toHaveLength(3);
  });

  test("do not look up an id twice at the same time", async () => {
    const { directory, ids, lookUps } = setUpLookUps(4);
    const [first, second] = await Promise.all([
      lookUps.resolve(ids.slice(0, 3), EMAIL),
      lookUps.resolve(ids.slice(1), EMAIL),
    ]);
    expect(directory.calls.flatMap((call) => call.ids)).toEqual(ids);
    expect(second.get(ids[1] ?? "")).toEqual(first.get(ids[1] ?? ""));
  });

  test("for several sets are remembered for all of them", async () => {
    const { directory, ids, lookUps } = setUpLookUps(3);
    for (let set = 1; set <= 2; set += 1) await resolveIds({ lookUps }, ids, EMAIL, "looking up");
    expect(directory.calls).toHaveLength(1);
  });

  test("that began last decide, even if an earlier one is answered later", async () => {
    const { directory, ids, lookUps } = setUpLookUps(1);
    let answerFirst = (): void => {};
    directory.findUsers = () =>
      new Promise((resolve) => (answerFirst = () => resolve({ ok: true, value: [person(1)] })));
    const first = lookUps.resolve(ids, EMAIL);
    directory.findUsers = () => Promise.resolve({ ok: true, value: [] });
    await lookUps.resolve(ids, EMAIL, { fresh: true });

    answerFirst();
    await first;

    expect(kinds(await lookUps.resolve(ids, EMAIL))).toEqual({ "person1@example.com": "absent" });
  });

  test("of known users report no progress", async () => {
    const { ids, lookUps } = setUpLookUps(3);
    await lookUps.resolve(ids, EMAIL);
    const reports: unknown[] = [];
    await lookUps.resolve(ids, EMAIL, { onProgress: (progress) => reports.push(progress) });
    expect(reports).toEqual([]);
  });

  test("that must be confirmed take no time if nobody is absent", async () => {
    const { ids, lookUps } = setUpLookUps(3);
    const resolutions = await lookUps.resolve(ids, EMAIL);
    const context = { lookUps, confirmWithinMs: 3_600_000 };
    expect(await confirmAbsent(ids, resolutions, EMAIL, context)).toEqual(resolutions);
  });

  test("report their progress after each call", async () => {
    const { ids, lookUps } = setUpLookUps(120);
    await lookUps.resolve(ids.slice(0, 30), EMAIL);
    const reports: unknown[] = [];
    await lookUps.resolve(ids, EMAIL, { onProgress: (progress) => reports.push(progress) });
    expect(reports).toEqual([
      { done: 30, total: 120 },
      { done: 80, total: 120 },
      { done: 120, total: 120 },
    ]);
  });
});

describe("failures", () => {
  test.each([
    ["an outage", OUTAGE],
    ["a wrong key", WRONG_KEY],
  ])(
    "%s leaves ids undecided without further calls, and they are looked up again later",
    async (_, failure) => {
      const { directory, ids, lookUps } = setUpLookUps(2);
      directory.fault = () => ({ failure });
      const resolutions = await lookUps.resolve(ids, EMAIL);
      expect([...resolutions.values()]).toEqual(ids.map(() => ({ kind: "undecided", failure })));
      expect(directory.calls).toHaveLength(1);
      directory.fault = () => undefined;
      expect(kinds(await lookUps.resolve(ids, EMAIL))).toEqual(
        Object.fromEntries(ids.map((id) => [id, "found"])),
      );
    },
  );

  test("a call refused because of an unknown id is halved until all other ids are decided", async () => {
    const { directory, ids, lookUps } = setUpLookUps(49);
    directory.refusesUnknown = "all";
    const asked = ids.toSpliced(20, 0, "nobody@example.com");
    const resolutions = await lookUps.resolve(asked, EMAIL);
    expect([...resolutions].filter(([, { kind }]) => kind !== "found")).toEqual([
      ["nobody@example.com", { kind: "absent" }],
    ]);
    expect(directory.calls.length).toBeLessThan(25);
  });

  test.each([{ place: "first" }, { place: "last" }])(
    "a call refused because of its $place id decides all other ids",
    async ({ place }) => {
      const { directory, ids, lookUps } = setUpLookUps(50);
      const bad = place === "first" ? 0 : 49;
      directory.fault = ({ ids: named }) =>
        named.includes(ids[bad] ?? "") ? { failure: REFUSED } : undefined;
      const resolutions = await lookUps.resolve(ids, EMAIL);
      const undecided = [...resolutions].filter(([, { kind }]) => kind !== "found");
      expect(undecided).toEqual([[ids[bad], { kind: "undecided", failure: REFUSED }]]);
    },
  );

  test("a refused call is taken apart from its ends, each of which is asked once", async () => {
    const { directory, ids, lookUps } = setUpLookUps(8);
    directory.fault = ({ ids: named }) => (named.length > 3 ? { failure: REFUSED } : undefined);
    await lookUps.resolve(ids, EMAIL);
    expect(directory.calls.map((call) => call.ids.length)).toEqual([8, 1, 1, 3, 3]);
  });

  test("a refused call of four ids is split into single ones, each of which is decided alone", async () => {
    const { directory, ids, lookUps } = setUpLookUps(4);
    const [first = "", , , last = ""] = ids;
    directory.fault = ({ ids: named }) =>
      named.includes(first) || named.includes(last) ? { failure: REFUSED } : undefined;
    const resolutions = await lookUps.resolve(ids, EMAIL);
    expect(Object.values(kinds(resolutions))).toEqual(["undecided", "found", "found", "undecided"]);
  });

  test("a server that refuses every look-up gets five calls, not a hundred", async () => {
    const { directory, ids, lookUps } = setUpLookUps(50);
    directory.fault = () => ({ failure: REFUSED });
    const resolutions = await lookUps.resolve(ids, EMAIL);
    expect([...resolutions.values()]).toEqual(ids.map(() => ({ kind: "undecided", failure: REFUSED })));
    expect(directory.calls).toHaveLength(5);
  });

  test("where the batch look-up is refused and the single one answers, an id that was not asked alone has the refusal", async () => {
    const { directory, ids, lookUps } = setUpLookUps(5);
    directory.fault = ({ method }) => (method === "findUsers" ? { failure: REFUSED } : undefined);
    const [first, second] = [...(await lookUps.resolve(ids, EMAIL)).values()];
    const contradiction = `GenAuth found a user by this id in one look-up, and another one failed: ${REFUSED.message}`;
    expect(first).toMatchObject({ kind: "undecided", failure: { message: contradiction } });
    expect(second).toEqual({ kind: "undecided", failure: REFUSED });
  });

  test("an error of this program is thrown to the callers of that batch, and not to later callers", async () => {
    const { directory, ids, lookUps } = setUpLookUps(2);
    directory.fault = () => {
      throw new Error("a bug");
    };
    await expect(lookUps.resolve(ids, EMAIL)).rejects.toThrow("a bug");
    directory.fault = () => undefined;
    expect(kinds(await lookUps.resolve(ids, EMAIL))).toEqual(
      Object.fromEntries(ids.map((id) => [id, "found"])),
    );
  });

  test("after an interrupt, nothing is sent and nothing is decided", async () => {
    const { directory, ids, lookUps } = setUpLookUps(2);
    const resolutions = await lookUps.resolve(ids, EMAIL, { stop: AbortSignal.abort() });
    expect([...resolutions.values()].map(({ kind }) => kind)).toEqual(["undecided", "undecided"]);
    expect(directory.calls).toEqual([]);
  });
});
