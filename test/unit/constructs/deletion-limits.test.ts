import { describe, expect, test } from "@jest/globals";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { Aspects, TerraformStack, TerraformVariable, Testing } from "cdktf";
import {
  DeletionLimits,
  type DeletionLimitsProps,
  GenAuthProvider,
  NullResourceUserSet,
  UserIdType,
  Users,
} from "../../../src";
import { parseDeclaration } from "../../../src/null-resource/read-payload";
import { pieceNames, Variable } from "../../../src/payload/declaration";
import { scratchApps } from "../../support/constructs/scratch";
import { declareSet, synthesise } from "../../support/constructs/stack";

const newApp = scratchApps();

interface Provisioner {
  readonly "local-exec": { readonly environment: Readonly<Record<string, string>> };
}

describe("DeletionLimits", () => {
  /** The set of a stack with these limits, which has its own. */
  const limited = (own: DeletionLimitsProps, limits: DeletionLimitsProps) => {
    const stack = new TerraformStack(newApp(), "stack");
    new GenAuthProvider(stack, "genauth");
    declareSet(stack, "staff", ["a"], own);
    Aspects.of(stack.node.root).add(new DeletionLimits(limits));
    return synthesise(stack).resource["genauth_user_set"]?.["staff"];
  };
  const SET = { users: { a: "" }, user_id_type: "user_id" };

  test("gives its limit to a set that has none, even if it is above the default of sets", () => {
    expect(limited({}, { maxDeletions: 20 })).toEqual({ ...SET, max_deletions: 20 });
    expect(limited({}, { maxDeletions: 1000 })).toEqual({ ...SET, max_deletions: 1000 });
  });

  test("gives the lower of two limits, whoever gave it", () => {
    expect(limited({ maxDeletions: 100 }, { maxDeletions: 20 })).toEqual({ ...SET, max_deletions: 20 });
    expect(limited({ maxDeletions: 5 }, { maxDeletions: 20 })).toEqual({ ...SET, max_deletions: 5 });
  });

  test("compares the number and the share each by itself", () => {
    const own = { maxDeletions: 0, maxDeletionsPercent: 50 };
    expect(limited(own, { maxDeletions: 1, maxDeletionsPercent: 12.5 })).toEqual({
      ...SET,
      max_deletions: 0,
      max_deletions_percent: 12.5,
    });
  });

  test("lets Terraform compare a limit that only Terraform knows", () => {
    const stack = new TerraformStack(newApp(), "stack");
    new GenAuthProvider(stack, "genauth");
    const variable = new TerraformVariable(stack, "most", { type: "number" });
    declareSet(stack, "staff", ["a"], { maxDeletions: variable.numberValue });
    Aspects.of(stack).add(new DeletionLimits({ maxDeletions: 20 }));
    expect(Testing.synth(stack)).toContain('"max_deletions": "${min(var.most, 20)}"');
  });

  test("limits a set that is a null resource, and changes no properties of the stack's own code", () => {
    const stack = new TerraformStack(newApp(), "stack");
    new NullProvider(stack, "null");
    const props = {
      users: Users.fromIds(["a"]),
      userIdType: UserIdType.USER_ID,
      maxDeletions: 100,
    };
    new NullResourceUserSet(stack, "staff", props);
    Aspects.of(stack.node.root).add(new DeletionLimits({ maxDeletions: 20, maxDeletionsPercent: 10 }));
    const { staff } = synthesise(stack).resource["null_resource"] ?? {};
    const [provisioner] = (staff?.["provisioner"] ?? []) as readonly Provisioner[];
    const environment = provisioner?.["local-exec"].environment ?? {};
    const pieces = pieceNames(Variable.DECLARED).map((name) => environment[name] ?? "");
    expect(parseDeclaration(pieces.join(""))).toMatchObject({ maxDeletions: 20, maxDeletionsPercent: 10 });
    expect(props.maxDeletions).toBe(100);
  });

  test.each<{ readonly limits: object; readonly says: string }>([
    {
      limits: { maxDeletion: 1 },
      says: 'there is no property "maxDeletion". The closest is maxDeletions. Rename the property, or remove it.',
    },
    { limits: { maxDeletions: -1 }, says: "maxDeletions is -1. Set a whole number of users, 0 or more." },
    {
      limits: { maxDeletionsPercent: 101 },
      says: "maxDeletionsPercent is 101. Set a number from 0 to 100.",
    },
    {
      limits: { maxDeletions: 0.5, maxDeletionsPercent: -1 },
      says: "maxDeletions is 0.5. Set a whole number of users, 0 or more. maxDeletionsPercent is -1. Set a number from 0 to 100.",
    },
  ])("refuses $limits", ({ limits, says }) => {
    expect(() => new DeletionLimits(limits)).toThrow(new Error(`DeletionLimits: ${says}`));
  });
});
