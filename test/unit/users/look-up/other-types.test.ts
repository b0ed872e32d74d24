import { describe, expect, test } from "@jest/globals";
import { UserIdType, UserLookUps } from "../../../../src/users";
import { findOtherTypes } from "../../../../src/users/look-up/other-types";
import { ModelDirectory } from "../../../support/users/model-directory";
import { person } from "../../../support/users/people";
import { numbers } from "../../../support/users/user-pool";

const { EMAIL, EXTERNAL_ID, USER_ID, USERNAME } = UserIdType;

/** A pool of 30 users, of whom some have an e-mail address as their user name or external id, too. */
const directory = () =>
  new ModelDirectory(
    numbers(30).map((number) => {
      const email = `person${number}@example.com`;
      return person(number, { username: number % 6 === 1 ? email : `person${number}`, externalId: email });
    }),
  );
const emails = (last: number) => numbers(last).map((number) => `person${number}@example.com`);

describe("ids of a wrong type", () => {
  test("are found by their own type, with the type that finds the most first", async () => {
    const context = { lookUps: new UserLookUps(directory()) };
    const { types } = await findOtherTypes(emails(7), EMAIL, context);
    expect(types).toEqual([
      { type: EXTERNAL_ID, found: 7, tried: 7 },
      { type: USERNAME, found: 2, tried: 7 },
    ]);
  });

  test("are looked up by types of which they can be, each in one call", async () => {
    const pool = directory();
    await findOtherTypes(emails(3), USERNAME, { lookUps: new UserLookUps(pool) });
    const types = pool.callsOf("findUsers").map(({ type }) => type);
    expect(types).toEqual([EMAIL, EXTERNAL_ID]);
  });

  test("are looked up only as far as they can be of the type", async () => {
    const pool = directory();
    const mixed = ["person1@example.com", "person2"];
    const { types } = await findOtherTypes(mixed, USER_ID, { lookUps: new UserLookUps(pool) });
    expect(types).toContainEqual({ type: EMAIL, found: 1, tried: 1 });
  });

  test("are represented by ten of them, not all from the beginning", async () => {
    const pool = directory();
    const { sampled } = await findOtherTypes(emails(29), EMAIL, { lookUps: new UserLookUps(pool) });
    expect(sampled).toBe(10);
    const [call] = pool.callsOf("findUsers");
    expect(call?.ids).toEqual(
      [1, 3, 5, 7, 9, 11, 13, 15, 17, 19].map((number) => `person${number}@example.com`),
    );
  });

  test("that nobody has by any type are found by none", async () => {
    const context = { lookUps: new UserLookUps(directory()) };
    expect(await findOtherTypes(["nobody", "no-one"], USERNAME, context)).toEqual({ types: [], sampled: 2 });
  });
});
