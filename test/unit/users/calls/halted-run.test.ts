import { getMaxListeners, once } from "node:events";
import { describe, expect, jest, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { DECLARED_TYPE, setUpDeletion } from "../support/deletion";
import { INTERRUPTED, WRONG_KEY } from "../../../support/users/failures";

describe("a halted run", () => {
  test("a failure of every call stops the run at once, and it is the reason of all users who are not confirmed gone", async () => {
    const { directory, ids, run } = setUpDeletion(1_000);
    directory.fault = ({ method }, nth) =>
      method === "deleteUsers" && nth === 3 ? { failure: WRONG_KEY } : undefined;
    const { gone, survivors } = await run();
    expect([...gone, ...survivors.map(({ id }) => id)].sort()).toEqual([...ids].sort());
    expect(survivors).not.toEqual([]);
    expect(survivors.every(({ reason }) => reason.includes(WRONG_KEY.message))).toBe(true);
    expect(directory.callsOf("deleteUsers").length).toBeLessThan(20);
    for (const id of gone) expect(directory.named(id, DECLARED_TYPE)).toEqual([]);
  });

  test("after an interrupt, calls in flight are finished and read back once, and nothing new is started", async () => {
    const { directory, ids, run, pauses } = setUpDeletion(1_000);
    const stop = new AbortController();
    directory.onCall = () => {
      if (directory.callsOf("deleteUsers").length === 4) stop.abort();
    };
    const { gone, survivors } = await run({ stop: stop.signal });
    const sent = directory.callsOf("deleteUsers");
    expect(sent.length).toBeLessThan(20);
    expect(gone).toEqual(sent.flatMap((call) => call.ids));
    const readBacks = directory.callsOf("findUsers").filter((call) => call.type === UserIdType.USER_ID);
    expect(readBacks).toHaveLength(sent.length);
    expect(survivors).toHaveLength(ids.length - gone.length);
    expect(new Set(survivors.map(({ reason }) => reason))).toEqual(new Set(["Not attempted: interrupted."]));
    expect(pauses).toEqual([]);
  });

  test("after an interrupt, the run waits at most 15 s for a server that does not answer", async () => {
    jest.useFakeTimers();
    try {
      const { directory, ids, run } = setUpDeletion(1_000);
      const stop = new AbortController();
      const limits = new Set<number>();
      const plain = directory.findUsers.bind(directory);
      directory.findUsers = async (sent, of, signal) => {
        if (of === DECLARED_TYPE) return plain(sent, of, signal);
        stop.abort();
        limits.add(limitOf(signal));
        if (signal?.aborted === false) await once(signal, "abort");
        return { ok: false, failure: INTERRUPTED };
      };
      let result: Awaited<ReturnType<typeof run>> | undefined;
      void run({ stop: stop.signal }).then((ended) => (result = ended));
      await jest.advanceTimersByTimeAsync(14_999);
      expect(result).toBeUndefined();
      await jest.advanceTimersByTimeAsync(1);
      expect(result?.gone).toEqual([]);
      expect(result?.survivors.map(({ id }) => id)).toEqual(ids);
      expect(result?.survivors[0]?.reason).toContain("could not be confirmed: Interrupted");
      // Twenty look-ups wait for the signal; with a limit, Node.js would print that it suspects a leak.
      expect([...limits]).toEqual([0]);
    } finally {
      jest.useRealTimers();
    }
  });
});

/** How many listeners a signal may have before Node.js warns. Node.js 20 refuses to read 0, which stands for any number. */
function limitOf(signal: AbortSignal | undefined): number {
  try {
    return signal ? getMaxListeners(signal) : 0;
  } catch {
    return 0;
  }
}
