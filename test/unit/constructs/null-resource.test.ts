import { describe, expect, test } from "@jest/globals";
import { randomBytes } from "node:crypto";
import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { Resource as NullResource } from "@cdktf/provider-null/lib/resource";
import { Construct } from "constructs";
import { TerraformOutput, TerraformStack, TerraformVariable, Token } from "cdktf";
import {
  GenAuthProvider,
  type ManagedUserSetProps,
  NullResourceUserSet,
  type NullResourceUserSetProps,
  UserIdType,
  Users,
} from "../../../src";
import { decompress, pieceNames, Variable } from "../../../src/payload/declaration";
import { scratchApps } from "../../support/constructs/scratch";
import { declareSet, synthesise as synthesiseAny } from "../../support/constructs/stack";

const newApp = scratchApps();
const two = Users.fromIds(["a", "b"]);

function newStack(): TerraformStack {
  const stack = new TerraformStack(newApp(), "stack");
  new NullProvider(stack, "null");
  return stack;
}

function nullSet(
  stack: TerraformStack,
  props: Partial<NullResourceUserSetProps> = {},
  id = "staff",
): NullResourceUserSet {
  return new NullResourceUserSet(stack, id, {
    users: two,
    userIdType: UserIdType.USER_ID,
    ...props,
  });
}

/** Synthesises and validates a stack. @returns its null resource `staff`, and the rest */
function synthesise(stack: TerraformStack, validate = true) {
  const { resource, ...rest } = synthesiseAny(stack, validate);
  return { ...rest, staff: resource["null_resource"]?.["staff"] };
}

/** The declaration that a set's provisioner gets. */
function declarationOf(resource: Readonly<Record<string, unknown>>) {
  const [provisioner] = resource["provisioner"] as [
    { "local-exec": { environment: Record<string, string> } },
  ];
  const { environment } = provisioner["local-exec"];
  const pieces = pieceNames(Variable.DECLARED).map((name) => environment[name] ?? "");
  return JSON.parse(decompress(pieces.join(""))) as Readonly<Record<string, unknown>>;
}

describe("NullResourceUserSet", () => {
  test("declares a set as one null_resource with a trigger per user, and requires no other provider", () => {
    const stack = newStack();
    nullSet(stack, {
      users: Users.fromMap({ "a@x": 'Ada "${x}"', "${file(1)}@x": "%{ if }", "user_id_type@x": "" }),
      userIdType: UserIdType.EMAIL,
      dependsOn: [new NullResource(stack, "before")],
    });

    const { staff, terraform } = synthesise(stack);
    expect(Object.keys(terraform.required_providers)).toEqual(["null"]);
    expect(staff).toEqual({
      depends_on: ["null_resource.before"],
      triggers: {
        user_id_type: "email",
        "user:a@x": 'Ada "$${x}"',
        "user:$${file(1)}@x": "%%{ if }",
        "user:user_id_type@x": "",
      },
      provisioner: [{ "local-exec": expect.objectContaining({ when: "destroy", quiet: true }) }],
    });
  });

  test("refers in its provisioner only to its own object and its folder", () => {
    const stack = newStack();
    nullSet(stack, { users: Users.fromMap({ "${x}": "%{ if }" }) });

    const provisioner = JSON.stringify(synthesise(stack).staff?.["provisioner"]);
    const expressions = [...provisioner.matchAll(/[$%]\{([^}]*)\}/g)].map(
      ([, expression = ""]) => expression,
    );
    expect(expressions.length).toBeGreaterThan(1);
    expect(
      expressions.filter(
        (text) =>
          !/^path\.module$|^self\.id$|^substr\(base64gzip\(jsonencode\(self\.triggers\)\), \d+, 120000\)$/.test(
            text,
          ),
      ),
    ).toEqual([]);
  });

  test("writes the drift reports of two sets to two files, though only Chinese characters tell them apart", () => {
    const stack = newStack();
    for (const team of ["员工", "客户"])
      new NullResourceUserSet(new Construct(stack, team), "staff", {
        users: two,
        userIdType: UserIdType.USER_ID,
        driftReport: true,
      });

    const sets = Object.values(synthesiseAny(stack).resource["null_resource"] ?? {});
    expect(sets.map((set) => declarationOf(set)["driftReportFile"])).toEqual([
      "genauth-drift.stack.员工.staff.json",
      "genauth-drift.stack.客户.staff.json",
    ]);
  });

  test("keeps its retained ids, although code empties its own list of them before synth", () => {
    const stack = newStack();
    const retainedIds = ["carl"];
    nullSet(stack, { retainedIds });
    retainedIds.length = 0;
    const [set = {}] = Object.values(synthesiseAny(stack).resource["null_resource"] ?? {});
    expect(declarationOf(set)["retainedIds"]).toEqual(["carl"]);
  });

  test("provides its user ids and its own id, and refuses properties that only a ManagedUserSet has", () => {
    const stack = newStack();
    const set = nullSet(stack);
    new TerraformOutput(stack, "ids", { value: set.ids });
    new TerraformOutput(stack, "id", { value: set.id });

    const { output } = synthesise(stack);
    expect(output["id"]?.value).toBe("${null_resource.staff.id}");
    expect(output["ids"]?.value).toBe(
      '${compact([ for key, val in null_resource.staff.triggers: (key != "user_id_type") ? trimprefix(key, "user:") : ""])}',
    );
    expect(() => nullSet(stack, { suspendDays: 3 } as object, "other")).toThrow(
      'stack/other: there is no property "suspendDays".',
    );
  });
});

describe("NullResourceUserSet refuses, with the reason and a remedy:", () => {
  const variable = (stack: TerraformStack) => new TerraformVariable(stack, "people", {});
  const unknownIds = (stack: TerraformStack) => Users.fromIds(variable(stack).listValue);
  const unknownId = (stack: TerraformStack) => Users.fromIds([variable(stack).stringValue]);
  const manyUsers = (count: number) => Users.fromIds(Array.from({ length: count }, (_, n) => `user${n}`));

  test.each<{
    readonly what: string;
    readonly propsIn: (stack: TerraformStack) => Partial<NullResourceUserSetProps>;
    readonly says: RegExp;
  }>([
    {
      what: "a list of ids that only Terraform knows",
      propsIn: (stack) => ({ users: unknownIds(stack) }),
      says: /users are known only to Terraform.*use ManagedUserSet/,
    },
    {
      what: "a map of users that only Terraform knows",
      propsIn: (stack) => ({ users: Users.fromMap(Token.asStringMap(variable(stack).value)) }),
      says: /users are known only/,
    },
    {
      what: "an id that only Terraform knows",
      propsIn: (stack) => ({ users: unknownId(stack) }),
      says: /users are known only/,
    },
    {
      what: "a label that only Terraform knows",
      propsIn: (stack) => ({ users: Users.fromMap({ a: variable(stack).stringValue }) }),
      says: /users are known only/,
    },
    {
      what: "a list of retained ids that only Terraform knows",
      propsIn: (stack) => ({ retainedIds: variable(stack).listValue }),
      says: /retainedIds are known only/,
    },
    {
      what: "a retained id that only Terraform knows",
      propsIn: (stack) => ({ retainedIds: [variable(stack).stringValue] }),
      says: /retainedIds are known only/,
    },
    {
      what: "a limit that only Terraform knows",
      propsIn: (stack) => ({ maxDeletions: variable(stack).numberValue }),
      says: /guards are known only/,
    },
    {
      what: "create_before_destroy",
      propsIn: () => ({ lifecycle: { createBeforeDestroy: true } }),
      says: /create_before_destroy cannot be used.*Remove it/,
    },
    {
      what: "prevent_destroy",
      propsIn: () => ({ lifecycle: { preventDestroy: true } }),
      says: /prevent_destroy cannot be used.*Remove it/,
    },
    {
      what: "more than 10000 users",
      propsIn: () => ({ users: manyUsers(10_001) }),
      says: /10001 users.*supports 10000.*Use ManagedUserSet/,
    },
    {
      what: "labels that are too long for a variable of a process",
      propsIn: () => ({ users: Users.fromMap(longLabels()) }),
      says: /kB when compressed.*Shorten the labels/,
    },
    {
      what: "an empty id",
      propsIn: () => ({ users: Users.fromIds([""]) }),
      says: /The id is empty/,
    },
  ])("$what", ({ propsIn, says }) => {
    const stack = newStack();
    nullSet(stack, propsIn(stack));
    expect(() => synthesise(stack)).toThrow(says);
  });

  const another =
    (props: (stack: TerraformStack) => Partial<ManagedUserSetProps>) => (stack: TerraformStack) =>
      declareSet(stack, "other", two, props(stack));

  test.each<[string, (stack: TerraformStack) => unknown]>([
    ["users of another set", another((stack) => ({ users: unknownIds(stack) }))],
    ["an id of another set", another((stack) => ({ users: unknownId(stack) }))],
    ["what another set retains", another((stack) => ({ retainedIds: variable(stack).listValue }))],
    [
      "what the provider protects",
      (stack) => {
        const emea = new GenAuthProvider(stack, "emea", { alias: "emea" });
        emea.protect(UserIdType.EMAIL, variable(stack).listValue);
      },
    ],
  ])("tokens for %s, which could not be protected", (_what, add) => {
    const stack = newStack();
    new GenAuthProvider(stack, "genauth");
    add(stack);
    nullSet(stack);

    expect(() => synthesise(stack)).toThrow(
      /other sets are known only to Terraform.*users that another set declares.*use ManagedUserSet/s,
    );
  });

  test("a direct or indirect dependant with create_before_destroy", () => {
    const stack = newStack();
    const near = new NullResource(stack, "near", { dependsOn: [nullSet(stack)] });
    new NullResource(stack, "far", { triggers: { near: near.id }, lifecycle: { createBeforeDestroy: true } });
    new NullResource(stack, "stranger", { lifecycle: { createBeforeDestroy: true } });

    expect(() => synthesise(stack)).toThrow(
      /null_resource\.far has create_before_destroy and depends on this set/,
    );
    expect(() => synthesise(stack)).not.toThrow(/stranger/);
  });

  test.each<[string, unknown]>([
    ["count", 1],
    ["for_each", { x: "x" }],
    ["lifecycle.enabled", false],
  ])("%s added by an override", (name, value) => {
    const stack = newStack();
    nullSet(stack).resource.addOverride(name, value);

    expect(() => synthesise(stack)).toThrow(new RegExp(`${name} of its resource cannot be used.*Remove it`));
  });

  test("triggers that an override put in place of the users, so that no plan would show them", () => {
    const stack = newStack();
    nullSet(stack, { users: Users.fromMap({ "${x}": "%{ if }" }) }, "other");
    nullSet(stack).resource.addOverride("triggers", { "user:c": "" });

    expect(() => synthesise(stack)).toThrow(
      /stack\/staff.*triggers of its resource are not those of its users.*Remove the override/s,
    );
  });

  test("Windows", () => {
    const stack = newStack();
    nullSet(stack);
    const { platform } = process;
    Object.defineProperty(process, "platform", { value: "win32" });
    try {
      expect(() => synthesise(stack)).toThrow(/Windows.*WSL 2/);
    } finally {
      Object.defineProperty(process, "platform", { value: platform });
    }
  });

  test("unknown users even if validation is skipped, because a part of a set would pass for the set", () => {
    const stack = newStack();
    nullSet(stack, { users: Users.fromIds(["a", variable(stack).stringValue]) });

    expect(() => synthesise(stack, false)).toThrow(/stack\/staff: .*known only to Terraform/);
  });
});

/** Labels that cannot be compressed. */
function longLabels(): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: 4000 }, (_, n) => [`user${n}`, randomBytes(200).toString("base64")]),
  );
}
