import { describe, expect, test } from "@jest/globals";
import {
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
  ManagedUserSet,
  type ManagedUserSetProps,
  UserIdType,
  Users,
  UserSet,
} from "../../../src";
import { scratchApps } from "../../support/constructs/scratch";

const newApp = scratchApps();

/** The matchers that `Testing.setupJest` adds to Jest. */
declare module "expect" {
  interface Matchers<R> {
    toHaveResourceWithProperties(type: { readonly tfResourceType: string }, properties: object): R;
    toHaveProviderWithProperties(type: { readonly tfResourceType: string }, properties: object): R;
  }
}
Testing.setupJest();

interface Synthesised {
  readonly resource: { readonly genauth_user_set: Record<string, Record<string, unknown>> };
  readonly output: Record<string, { readonly value: unknown }>;
}

function synthesise(build: (stack: TerraformStack) => void, validate = true): Synthesised {
  const stack = new TerraformStack(newApp(), "stack");
  new GenAuthProvider(stack, "genauth");
  build(stack);
  return JSON.parse(Testing.synth(stack, validate)) as Synthesised;
}

/** The properties of a set, of the id type `USER_ID` if they name none. */
type Declared = Omit<ManagedUserSetProps, "userIdType"> & { readonly userIdType?: UserIdType };

/** The attributes of one set for Terraform. */
function render(props: (stack: TerraformStack) => Declared, validate?: boolean): Record<string, unknown> {
  const { resource } = synthesise(
    (stack) => new ManagedUserSet(stack, "staff", { userIdType: UserIdType.USER_ID, ...props(stack) }),
    validate,
  );
  return resource.genauth_user_set.staff ?? {};
}

describe("ManagedUserSet", () => {
  test("declares its users in a resource with its name, and leaves defaults to the provider", () => {
    expect(render(() => ({ users: Users.fromIds(["6319a1504f3ab6c0f214dd5b"]) }))).toEqual({
      users: { "6319a1504f3ab6c0f214dd5b": "" },
      user_id_type: "user_id",
    });
  });

  test("passes all properties on", () => {
    const attributes = render((stack) => ({
      users: Users.fromMap({ "a@x": "Ada" }),
      userIdType: UserIdType.EMAIL,
      maxDeletions: 0,
      maxDeletionsPercent: 12.5,
      retainedUserIds: ["b@x"],
      allowUnknownUsers: true,
      allowMissingUsers: true,
      deleteBy: DeleteBy.USER_ID,
      lifecycle: { preventDestroy: true },
      dependsOn: [
        new ManagedUserSet(stack, "first", { userIdType: UserIdType.USER_ID, users: Users.fromIds(["1"]) }),
      ],
      provider: new GenAuthProvider(stack, "emea", { alias: "emea" }),
    }));

    expect(attributes).toEqual({
      users: { "a@x": "Ada" },
      user_id_type: "email",
      max_deletions: 0,
      max_deletions_percent: 12.5,
      retained_user_ids: ["b@x"],
      allow_unknown_users: true,
      allow_missing_users: true,
      delete_by: "user_id",
      lifecycle: { prevent_destroy: true },
      depends_on: ["genauth_user_set.first"],
      provider: "genauth.emea",
    });
  });

  test("sends ids and labels as text, never as templates", () => {
    const attributes = render(() => ({
      users: Users.fromMap({ "user:${1+1}": '${file("/etc/passwd")}', 'a"b\\c/%{x}': "100 %" }),
      retainedUserIds: ["${x}"],
    }));

    expect(attributes).toEqual({
      users: { "user:$${1+1}": '$${file("/etc/passwd")}', 'a"b\\c/%%{x}': "100 %" },
      retained_user_ids: ["$${x}"],
      user_id_type: "user_id",
    });
  });

  test.each<[string, (variable: TerraformVariable) => Users, unknown]>([
    ["a map token", (people) => Users.fromMap(Token.asStringMap(people.value)), "${var.people}"],
    [
      "a list token",
      (people) => Users.fromIds(people.listValue),
      '${{ for key, val in toset(var.people): val => "" }}',
    ],
    ["an id", (people) => Users.fromIds([people.stringValue, "b"]), { "${var.people}": "", b: "" }],
    [
      "a part of an id",
      (people) => Users.fromIds(["${x}-" + people.stringValue]),
      { "$${x}-${var.people}": "" },
    ],
    ["a label", (people) => Users.fromMap({ b: `by ${people.stringValue}` }), { b: "by ${var.people}" }],
  ])("accepts a token for %s", (_, usersOf, users) => {
    const attributes = render((stack) => ({ users: usersOf(new TerraformVariable(stack, "people", {})) }));

    expect(attributes.users).toEqual(users);
  });

  test("accepts a list token for the retained ids", () => {
    const attributes = render((stack) => ({
      users: Users.fromIds(["a"]),
      retainedUserIds: new TerraformVariable(stack, "kept", {}).listValue,
    }));

    expect(attributes.retained_user_ids).toBe("${var.kept}");
  });

  test("makes one set for each item of a static iterator", () => {
    const attributes = render(() => {
      const teams = TerraformIterator.fromMap({
        red: { users: Users.fromMap({ "${r}": "R" }).toMap() },
        blue: { users: Users.fromIds(["b"]).toMap() },
      });
      return { forEach: teams, users: Users.fromMap(teams.getStringMap("users")) };
    });

    expect(attributes).toEqual({
      for_each: { red: { users: { "$${r}": "R" } }, blue: { users: { b: "" } } },
      users: "${each.value.users}",
      user_id_type: "user_id",
    });
  });

  test("provides attributes for outputs and other resources", () => {
    const { output } = synthesise((stack) => {
      const staff = new ManagedUserSet(stack, "staff", {
        userIdType: UserIdType.USER_ID,
        users: Users.fromIds(["a"]),
      });
      const { drift, removals, leaverUserIds, userIds, missing, survivors, fqn } = staff;
      const read = { drift, removals, leaverUserIds, userIds, missing, survivors, fqn };
      for (const [name, value] of Object.entries(read)) {
        new TerraformOutput(stack, name, { value });
      }
    });

    expect(output).toMatchObject({
      drift: { value: "${genauth_user_set.staff.drift}" },
      removals: { value: "${genauth_user_set.staff.removals}" },
      leaverUserIds: { value: "${genauth_user_set.staff.leaver_user_ids}" },
      userIds: { value: "${keys(genauth_user_set.staff.users)}" },
      missing: { value: "${try(genauth_user_set.staff.drift.missing, null)}" },
      survivors: { value: "${try(genauth_user_set.staff.drift.survivors, null)}" },
      fqn: { value: "${genauth_user_set.staff}" },
    });
  });

  test.each<[string, Partial<ManagedUserSetProps>]>([
    ["forEach", { forEach: TerraformIterator.fromList(["a", "b"]) }],
    ["count", { count: TerraformCount.of(2) }],
  ])("joins the attributes of all instances of %s", (_, repeated) => {
    const { output } = synthesise((stack) => {
      const { drift, removals, userIds, missing, survivors } = new ManagedUserSet(stack, "staff", {
        users: Users.fromIds(["a"]),
        userIdType: UserIdType.USER_ID,
        ...repeated,
      });
      for (const [name, value] of Object.entries({ drift, removals, userIds, missing, survivors })) {
        new TerraformOutput(stack, name, { value });
      }
    });

    const all = "for key, val in genauth_user_set.staff:";
    expect(output).toMatchObject({
      drift: { value: `\${{ ${all} key => val.drift }}` },
      removals: { value: `\${{ ${all} key => val.removals }}` },
      userIds: { value: `\${flatten([ ${all} keys(val.users)])}` },
      missing: { value: `\${flatten([ ${all} try(val.drift.missing, [])])}` },
      survivors: { value: `\${flatten([ ${all} try(val.drift.survivors, [])])}` },
    });
  });

  test("works with CDKTF's own matchers", () => {
    const stack = new TerraformStack(newApp(), "stack");
    new GenAuthProvider(stack, "genauth", { parallelism: 2 });
    new ManagedUserSet(stack, "staff", {
      userIdType: UserIdType.USER_ID,
      users: Users.fromMap({ a: "Ada" }),
    });
    const synthesised = Testing.synth(stack, true);

    expect(synthesised).toHaveResourceWithProperties(UserSet, { users: { a: "Ada" } });
    expect(synthesised).not.toHaveResourceWithProperties(UserSet, { users: { b: "Bo" } });
    expect(synthesised).toHaveProviderWithProperties(GenAuthProvider, { parallelism: 2 });
  });
});
