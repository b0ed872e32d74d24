import { join } from "node:path";
import { Testing } from "cdktf";
import "cdktf/lib/testing/adapters/jest"; // the types of the matchers
import { Users, UserSet } from "cdktf-genauth";
import { StaffStack } from "./stack";

Testing.setupJest();

test("the set declares everybody of staff.csv, and limits the deletions", () => {
  const stack = new StaffStack(Testing.app(), "staff");
  expect(Testing.synth(stack, true)).toHaveResourceWithProperties(UserSet, {
    users: Users.fromFile(join(__dirname, "staff.csv")).toMap(),
    max_deletions: 100,
  });
});
