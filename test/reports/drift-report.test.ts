import { expect, test } from "@jest/globals";
import { checkDrift } from "../../src/reports";
import { UserIdType, type UserLookUps } from "../../src/users";
import { found } from "../../src/users/look-up/resolution";
import { person, systemId } from "../users/support/people";

test("a declared user is not undeclared, in any spelling of the system user id in the pool", async () => {
  const id = "person1@example.com";
  const set = {
    name: "staff",
    userIdType: UserIdType.EMAIL,
    declared: new Map([[id, ""]]),
    survivors: new Map<string, string>(),
    missingBefore: new Set<string>(),
    sensitive: false,
  };
  const resolve = () => Promise.resolve(new Map([[id, found(person(1))]]));
  const { undeclared } = await checkDrift({
    sets: [set],
    lookUps: { resolve } as unknown as UserLookUps,
    host: "https://core.genauth.ai",
    poolUsers: [person(1, { userId: systemId(1).toUpperCase() }), person(2)],
    acceptEmptyPool: false,
  });
  expect(undeclared.map(({ user_id }) => user_id)).toEqual([systemId(2)]);
});
