import { expect, test } from "@jest/globals";
import { undeclaredUsers } from "../../src/reports/drift/undeclared-users";
import { UserIdType } from "../../src/users";
import { found } from "../../src/users/look-up/resolution";
import { person, systemId } from "../users/support/people";

test("a user whom a set names is not undeclared, in whatever spelling the pool lists the system id", () => {
  const id = "person1@example.com";
  const set = {
    name: "staff",
    userIdType: UserIdType.EMAIL,
    declared: new Map([[id, ""]]),
    survivors: new Map<string, string>(),
    missingBefore: new Set<string>(),
    sensitive: false,
  };
  const listed = [person(1, { userId: systemId(1).toUpperCase() }), person(2)];
  const resolved = [{ set, resolutions: new Map([[id, found(person(1))]]) }];
  const undeclared = undeclaredUsers(listed, resolved, (user) => user);
  expect(undeclared.map(({ user_id }) => user_id)).toEqual([systemId(2)]);
});
