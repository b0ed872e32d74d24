import { describe, expect, test } from "@jest/globals";
import {
  LocalBackend,
  TerraformCount,
  TerraformIterator,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
  Testing,
  Token,
} from "cdktf";
import {
  DeleteBy,
  GenAuthProvider,
  type ManagedUserSetProps,
  UserIdType,
  Users,
  UserSet,
} from "../../../src";
import { scratchApps } from "../../support/constructs/scratch";
import { declareSet, synthesise } from "../../support/constructs/stack";

const newApp = scratchApps();

/** The matchers that `Testing.setupJest` adds to Jest. */
declare module "expect" {
  interface Matchers<R> {
    toHaveResourceWithProperties(type: { readonly tfResourceType: string }, properties: object): R;
    toHaveProviderWithProperties(type: { readonly tfResourceType: string }, properties: object): R;
  }
}
Testing.setupJest();

/** A stack with the provider. */
function newStack(): TerraformStack {
  const stack = new TerraformStack(newApp(), "stack");
  new GenAuthProvider(stack, "genauth");
  return stack;
}

/** The attributes of one set for Terraform. */
function render(
  users: (stack: TerraformStack) => Users | string[],
  more: (stack: TerraformStack) => Partial<ManagedUserSetProps> = () => ({}),
): Readonly<Record<string, unknown>> {
  const stack = newStack();
  declareSet(stack, "staff", users(stack), more(stack));
  return synthesise(stack, true).resource["genauth_user_set"]?.["staff"] ?? {};
}

/** What outputs of these values say. */
function outputsOf(
  stack: TerraformStack,
  values: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  for (const [name, value] of Object.entries(values)) new TerraformOutput(stack, name, { value });
  const { output } = synthesise(stack, true);
  return Object.fromEntries(Object.entries(output).map(([name, { value }]) => [name, value]));
}

describe("ManagedUserSet", () => {
  test("declares its users in a resource with its name, and leaves defaults to the provider", () => {
    expect(render(() => ["6319a1504f3ab6c0f214dd5b"])).toEqual({
      users: { "6319a1504f3ab6c0f214dd5b": "" },
      user_id_type: "user_id",
    });
  });

  test("passes all properties on", () => {
    const attributes = render(
      () => Users.fromMap({ "a@x": "Ada" }),
      (stack) => ({
        userIdType: UserIdType.EMAIL,
        maxDeletions: 0,
        maxDeletionsPercent: 12.5,
        retainedIds: ["b@x"],
        allowUnknownUsers: true,
        allowMissingUsers: true,
        deleteBy: DeleteBy.USER_ID,
        lifecycle: { preventDestroy: true },
        dependsOn: [declareSet(stack, "first", ["1"])],
        provider: new GenAuthProvider(stack, "emea", { alias: "emea" }),
      }),
    );
    expect(attributes).toEqual({
      users: { "a@x": "Ada" },
      user_id_type: "email",
      max_deletions: 0,
      max_deletions_percent: 12.5,
      retained_ids: ["b@x"],
      allow_unknown_users: true,
      allow_missing_users: true,
      delete_by: "user_id",
      lifecycle: { prevent_destroy: true },
      depends_on: ["genauth_user_set.first"],
      provider: "genauth.emea",
    });
  });

  test("sends ids and labels as text, never as templates", () => {
    const users = { "user:${1+1}": '${file("/etc/passwd")}', 'a"b\\c/%{x}': "100 %" };
    const attributes = render(
      () => Users.fromMap(users),
      () => ({ retainedIds: ["${x}"] }),
    );
    expect(attributes).toEqual({
      users: { "user:$${1+1}": '$${file("/etc/passwd")}', 'a"b\\c/%%{x}': "100 %" },
      retained_ids: ["$${x}"],
      user_id_type: "user_id",
    });
  });

  test.each<{
    readonly what: string;
    readonly usersOf: (variable: TerraformVariable) => Users | string[];
    readonly users: unknown;
  }>([
    {
      what: "a map token",
      usersOf: (people) => Users.fromMap(Token.asStringMap(people.value)),
      users: "${var.people}",
    },
    {
      what: "a list token",
      usersOf: (people) => people.listValue,
      users: '${{ for key, val in toset(var.people): val => "" }}',
    },
    { what: "an id", usersOf: (people) => [people.stringValue, "b"], users: { "${var.people}": "", b: "" } },
    {
      what: "a part of an id",
      usersOf: (people) => ["${x}-" + people.stringValue],
      users: { "$${x}-${var.people}": "" },
    },
    {
      what: "a label",
      usersOf: (people) => Users.fromMap({ b: `by ${people.stringValue}` }),
      users: { b: "by ${var.people}" },
    },
  ])("accepts a token for $what", ({ usersOf, users }) => {
    expect(render((stack) => usersOf(new TerraformVariable(stack, "people", {})))["users"]).toEqual(users);
  });

  test("accepts a list token for the retained ids", () => {
    const attributes = render(
      () => ["a"],
      (stack) => ({ retainedIds: new TerraformVariable(stack, "kept", {}).listValue }),
    );
    expect(attributes["retained_ids"]).toBe("${var.kept}");
  });

  test("makes one set for each item of a static iterator", () => {
    const forEach = TerraformIterator.fromMap({
      red: { users: Users.fromMap({ "${r}": "R" }).toMap() },
      blue: { users: Users.fromIds(["b"]).toMap() },
    });
    const attributes = render(
      () => Users.fromMap(forEach.getStringMap("users")),
      () => ({ forEach }),
    );
    expect(attributes).toEqual({
      for_each: { red: { users: { "$${r}": "R" } }, blue: { users: { b: "" } } },
      users: "${each.value.users}",
      user_id_type: "user_id",
    });
  });

  test("provides attributes for outputs and other resources", () => {
    const stack = newStack();
    const { drift, removals, leaverUserIds, rebindings, ids, missing, survivors, fqn } = declareSet(
      stack,
      "staff",
      ["a"],
    );
    expect(
      outputsOf(stack, { drift, removals, leaverUserIds, rebindings, ids, missing, survivors, fqn }),
    ).toEqual({
      drift: "${genauth_user_set.staff.drift}",
      removals: "${genauth_user_set.staff.removals}",
      leaverUserIds: "${genauth_user_set.staff.leaver_user_ids}",
      rebindings: "${genauth_user_set.staff.rebindings}",
      ids: "${keys(genauth_user_set.staff.users)}",
      missing: "${try(genauth_user_set.staff.drift.missing, null)}",
      survivors: "${try(genauth_user_set.staff.drift.survivors, null)}",
      fqn: "${genauth_user_set.staff}",
    });
  });

  test.each<[string, Partial<ManagedUserSetProps>]>([
    ["forEach", { forEach: TerraformIterator.fromList(["a", "b"]) }],
    ["count", { count: TerraformCount.of(2) }],
  ])("joins the attributes of all instances of %s, and refuses to read one id of them", (_, repeated) => {
    const stack = newStack();
    const set = declareSet(stack, "staff", ["a"], repeated);
    expect(() => set.id).toThrow(/each instance has an id of its own.*genauth_user_set\.staff\["key"\]\.id/);
    const { drift, removals, ids, missing, survivors } = set;
    const each = "for key, val in genauth_user_set.staff : key => val";
    const list = (attribute: string) =>
      `for key, val in [for val in genauth_user_set.staff : val.${attribute}]:`;
    expect(outputsOf(stack, { drift, removals, ids, missing, survivors })).toEqual({
      drift: `\${{ ${each}.drift }}`,
      removals: `\${{ ${each}.removals }}`,
      ids: `\${flatten([ ${list("users")} keys(val)])}`,
      missing: `\${flatten([ ${list("drift")} try(val.missing, [])])}`,
      survivors: `\${flatten([ ${list("drift")} try(val.survivors, [])])}`,
    });
  });

  test.each<{
    readonly what: string;
    readonly repeated: Partial<ManagedUserSetProps>;
    readonly value: RegExp;
  }>([
    { what: "a set", repeated: {}, value: /^\$\{genauth_user_set\.staff\.users\}$/ },
    {
      what: "the instances of a set",
      repeated: { forEach: TerraformIterator.fromList(["a", "b"]) },
      value: /^\$\{\[for val in genauth_user_set\.staff : val\.users\]\}$/,
    },
  ])("another stack reads only the attribute of $what that it uses", ({ repeated, value }) => {
    const app = newApp();
    const [first, second] = ["first", "second"].map((name) => {
      const stack = new TerraformStack(app, name);
      new LocalBackend(stack, { path: `${name}.tfstate` });
      return stack;
    }) as [TerraformStack, TerraformStack];
    new GenAuthProvider(first, "genauth");
    const { ids } = declareSet(first, "staff", ["a"], repeated);
    new TerraformOutput(second, "ids", { value: ids });
    app.synth();
    expect(Object.values(synthesise(first).output)).toEqual([
      { value: expect.stringMatching(value), sensitive: true },
    ]);
  });

  test("imports, moves and overrides through its resource, which is a UserSet", () => {
    const stack = newStack();
    const { resource } = declareSet(stack, "staff", ["1"]);
    resource.importFrom('{"users_file":"staff.csv"}');
    resource.moveFromId("genauth_user_set.people");
    resource.addOverride("lifecycle.prevent_destroy", true);
    expect(resource).toBeInstanceOf(UserSet);
    // Without the validation of importFrom, which asks the engine for its version.
    expect(synthesise(stack, false)).toMatchObject({
      import: [{ to: "genauth_user_set.staff", id: '{"users_file":"staff.csv"}' }],
      moved: [{ from: "genauth_user_set.people", to: "genauth_user_set.staff" }],
      resource: { genauth_user_set: { staff: { lifecycle: { prevent_destroy: true } } } },
    });
  });

  test("works with CDKTF's own matchers", () => {
    const stack = new TerraformStack(newApp(), "stack");
    new GenAuthProvider(stack, "genauth", { parallelism: 2 });
    declareSet(stack, "staff", Users.fromMap({ a: "Ada" }));
    const synthesised = Testing.synth(stack, true);

    expect(synthesised).toHaveResourceWithProperties(UserSet, { users: { a: "Ada" } });
    expect(synthesised).not.toHaveResourceWithProperties(UserSet, { users: { b: "Bo" } });
    expect(synthesised).toHaveProviderWithProperties(GenAuthProvider, { parallelism: 2 });
  });
});
