import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { expect, test } from "@jest/globals";
import { TerraformStack } from "cdktf";
import { GenAuthProvider, NullResourceUserSet, UserIdType, Users } from "../../../src";
import { scratchApps } from "../../support/constructs/scratch";
import { declareSet, synthesise } from "../../support/constructs/stack";

/** CDKTF makes the name of a resource of the id of its set, without what is not in A–Z, a–z, 0–9, _ and -. */

const newApp = scratchApps();

function newStack(): TerraformStack {
  const stack = new TerraformStack(newApp(), "stack");
  new GenAuthProvider(stack, "genauth");
  return stack;
}

function declareNullSet(stack: TerraformStack, id: string, user: string): NullResourceUserSet {
  return new NullResourceUserSet(stack, id, {
    users: Users.fromIds([user]),
    userIdType: UserIdType.USER_ID,
  });
}

test.each([
  { one: "员工A", other: "客户A", name: "A" },
  { one: "sales.eu", other: "saleseu", name: "saleseu" },
])(
  "two sets, $one and $other, are refused, because CDKTF would make one set of both",
  ({ one, other, name }) => {
    const stack = newStack();
    declareSet(stack, one, ["ada"]);
    declareSet(stack, other, ["bob"]);
    // Without validation, this is what Terraform would get.
    expect(synthesise(stack).resource["genauth_user_set"]).toEqual({
      [name]: { user_id_type: "user_id", users: { ada: "", bob: "" } },
    });
    expect(() => stack.runAllValidations()).toThrow(
      `[stack/${other}] The resource of stack/${one} has the same name, genauth_user_set.${name}: CDKTF makes a name of the characters ` +
        "A-Z, a-z, 0-9, _ and - of an id, and would write one set with the users of both. Give the newer set another id.",
    );
  },
);

test("two sets of null_resource with one name are refused, also without validation", () => {
  const stack = newStack();
  new NullProvider(stack, "null");
  declareNullSet(stack, "员工A", "ada");
  declareNullSet(stack, "客户A", "bob");
  const says = "The resource of stack/员工A has the same name, null_resource.A";
  expect(() => stack.runAllValidations()).toThrow(says);
  expect(() => synthesise(stack)).toThrow(says);
});

test("a set that has no such character in its id is refused, because its resource would have no name", () => {
  const stack = newStack();
  declareSet(stack, "员工", ["ada"]);
  expect(() => stack.runAllValidations()).toThrow(
    "[stack/员工] Its resource has no name: CDKTF makes a name of the characters A-Z, a-z, 0-9, _ and - of an id. Give the set an id with some of them.",
  );
});

test("two sets whose ids differ in other characters are accepted once one resource has a name of its own", () => {
  const stack = newStack();
  declareSet(stack, "员工A", ["ada"]);
  declareSet(stack, "客户A", ["bob"]).resource.overrideLogicalId("customers");
  expect(() => stack.runAllValidations()).not.toThrow();
  expect(Object.keys(synthesise(stack).resource["genauth_user_set"] ?? {})).toEqual(["A", "customers"]);
});
