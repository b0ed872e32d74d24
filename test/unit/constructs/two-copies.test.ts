import { beforeAll, expect, jest, test } from "@jest/globals";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import * as cdktf from "cdktf";
import { GenAuthProvider, NullResourceUserSet, UserIdType, Users } from "../../../src";
import { scratchApps } from "../../support/constructs/scratch";
import { declareSet, synthesise } from "../../support/constructs/stack";

const newApp = scratchApps();

/** The package once more, with classes of its own, as npm installs it where versions differ. */
let copy: typeof import("../../../src");
beforeAll(() => {
  jest.isolateModules(() => {
    jest.doMock("cdktf", () => cdktf);
    // oxlint-disable-next-line typescript/no-require-imports
    copy = require("../../../src") as typeof copy;
  });
  expect(copy.Users).not.toBe(Users);
});

function newStack(): cdktf.TerraformStack {
  return new cdktf.TerraformStack(newApp(), "stack");
}

/** `protected_users` of the stack's provider. */
const protectedIn = (stack: cdktf.TerraformStack) =>
  synthesise(stack).provider.genauth[0]?.["protected_users"];

test("a provider protects the users whom sets of another copy declare or retain", () => {
  const stack = newStack();
  new GenAuthProvider(stack, "genauth");
  declareSet(stack, "own", ["1"]);
  new copy.ManagedUserSet(stack, "other", {
    users: copy.Users.fromIds(["2"]),
    retainedIds: ["3"],
    userIdType: UserIdType.USER_ID,
  });
  expect(protectedIn(stack)).toEqual({ user_id: ["1", "2", "3"] });
});

test("a null resource protects whom a set and a provider of another copy name", () => {
  const stack = newStack();
  new NullProvider(stack, "null");
  new copy.GenAuthProvider(stack, "genauth").protect(copy.UserIdType.EMAIL, ["b@x"]);
  new copy.NullResourceUserSet(stack, "other", {
    users: copy.Users.fromIds(["c@x"]),
    userIdType: UserIdType.EMAIL,
  });
  new NullResourceUserSet(stack, "own", {
    users: Users.fromIds(["a@x"]),
    userIdType: UserIdType.EMAIL,
  });
  expect(protectedIn(stack)).toEqual({ email: ["a@x", "b@x", "c@x"] });
});

test("a set takes the users of another copy", () => {
  const stack = newStack();
  new GenAuthProvider(stack, "genauth");
  declareSet(stack, "own", copy.Users.fromIds(["1"]));
  expect(protectedIn(stack)).toEqual({ user_id: ["1"] });
});

test("two providers of one stack, of two copies, know the pool of each other", () => {
  const stack = newStack();
  const key = { accessKeyId: "key" };
  new GenAuthProvider(stack, "one", { ...key, userPoolName: "one" });
  new copy.GenAuthProvider(stack, "two", { ...key, userPoolName: "two", alias: "two" });
  expect(() => {
    stack.runAllValidations();
  }).toThrow("both reach the same users");
});

test("the provider is written once", () => {
  const stack = newStack();
  new GenAuthProvider(stack, "genauth");
  const { synthesizer } = stack;
  new copy.GenAuthProvider(stack, "eu", { alias: "eu" });
  expect(stack.synthesizer).toBe(synthesizer);
});
