import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decodeMemory, encodeMemory } from "../../../src/provider/user-set/memory-codec";
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

/** A call that may have suspended a user. */
const attempt = fc
  .record({
    label: fc.string(),
    userId: anyId,
    before: fc.option(fc.string(), { nil: undefined }),
    during: fc.option(fc.record({ from: fc.nat(), until: fc.nat() }), { nil: undefined }),
  })
  .map(({ before, during, ...others }) => ({
    ...others,
    ...(before !== undefined && { changedBefore: before }),
    ...(during && { during }),
  }));

describe("private data", () => {
  test("is read as written, for any ids", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1 }), fc.option(anyId, { nil: undefined })),
        fc.array(fc.string()),
        fc.option(fc.record({ full: fc.nat(), since: fc.nat(), pool: fc.string(), key: fc.string() }), {
          nil: undefined,
        }),
        fc.option(fc.array(fc.string()), { nil: undefined }),
        fc.array(fc.tuple(fc.string({ minLength: 1 }), waitingRecord)),
        fc.array(fc.tuple(fc.string({ minLength: 1 }), attempt)),
        (bound, undeclared, checkpoint, newcomers, waiting, attempts) => {
          const ids = Object.keys(bound);
          const data: SetMemory = {
            bindings: new Map(
              Object.entries(bound).flatMap(([id, user]) => (user === undefined ? [] : [[id, user]])),
            ),
            undeclared: new Set(undeclared),
            ...(newcomers && { newcomers: new Set(newcomers) }),
            rebindings: new Map(ids.slice(0, 2).map((id) => [id, "somebody else"])),
            ...(checkpoint && { checkpoint }),
            waiting: new Map(waiting),
            attempts: new Map(attempts),
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
    const checked = {
      ...data,
      checkpoint: { full: 1_795_622_425, since: 1_795_622_425, pool: "1".repeat(16), key: "2".repeat(16) },
    };
    const own = encodeMemory(checked, ids, UserIdType.USER_ID);
    // The head with its checkpoint, and no block.
    expect(own.length).toBeLessThan(220);
    expect(decodeMemory(own, ids)).toEqual(checked);
  });

  test("an id not seen yet is unbound, even if ids are their own bindings", () => {
    const data = { ...NO_MEMORY, bindings: new Map([["a", "a"]]) };
    const bytes = encodeMemory(data, ["a", "b"], UserIdType.USER_ID);
    expect([...decodeMemory(bytes, ["a", "b"]).bindings]).toEqual([["a", "a"]]);
  });

  test("binds nobody if it was written for other ids than the state's", () => {
    const data = {
      ...NO_MEMORY,
      bindings: new Map([["a", "1".repeat(24)]]),
      undeclared: new Set(["a"]),
      checkpoint: { full: 1, since: 1, pool: "pool", key: "key" },
    };
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
