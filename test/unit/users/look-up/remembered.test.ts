import { expect, test } from "@jest/globals";
import { remember } from "../../../../src/users/look-up/user-look-ups";
import { found } from "../../../../src/users/look-up/resolution";
import type { Resolution } from "../../../../src/users";
import { OUTAGE } from "../../../support/users/failures";
import { person } from "../../../support/users/people";

const first = new Map<string, Resolution>([
  ["a", found(person(1, { name: "陈晨 \ud83d", identities: [{ extIdpId: "x", userIdInIdp: "\u0000ÿ" }] }))],
  ["b", { kind: "absent" }],
  ["c", found(person(2, { name: undefined, email: undefined, identities: [] }))],
  ["same as a", found(person(1, { name: "changed meanwhile" }))],
]);
const second = new Map<string, Resolution>([
  ["d", { kind: "several", users: [person(3), person(4)] }],
  ["e", { kind: "undecided", failure: OUTAGE }],
  ["f", found(person(5))],
]);
const shown = (resolution: Resolution) => (resolution.kind === "found" ? found(resolution.user) : resolution);

test("the resolutions of several calls are remembered unchanged", () => {
  const remembered = [...remember(first), ...remember(second)];
  expect(remembered.map(([id, resolution]) => [id, shown(resolution)])).toEqual([...first, ...second]);
});

test("they can be read in any order", () => {
  const remembered = [...remember(first), ...remember(second)];
  const order = ["f", "a", "f", "same as a", "c", "f", "a"];
  const known = new Map(remembered);
  const said = new Map([...first, ...second]);
  for (const id of order) expect(shown(known.get(id) as Resolution)).toEqual(said.get(id));
});

test("the system user id of a resolution is available without unpacking the user", () => {
  const known = remember(first).get("a");
  expect(known).toMatchObject({ kind: "found", userId: person(1).userId });
  expect(Object.keys(known ?? {})).not.toContain("user");
});
