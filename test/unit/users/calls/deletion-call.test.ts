import { describe, expect, test } from "@jest/globals";
import { setUpDeletion } from "../support/deletion";
import { LOST, OUTAGE, REFUSED, UNSUCCESSFUL } from "../../../support/users/failures";
import { person, systemId } from "../../../support/users/people";

describe("when GenAuth refuses", () => {
  test.each([1, 2, 17, 50, 51, 100])(
    "one bad user among %i survives alone, for at most 15 calls more",
    async (size) => {
      const { directory, ids, run } = setUpDeletion(size);
      const bad = Math.ceil(size / 3);
      directory.poisoned.add(systemId(bad));
      const { gone, survivors } = await run();
      const [id = ""] = ids.slice(bad - 1, bad);
      expect(gone).toEqual(ids.filter((other) => other !== id));
      expect(survivors).toEqual([{ id, label: `Person ${bad}`, reason: REFUSED.message, failure: REFUSED }]);
      expect(directory.calls.length - 2 * Math.ceil(size / 50)).toBeLessThanOrEqual(15);
    },
  );

  test("users who are already gone are dropped by one look-up, and the rest is deleted in one call", async () => {
    const { directory, ids, users, run } = setUpDeletion(50);
    directory.refusesUnknown = "changes";
    for (const { userId } of users.slice(0, 3)) directory.remove(userId);
    expect(await run()).toEqual({ gone: ids, survivors: [], kept: [] });
    expect(directory.callsOf("deleteUsers").map((call) => call.ids.length)).toEqual([50, 47]);
    // One after the refusal, then the read-back, with a second look-up of users whose deletion GenAuth did not confirm.
    expect(directory.callsOf("findUsers").map((call) => call.ids.length)).toEqual([50, 50, 3]);
  });

  test("deletions are read back even if the server refuses look-ups of unknown ids", async () => {
    const { directory, ids, run } = setUpDeletion(20);
    directory.refusesUnknown = "all";
    expect(await run()).toEqual({ gone: ids, survivors: [], kept: [] });
  });

  test("if all are refused, all survive and none is reported as gone", async () => {
    const { directory, ids, users, run } = setUpDeletion(60);
    for (const { userId } of users) directory.poisoned.add(userId);
    const { gone, survivors } = await run();
    expect(gone).toEqual([]);
    expect(survivors.map(({ id }) => id)).toEqual(ids);
    expect(directory.deleted).toEqual([]);
  });

  test("success: false for one of 50 users does not prevent the other deletions", async () => {
    const { directory, ids, run } = setUpDeletion(50);
    directory.fault = ({ method, ids: sent }) =>
      method === "deleteUsers" && sent.includes("person7@example.com")
        ? { failure: UNSUCCESSFUL }
        : undefined;
    const { gone, survivors } = await run();
    expect(gone).toEqual(ids.filter((id) => id !== "person7@example.com"));
    expect(survivors).toEqual([
      { id: "person7@example.com", label: "Person 7", reason: UNSUCCESSFUL.message, failure: UNSUCCESSFUL },
    ]);
  });
});

describe("when an answer is lost", () => {
  test("after the deletion, no user is sent again", async () => {
    const { directory, ids, run } = setUpDeletion(50);
    directory.fault = ({ method }) => (method === "deleteUsers" ? { failure: LOST, after: true } : undefined);
    expect(await run()).toEqual({ gone: ids, survivors: [], kept: [] });
    expect(directory.callsOf("deleteUsers")).toHaveLength(1);
  });

  test("before the deletion, the users are looked up and sent again", async () => {
    const { directory, ids, run, pauses } = setUpDeletion(50);
    directory.fault = ({ method }, nth) =>
      method === "deleteUsers" && nth < 3 ? { failure: LOST } : undefined;
    expect(await run()).toEqual({ gone: ids, survivors: [], kept: [] });
    expect(directory.calls.map(({ method }) => method)).toEqual([
      "deleteUsers",
      "findUsers",
      "deleteUsers",
      "findUsers",
      "deleteUsers",
      "findUsers",
    ]);
    expect(pauses).toEqual([250, 500]);
  });

  test("each time, the users are sent as often as allowed and survive", async () => {
    const { directory, ids, run } = setUpDeletion(3);
    directory.fault = ({ method }) => (method === "deleteUsers" ? { failure: LOST } : undefined);
    const { gone, survivors } = await run({ maxAttempts: 3 });
    expect(gone).toEqual([]);
    expect(survivors.map(({ id, failure }) => [id, failure])).toEqual(ids.map((id) => [id, LOST]));
    expect(directory.callsOf("deleteUsers")).toHaveLength(3);
  });

  test("and the look-up after it fails, no user is sent again and all survive", async () => {
    const { directory, run } = setUpDeletion(3);
    directory.fault = ({ method }) => ({ failure: method === "deleteUsers" ? LOST : OUTAGE });
    const { gone, survivors } = await run();
    expect(gone).toEqual([]);
    expect(survivors).toHaveLength(3);
    expect(survivors[0]?.reason).toContain(OUTAGE.message);
    expect(directory.callsOf("deleteUsers")).toHaveLength(1);
  });

  test("an id that passed to another user in the meantime is not sent again", async () => {
    const { directory, run } = setUpDeletion(2);
    directory.fault = ({ method }, nth) => {
      if (method !== "deleteUsers" || nth > 1) return undefined;
      directory.put(person(1, { email: "former@example.com" }));
      directory.put(person(500, { email: "person1@example.com" }));
      return { failure: LOST };
    };
    const { gone, survivors } = await run();
    expect(gone).toEqual(["person2@example.com"]);
    expect(survivors).toEqual([
      expect.objectContaining({
        id: "person1@example.com",
        reason: expect.stringContaining("passed to another user"),
      }),
    ]);
    expect(directory.deleted).toEqual([systemId(2)]);
  });

  test("an id that names nobody any more does not make its user gone", async () => {
    const { directory, run } = setUpDeletion(1);
    directory.fault = ({ method }) => {
      if (method !== "deleteUsers") return undefined;
      directory.put(person(1, { email: "new@example.com" }));
      return { failure: LOST };
    };
    const { gone, survivors } = await run();
    expect(gone).toEqual([]);
    expect(survivors[0]?.reason).toContain("under another id");
    expect(directory.has(systemId(1))).toBe(true);
  });
});
