import { describe, expect, test } from "@jest/globals";
import { encode, ExtData } from "@msgpack/msgpack";
import * as fc from "fast-check";
import { decodeMsgpack, encodeMsgpack } from "../../../../src/plugin/dynamic-value";
import { ValueError } from "../../../../src/plugin/diagnostic";
import { UNKNOWN, type Type } from "../../../../src/plugin";
import { anyCharacter } from "../../../support/any-character";
import { SEED, seededRuns } from "../../../support/seed";

const type: Type = {
  object: { users: { map: "string" }, limit: "number", on: "bool", tags: { list: "string" } },
};
const sound = encodeMsgpack(
  { users: new Map([["ann", "Ann"]]), limit: 2, on: UNKNOWN, tags: ["a", "b"] },
  type,
);

/** The error for a document, which must be a sentence about the document. */
function refusal(bytes: Uint8Array): string {
  try {
    decodeMsgpack(bytes, type);
  } catch (thrown) {
    // An expectation would take half of the time of thousands of documents.
    if (!(thrown instanceof ValueError)) throw thrown;
    return thrown.message;
  }
  return "none";
}

/** A document with these bytes as `users`. */
function usersAre(...bytes: readonly number[]): Uint8Array {
  return Uint8Array.of(0x81, 0xa5, ...Buffer.from("users"), ...bytes);
}

const NO_DOCUMENT = "it is no MessagePack document that Terraform writes";

describe("a document that Terraform never writes is refused with a message", () => {
  test.each<[string, Uint8Array]>([
    ["nothing", new Uint8Array()],
    ["an array of four thousand million", usersAre(0xdd, 0xff, 0xff, 0xff, 0xff)],
    ["a map of four thousand million", usersAre(0xdf, 0xff, 0xff, 0xff, 0xff)],
    ["text of four thousand million bytes", usersAre(0xdb, 0xff, 0xff, 0xff, 0xff, 0x61)],
    ["a hundred thousand arrays in each other", new Uint8Array(100_000).fill(0x91)],
    ["an extension of its own", encode({ users: new ExtData(7, new Uint8Array(3)) })],
    ["two documents", Uint8Array.of(...sound, 0xc0)],
  ])("%s", (_what, bytes) => {
    expect(refusal(bytes)).toContain(NO_DOCUMENT);
  });

  test.each<[string, Uint8Array]>([
    ["a time", encode({ users: new Date(0) })],
    ["bytes", encode({ users: new Uint8Array(3) })],
    ["a code that MessagePack does not use", usersAre(0xc1)],
  ])("%s in place of the users", (_what, bytes) => {
    expect(refusal(bytes)).toContain("expected a map of string");
  });

  test("a document that is cut anywhere", () => {
    for (let length = 0; length < sound.length; length += 1) {
      expect(refusal(sound.subarray(0, length))).toBe(NO_DOCUMENT);
    }
  });
});

test("random bytes give values or a message", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      refusal(bytes);
    }),
    seededRuns("FAULT_FUZZ", 2_000),
  );
});

test("random changes of a valid document give values or a message", () => {
  const change = fc.tuple(fc.nat(sound.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const bytes = Uint8Array.from(sound);
      for (const [at, byte] of changes) bytes[at] = byte;
      refusal(bytes);
    }),
    seededRuns("FAULT_FUZZ", 5_000),
  );
});

test("everything that Terraform can write is read unchanged", () => {
  const users = fc.array(fc.tuple(fc.string({ unit: anyCharacter }), fc.string({ unit: "grapheme" })));
  fc.assert(
    fc.property(users, fc.maxSafeInteger(), fc.array(fc.string()), (entries, limit, tags) => {
      const value = { users: new Map(entries), limit, on: true, tags };
      expect(decodeMsgpack(encodeMsgpack(value, type), type)).toEqual(value);
    }),
    { seed: SEED },
  );
});
