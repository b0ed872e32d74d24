import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Testing } from "cdktf";
import { StaffStack } from "./stack";

type Sets = { staff: { users: Record<string, string>; max_deletions: number } };

test("the set holds everybody of staff.csv, and limits the deletions", () => {
  const stack = new StaffStack(Testing.app(), "staff");
  const { resource } = JSON.parse(Testing.synth(stack)) as { resource: { genauth_user_set: Sets } };
  const { staff } = resource.genauth_user_set;
  const rows = readFileSync("staff.csv", "utf8").trim().split("\n").slice(1);
  assert.equal(Object.keys(staff.users).length, rows.length);
  assert.equal(staff.max_deletions, 100);
});
