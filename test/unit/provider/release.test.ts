import { expect, test } from "@jest/globals";
import { fillModel } from "../../../src/plugin";
import { releaseWarning } from "../../../src/provider/user-set/release";
import { userSetSchema } from "../../../src/provider/user-set/schema";

test.each([
  ["one user", ["a@x"], [], "1 user is released, not deleted: a@x"],
  ["several users", ["a@x", "b@x"], [], "2 users are released, not deleted: a@x, …"],
  ["several users and one survivor", ["a@x", "b@x"], ["b@x"], "2 users are released, not deleted: b@x, …"],
  ["only a survivor", ["a@x"], ["a@x"], "1 user is released, not deleted: a@x"],
])("the headline of a release of %s shows whether it names everybody", (_, ids, survivors, summary) => {
  const prior = fillModel(userSetSchema, {
    users: new Map(ids.map((id) => [id, ""])),
    drift: { missing: [], survivors, locked_out: [] },
  });
  expect(releaseWarning(prior)).toMatchObject([{ summary }]);
});

test("a release names declared users who stay suspended, and each user once", () => {
  const prior = fillModel(userSetSchema, {
    users: new Map([["a@x", ""]]),
    suspended: new Map([["b@x", "2026-12-01T00:00:00Z"]]),
    drift: { missing: [], survivors: [], locked_out: ["a@x", "b@x"] },
  });
  expect(releaseWarning(prior).map(({ summary }) => summary)).toEqual([
    "1 user is released, not deleted: a@x",
    "2 suspended users will not be deleted, and stay suspended: b@x, …",
  ]);
});
