import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { deleteUsers } from "../../../../src/users/calls/delete-users";
import { REFUSED } from "../../../support/users/failures";
import { type ModelCall, ModelDirectory } from "../../../support/users/model-directory";
import { people } from "../../../support/users/people";

const BUG = new Error("a bug");

/** Waits for all pending promises. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Deletes `size` users in a directory in which one call throws, and the others answer later.
 *
 * @param breaks the number of that call, among the calls of its method
 */
async function deleteWith(
  size: number,
  breaks: (call: ModelCall, nth: number) => boolean,
  fault: ModelDirectory["fault"] = () => undefined,
) {
  const users = people(1, size);
  const directory = new ModelDirectory(users);
  directory.fault = (call, nth) => {
    if (breaks(call, nth)) throw BUG;
    return fault(call, nth);
  };
  let inFlight = 0;
  const plain = directory.deleteUsers.bind(directory);
  directory.deleteUsers = async (...call) => {
    inFlight += 1;
    try {
      const outcome = await plain(...call);
      for (let turn = 0; turn < 3; turn += 1) await settled();
      return outcome;
    } finally {
      inFlight -= 1;
    }
  };
  const run = deleteUsers({
    directory,
    type: UserIdType.USER_ID,
    users: users.map(({ userId }) => ({ id: userId, label: "", userId })),
    maxAttempts: 1,
    confirmWithinMs: 0,
  });
  const thrown = await run.then(
    () => undefined,
    (error: unknown) => error,
  );
  const atTheEnd = { inFlight, calls: directory.calls.length };
  for (let turn = 0; turn < 20; turn += 1) await settled();
  return { directory, thrown, atTheEnd };
}

describe("an error of this program during a deletion", () => {
  test.each([
    ["a deletion", "deleteUsers" as const],
    ["a read-back", "findUsers" as const],
  ])("in %s: nothing new is sent, and the error is thrown when nothing is in flight", async (_, method) => {
    const { directory, thrown, atTheEnd } = await deleteWith(
      1_000,
      (call, nth) => call.method === method && nth === 3,
    );
    expect(thrown).toBe(BUG);
    expect(atTheEnd.inFlight).toBe(0);
    expect(directory.calls).toHaveLength(atTheEnd.calls);
    expect(directory.callsOf("deleteUsers").length).toBeLessThan(20);
  });

  test("in one half of a refused chunk: the other half is awaited, and not halved further", async () => {
    const halves = (call: ModelCall): boolean => call.method === "deleteUsers" && call.ids.length === 25;
    let broken = 0;
    const { directory, thrown, atTheEnd } = await deleteWith(
      50,
      (call) => halves(call) && ++broken === 1,
      ({ method }) => (method === "deleteUsers" ? { failure: REFUSED } : undefined),
    );
    expect(thrown).toBe(BUG);
    expect(atTheEnd.inFlight).toBe(0);
    expect(directory.calls).toHaveLength(atTheEnd.calls);
    expect(directory.callsOf("deleteUsers").filter(({ ids }) => ids.length < 25)).toEqual([]);
  });
});
