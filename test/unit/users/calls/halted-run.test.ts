import { getMaxListeners, once } from "node:events";
import { describe, expect, jest, test } from "@jest/globals";
import { type UserDirectory, UserIdType } from "../../../../src/users";
import { INTERRUPTED, WRONG_KEY } from "../../../support/users/failures";
import {
  each,
  type Ended,
  numbers,
  numbersFrom,
  poolOf,
  type UserPool,
} from "../../../support/users/user-pool";

/**
 * 1,000 users are deleted in 20 calls of 50. The directory takes eight calls at a time. Look-ups before a call are by e-mail address, as the
 * set names its users, and those after it, the read-backs, by system user id.
 */

test("a wrong key stops the run: only calls under way are finished, and nobody in them is confirmed gone", async () => {
  // It is the fourth of the second eight calls.
  const pool = poolOf(1_000).whoseCallsFail("deleteUsers", WRONG_KEY, { nth: 12 });
  const { gone, survived } = await pool.delete();
  const unconfirmed = `GenAuth answered success, but that could not be confirmed: ${WRONG_KEY.message}`;
  expect(gone).toEqual(numbers(400));
  expect(survived).toEqual({
    ...each(numbersFrom(401, 550), unconfirmed),
    ...each(numbersFrom(551, 600), WRONG_KEY.message),
    ...each(numbersFrom(601, 800), unconfirmed),
    ...each(numbersFrom(801, 1_000), WRONG_KEY.message),
  });
  expect(pool.sizesOf("deleteUsers")).toHaveLength(16);
});

test("a wrong key in one read-back ends another one, which would never be answered", async () => {
  const pool = poolOf(100);
  let readBacks = 0;
  onLookUp(pool, async (type, signal) => {
    if (type !== UserIdType.USER_ID) return undefined;
    readBacks += 1;
    if (readBacks === 2) return { ok: false, failure: WRONG_KEY };
    await once(signal, "abort");
    return { ok: false, failure: INTERRUPTED };
  });
  const unconfirmed = "GenAuth answered success, but that could not be confirmed: ";
  expect(await pool.delete()).toEqual({
    survived: {
      ...each(numbers(50), `${unconfirmed}Interrupted`),
      ...each(numbersFrom(51, 100), `${unconfirmed}${WRONG_KEY.message}`),
    },
  });
});

describe("an interrupt at the fourth call", () => {
  const interruptedPool = () => {
    const pool = poolOf(1_000);
    return pool.at("deleteUsers", 4, () => pool.stop.abort());
  };
  const notAttempted = each(numbersFrom(201, 1_000), "Not attempted: interrupted.");

  test("lets the four calls finish and be read back, and starts nothing new", async () => {
    const pool = interruptedPool();
    expect(await pool.delete()).toEqual({ gone: numbers(200), survived: notAttempted });
    expect(pool.sizesOf("deleteUsers")).toEqual([50, 50, 50, 50]);
  });

  test("lets each call be read back only once, without a pause, even if its users are still shown", async () => {
    const pool = interruptedPool();
    pool.directory.showsDeletedFor = 1;
    const stillShown = each(numbers(200), "GenAuth answered success, but the user is still in the pool.");
    expect(await pool.delete()).toEqual({ survived: { ...stillShown, ...notAttempted } });
    const readBacks = pool.directory.callsOf("findUsers").filter(({ type }) => type === UserIdType.USER_ID);
    expect(readBacks).toHaveLength(4);
    expect(pool.pauses).toEqual([]);
  });
});

test("after an interrupt, the run waits 15 s for read-backs that are not answered, and then ends", async () => {
  jest.useFakeTimers();
  try {
    const pool = poolOf(1_000);
    onLookUp(pool, async (type, signal) => {
      if (type !== UserIdType.USER_ID) return undefined;
      pool.stop.abort();
      await once(signal, "abort");
      return { ok: false, failure: INTERRUPTED };
    });
    let ended: Ended | undefined;
    void pool.delete().then((how) => (ended = how));
    await jest.advanceTimersByTimeAsync(14_999);
    expect(ended).toBeUndefined();
    await jest.advanceTimersByTimeAsync(1);
    expect(ended).toEqual({
      survived: {
        ...each(numbers(400), "GenAuth answered success, but that could not be confirmed: Interrupted"),
        ...each(numbersFrom(401, 1_000), "Not attempted: interrupted."),
      },
    });
  } finally {
    jest.useRealTimers();
  }
});

test("any number of look-ups may wait for a signal of the run, and Node.js suspects no leak", async () => {
  const pool = poolOf(1_000);
  const limits = new Map<AbortSignal, number>();
  onLookUp(pool, (_type, signal) => {
    limits.set(signal, limitOf(signal));
    return Promise.resolve(undefined);
  });
  await pool.delete();
  // One signal ends what is still sent, the other one the read-backs. 0 is no limit.
  expect([...limits.values()]).toEqual([0, 0]);
});

/** Answers look-ups instead of the directory, unless the answer is undefined. */
function onLookUp(
  { directory }: UserPool,
  answer: (
    type: UserIdType,
    signal: AbortSignal,
  ) => Promise<Awaited<ReturnType<UserDirectory["findUsers"]>> | undefined>,
): void {
  const findUsers = directory.findUsers.bind(directory);
  directory.findUsers = async (ids, type, signal = new AbortController().signal) =>
    (await answer(type, signal)) ?? findUsers(ids, type, signal);
}

/** How many listeners a signal may have before Node.js warns. Node.js 20 throws for 0. */
function limitOf(signal: AbortSignal): number {
  try {
    return getMaxListeners(signal);
  } catch {
    return 0;
  }
}
