import { getMaxListeners, once } from "node:events";
import { describe, expect, jest, test } from "@jest/globals";
import { UserIdType } from "../../../../src/users";
import { INTERRUPTED, WRONG_KEY } from "../../../support/users/failures";
import { each, type Ended, numbers, poolOf } from "../../../support/users/user-pool";

test("a failure of every call stops the run at once, and is the reason of all who are not confirmed gone", async () => {
  const pool = poolOf(1_000).whoseCallsFail("deleteUsers", WRONG_KEY, { nth: 3 });
  const { gone = [], survived = {} } = await pool.delete();
  expect(pool.sizesOf("deleteUsers").length).toBeLessThan(20);
  const survivors = numbers(1_000).filter((number) => !gone.includes(number));
  expect(survivors).not.toEqual([]);
  expect(survived).toEqual(each(survivors, WRONG_KEY.message));
});

describe("after an interrupt", () => {
  const interrupted = async () => {
    const pool = poolOf(1_000);
    pool.at("deleteUsers", 4, () => pool.stop.abort());
    return { pool, ended: await pool.delete() };
  };

  test("nothing new is started, and everybody else survives", async () => {
    const { pool, ended } = await interrupted();
    const { gone = [], survived } = ended;
    expect(pool.sizesOf("deleteUsers").length).toBeLessThan(20);
    const others = numbers(1_000).filter((number) => !gone.includes(number));
    expect(survived).toEqual(each(others, "Not attempted: interrupted."));
  });

  test("calls in flight are finished, and each is read back once", async () => {
    const { pool, ended } = await interrupted();
    const sent = pool.directory.callsOf("deleteUsers");
    expect(ended.gone).toHaveLength(sent.flatMap(({ ids }) => ids).length);
    const readBacks = pool.directory.callsOf("findUsers").filter(({ type }) => type === UserIdType.USER_ID);
    expect(readBacks).toHaveLength(sent.length);
    expect(pool.pauses).toEqual([]);
  });

  test("the run waits at most 15 s for a server that does not answer", async () => {
    jest.useFakeTimers();
    try {
      const pool = poolOf(1_000);
      const limits = new Set<number>();
      const plain = pool.directory.findUsers.bind(pool.directory);
      pool.directory.findUsers = async (sent, type, signal) => {
        if (type !== UserIdType.USER_ID) return plain(sent, type, signal);
        pool.stop.abort();
        limits.add(limitOf(signal));
        if (signal?.aborted === false) await once(signal, "abort");
        return { ok: false, failure: INTERRUPTED };
      };
      let ended: Ended | undefined;
      void pool.delete().then((how) => (ended = how));
      await jest.advanceTimersByTimeAsync(14_999);
      expect(ended).toBeUndefined();
      await jest.advanceTimersByTimeAsync(1);
      expect(ended?.gone).toBeUndefined();
      expect(ended?.survived).toMatchObject({
        ...each(numbers(1_000), ""),
        ...each([1], "could not be confirmed: Interrupted"),
      });
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
