import { expect, test } from "@jest/globals";
import { findArchived } from "../../../../src/users/look-up/archive";
import { OUTAGE } from "../../../support/users/failures";
import { systemId } from "../../../support/users/people";

const since = Date.parse("2026-01-01T00:00:00.900Z");
const ids = [systemId(1), systemId(2)];

test("a user is archived whom the list names since that second", async () => {
  const asked: number[] = [];
  const archivedSince = (second: number) => {
    asked.push(second);
    return Promise.resolve({ ok: true as const, value: [systemId(2).toUpperCase()] });
  };
  expect(await findArchived({ archivedSince }, ids, since)).toEqual(new Set([systemId(2)]));
  expect(asked).toEqual([Date.parse("2026-01-01T00:00:00Z") / 1000]);
});

test("nobody is archived if the list is too long", async () => {
  const archivedSince = () => Promise.resolve({ ok: true as const, value: undefined });
  expect(await findArchived({ archivedSince }, ids, since)).toEqual(new Set());
});

test("nobody is archived if the list cannot be read", async () => {
  const archivedSince = () => Promise.resolve({ ok: false as const, failure: OUTAGE });
  expect(await findArchived({ archivedSince }, ids, since)).toEqual(new Set());
});
