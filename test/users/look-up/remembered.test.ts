import { expect, test } from "@jest/globals";
import { recall, remember } from "../../../src/users/look-up/remembered";
import type { Resolution } from "../../../src/users";
import { OUTAGE } from "../support/failures";
import { person } from "../support/people";

const found = (number: number, fields = {}): Resolution => ({ kind: "found", user: person(number, fields) });

test("what was said of ids is remembered as it was, of several calls", () => {
  const first = new Map<string, Resolution>([
    ["a", found(1, { name: "陈晨 \ud83d", identities: [{ extIdpId: "x", userIdInIdp: "\u0000ÿ" }] })],
    ["b", { kind: "absent" }],
    ["c", found(2, { name: undefined, email: undefined, identities: [] })],
    ["same as a", found(1, { name: "changed meanwhile" })],
  ]);
  const second = new Map<string, Resolution>([
    ["d", { kind: "several", users: [person(3), person(4)] }],
    ["e", { kind: "undecided", failure: OUTAGE }],
    ["f", found(5)],
  ]);
  const remembered = new Map([...remember(first), ...remember(second)]);
  expect([...recall(remembered)]).toEqual([...first, ...second]);
});

test("whom an id names can be told without its record", () => {
  expect(remember(new Map([["a", found(1)]])).get("a")).toMatchObject({
    kind: "found",
    userId: person(1).userId,
  });
});
