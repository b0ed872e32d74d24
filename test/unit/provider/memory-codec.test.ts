import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  bindingsReader,
  decodeMemory,
  encodeMemory,
  isReadable,
} from "../../../src/provider/user-set/memory-codec";
import { type SetMemory, UserIdType } from "../../../src/users";
import { NO_MEMORY } from "../../../src/users/change/memory";

const systemId = fc.stringMatching(/^[0-9a-f]{24}$/).filter((id) => !/^0+$/.test(id));
const anyId = fc.oneof(systemId, fc.string({ minLength: 1 }));

const text = fc.option(fc.string(), { nil: undefined });
const waitingRecord = fc
  .record({
    label: fc.string(),
    userId: anyId,
    isOurs: fc.boolean(),
    isDue: fc.boolean(),
    status: text,
    since: text,
  })
  .map(({ status, since, ...record }) => ({
    ...record,
    ...(status !== undefined && { status }),
    ...(since !== undefined && { statusChangedAt: since }),
  }));

describe("private data", () => {
  test("is read as written, for any ids", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.option(anyId, { nil: undefined })),
        fc.array(fc.string()),
        fc.array(fc.tuple(fc.string({ minLength: 1 }), waitingRecord)),
        (bound, undeclared, waiting) => {
          const ids = Object.keys(bound);
          const data: SetMemory = {
            bindings: new Map(
              Object.entries(bound).flatMap(([id, user]) => (user === undefined ? [] : [[id, user]])),
            ),
            undeclared: new Set(undeclared),
            rebindings: new Map(ids.slice(0, 2).map((id) => [id, "somebody else"])),
            waiting: new Map(waiting),
          };
          expect(decodeMemory(encodeMemory(data, ids, UserIdType.EMAIL), ids.reverse())).toEqual(data);
        },
      ),
    );
  });

  test("takes 12 bytes per user, and none if the ids are their own bindings", () => {
    const ids = Array.from({ length: 10_000 }, (_, index) => index.toString(16).padStart(24, "a"));
    const data = { ...NO_MEMORY, bindings: new Map(ids.map((id) => [id, id])) };
    expect(encodeMemory(data, ids, UserIdType.EXTERNAL_ID).length).toBeLessThan(12 * ids.length + 200);
    const own = encodeMemory(data, ids, UserIdType.USER_ID);
    // The head, and no block.
    expect(own.length).toBeLessThan(130);
    expect(decodeMemory(own, ids)).toEqual(data);
  });

  test("an id not seen yet is unbound, even if ids are their own bindings", () => {
    const data = { ...NO_MEMORY, bindings: new Map([["a", "a"]]) };
    const bytes = encodeMemory(data, ["a", "b"], UserIdType.USER_ID);
    expect([...decodeMemory(bytes, ["a", "b"]).bindings]).toEqual([["a", "a"]]);
  });

  test("binds nobody if it was written for other ids than the state's", () => {
    const data = { ...NO_MEMORY, bindings: new Map([["a", "1".repeat(24)]]), undeclared: new Set(["a"]) };
    const bytes = encodeMemory(data, ["a"], UserIdType.EMAIL);
    expect(decodeMemory(bytes, ["b"])).toEqual({ ...NO_MEMORY, undeclared: new Set(["a"]) });
    expect(decodeMemory(bytes, ["a", "b"]).bindings.size).toBe(0);
  });

  test("empty data binds nobody", () => {
    expect(decodeMemory(new Uint8Array(), ["a"])).toEqual(NO_MEMORY);
  });

  test.each([
    ["damaged", "not what was written"],
    ["of a later version", '{"version":2}\n'],
    ["cut off", '{"version":1,"digest":'],
  ])("data that is %s is refused with advice", (_what, text) => {
    expect(() => decodeMemory(Buffer.from(text), ["a"])).toThrow(
      expect.objectContaining({
        diagnostic: expect.objectContaining({
          detail: expect.stringMatching(/later version.*restore the state/),
        }),
      }),
    );
  });
});

/** What a set of three knows of two, in an order of its own. */
function memoryOf(ids: readonly [string, string]): SetMemory {
  const entries = <T>(value: T) => new Map(ids.map((id) => [id, value]));
  const waiting = { label: "", userId: "b".repeat(24), isOurs: true, isDue: false };
  return {
    bindings: entries("b".repeat(24)),
    undeclared: new Set(ids),
    rebindings: entries("somebody else"),
    waiting: entries(waiting),
  };
}

test("the same memory is the same data, in whatever order it was put together", () => {
  const one = memoryOf(["a", "c"]);
  const other = memoryOf(["c", "a"]);
  for (const type of [UserIdType.EMAIL, UserIdType.USER_ID])
    expect(encodeMemory(one, ["a", "b", "c"], type)).toEqual(encodeMemory(other, ["c", "b", "a"], type));
  const { undeclared, rebindings, waiting } = decodeMemory(
    encodeMemory(other, ["c", "b", "a"], UserIdType.EMAIL),
    ["b", "a", "c"],
  );
  const lists = [undeclared, rebindings.keys(), waiting.keys()];
  expect(lists.map((list) => [...list])).toEqual(lists.map(() => ["a", "c"]));
});

test("data whose end is missing, or that has more than its users, binds nobody and forgets nobody who waits", () => {
  const memory = memoryOf(["a", "c"]);
  const whole = encodeMemory(memory, ["a", "c"], UserIdType.EMAIL);
  for (const bytes of [whole.subarray(0, -1), Buffer.concat([whole, Buffer.alloc(12)])]) {
    const read = decodeMemory(bytes, ["a", "c"]);
    expect(read).toMatchObject({ bindings: new Map(), rebindings: new Map(), waiting: memory.waiting });
  }
});

test("whom ids named is read on demand, and from damaged data nobody", () => {
  const memory = memoryOf(["a", "b"]);
  const read = bindingsReader(encodeMemory(memory, ["a", "b"], UserIdType.EMAIL));
  expect(read(["b", "a"])).toEqual(memory.bindings);
  expect(bindingsReader(new Uint8Array())(["a"])).toEqual(new Map());
  const damaged = Buffer.from("damaged");
  expect(bindingsReader(damaged)(["a"])).toEqual(new Map());
  expect([new Uint8Array(), damaged].map(isReadable)).toEqual([true, false]);
});
