import { describe, expect, test } from "@jest/globals";
import { provisionerEnvironment } from "../../../src/payload";
import {
  BUILT_IN,
  declaration,
  faultOf,
  GENAUTH,
  type Json,
  NULL,
  nullResource,
  type PlannedResource,
  planOf,
  set,
  foreign,
  configured,
  within,
  calls,
  action,
} from "./support/plans";

test("a plan of this package's own resources passes", () => {
  const own: PlannedResource[] = [
    set,
    { address: "data.genauth_users.all", mode: "data", type: "genauth_users", provider: GENAUTH },
    { address: "terraform_data.x", type: "terraform_data", provider: BUILT_IN },
    nullResource(),
  ];
  expect(faultOf(planOf(own))).toBeUndefined();
  const twoKeys = { ...set, configured: { provider_config_keys: ["genauth", "genauth"] } };
  expect(faultOf(planOf([twoKeys]))).toBeUndefined();
});

/** A state with its objects in a module. */
function nested(state: unknown): Json {
  const { values } = state as { values: { root_module: Json } };
  const inside = { address: "module.a", ...values.root_module };
  return { format_version: "1.0", values: { root_module: { child_modules: [inside] } } };
}

/** The plan is refused, and the message holds all of this. */
function expectRefused(plan: Json, ...parts: readonly string[]): void {
  const { summary = "", detail = "" } = faultOf(plan) ?? {};
  expect(summary).toMatch(/^The plan holds what is not allowed: /);
  for (const part of parts) expect(`${summary}. ${detail}`).toContain(part);
}

const unknown = planOf([foreign("a_b.x", "a_b")]);

describe("what nobody allowed is refused:", () => {
  test("a resource of another provider", () => {
    expectRefused(unknown, "the provider evil.example/a/b (a_b.x", "a_b (a_b.x");
  });

  test("a data source, with how the owner allows it", () => {
    const provider = "registry.terraform.io/hashicorp/external";
    expectRefused(
      planOf([foreign("data.external.x", "external", "data", provider)]),
      "the data source external (data.external.x",
      "--allow provider=registry.terraform.io/hashicorp/external --allow data=external",
    );
  });

  test("an ephemeral resource", () => {
    const ephemeral = planOf([foreign("ephemeral.a.x", "a", "ephemeral")]);
    expectRefused(ephemeral, "the ephemeral resource a (ephemeral.a.x");
  });

  test("a state of elsewhere, which the engine itself reads", () => {
    expectRefused(
      planOf([foreign("data.terraform_remote_state.x", "terraform_remote_state", "data", BUILT_IN)]),
      "the data source terraform_remote_state (data.terraform_remote_state.x",
    );
  });

  test("a user set of another provider", () => {
    const disguised = planOf([{ ...set, provider: NULL }]);
    expectRefused(disguised, "the resource type genauth_user_set (genauth_user_set.staff");
  });

  test.each([
    { where: "that changes", more: { resource_changes: unknown.resource_changes } },
    { where: "that has drifted", more: { resource_drift: unknown.resource_changes } },
    { where: "that is deferred", more: { deferred_changes: deferredOf(unknown) } },
    { where: "in a module of the state", more: { prior_state: nested(unknown.prior_state) } },
  ])("a resource $where", ({ more }) => {
    expectRefused(planOf([], more), "the resource type a_b (a_b.x");
  });

  test("a data source that only the configuration shows", () => {
    expectRefused(
      within({ resources: [configured("data.http.x", "http", "data")] }),
      "the provider registry.terraform.io/hashicorp/http (data.http.x",
      "the data source http (data.http.x",
    );
  });

  test("a resource in a module of a module", () => {
    const inner = { resources: [configured("a_b.x", "module.a.module.b:a.other")] };
    expectRefused(
      within(calls("a", "./a", calls("b", "../b", inner))),
      "the provider registry.terraform.io/hashicorp/a (module.a.module.b.a_b.x",
    );
  });

  test("a resource by an alias of a provider that nobody declares", () => {
    expectRefused(
      within({ resources: [configured("a_b.x", "a.other")] }),
      "the provider registry.terraform.io/hashicorp/a (a_b.x",
    );
  });

  test("a provider that the stack or a module configures and nothing uses", () => {
    const provider = { name: "x", full_name: "evil/evil/evil" };
    expectRefused(within({}, { x: provider }), "the provider evil/evil/evil (provider.x)");
    expectRefused(
      within({}, { "module.a:x": { ...provider, module_address: "module.a" } }),
      "the provider evil/evil/evil (module.a.provider.x)",
    );
  });

  test.each([
    { source: "evil/x/y", why: "it comes from a registry" },
    { source: "../shared", why: "the folder is beside that of the stack" },
    { source: "./..", why: "the folder holds that of the stack" },
    { source: "git::https://evil.example/./x/../y", why: "a path in an address is no folder of the stack" },
  ])("the module $source, because $why", ({ source }) => {
    expectRefused(
      within(calls("a", source)),
      `the module ${source}, from elsewhere (module.a`,
      `--allow module=${source}`,
    );
  });

  test("a data source by the name of this package's resource", () => {
    expectRefused(
      planOf([{ ...set, address: "data.genauth_user_set.x", mode: "data" }]),
      "the data source genauth_user_set (data.genauth_user_set.x",
    );
  });

  test("a module within a module that leads out of the stack", () => {
    expectRefused(
      within(calls("a", "./a", calls("b", "./b/../../../x"))),
      "the module ./b/../../../x, from elsewhere (module.a.module.b",
    );
  });

  test("a module whose address needs quotes in a shell", () => {
    expectRefused(
      within(calls("a", "git::https://evil.example/it's?ref=1")),
      String.raw`--allow 'module=git::https://evil.example/it'\''s?ref=1'`,
    );
  });

  test("an action that the apply runs, at once or later", () => {
    const deferred = [{ reason: "unknown", action_invocation: action }];
    const says = "the action local_command (action.local_command.x";
    expectRefused(planOf([], { action_invocations: [action] }), says);
    expectRefused(planOf([], { deferred_action_invocations: deferred }), says);
  });

  test("an action that only the configuration shows", () => {
    expectRefused(
      within({ actions: [{ ...configured("action.a.x", "a"), mode: undefined }] }),
      "the action a (action.a.x",
      "the provider registry.terraform.io/hashicorp/a (action.a.x",
    );
  });

  test("a provisioner, with how the owner allows it", () => {
    const provisioners = [{ type: "local-exec", expressions: {} }];
    const builtIn = foreign("terraform_data.x", "terraform_data", "managed", BUILT_IN);
    expectRefused(
      planOf([{ ...builtIn, configured: { provisioners } }]),
      "the provisioner local-exec (terraform_data.x",
      "the owner of the pipeline adds it to allow in the settings: provisioner=terraform_data.x. Without a pipeline, plan-report and guard take --allow provisioner=terraform_data.x",
    );
  });

  test("the provisioner of this package's sets in a resource of another type, or of another provider", () => {
    const { configured: own } = nullResource();
    const builtIn = foreign("terraform_data.x", "terraform_data", "managed", BUILT_IN);
    expectRefused(
      planOf([{ ...builtIn, configured: own ?? {} }]),
      "the provisioner local-exec (terraform_data.x",
    );
    const provider_config = { null: { name: "null", full_name: "evil.example/a/null" } };
    const resources = [{ ...configured("null_resource.x", "null"), ...own }];
    expectRefused(within({ resources }, provider_config), "the provisioner local-exec (null_resource.x");
  });

  test("a resource of two providers, of which nobody allowed one", () => {
    const keys = { provider_config_key: undefined, provider_config_keys: ["genauth", "evil"] };
    expectRefused(
      planOf([{ ...set, configured: keys }]),
      "the provider registry.terraform.io/hashicorp/evil (genauth_user_set.staff",
      "the resource type genauth_user_set (genauth_user_set.staff",
    );
  });

  test("a resource that names no provider, because nothing says what its type is", () => {
    const resources = [{ ...configured("genauth_user_set.x", "genauth"), provider_config_key: undefined }];
    expectRefused(within({ resources }), "the resource type genauth_user_set (genauth_user_set.x");
  });

  test("the provisioner of a null resource with one more variable", () => {
    const environment = { ...provisionerEnvironment(declaration), NODE_OPTIONS: "-r ./x" };
    const plan = planOf([nullResource(environment)]);
    expectRefused(plan, "the provisioner local-exec (null_resource.staff");
  });
});

/** The changes of a plan, which the engine puts off. */
function deferredOf(plan: Json): Json[] {
  return (plan.resource_changes as Json[]).map((resource_change) => ({ resource_change }));
}

test("a module that another module of the stack calls beside itself passes", () => {
  expect(faultOf(within(calls("a", "./a", calls("b", "../b"))))).toBeUndefined();
});

describe("a refusal names", () => {
  test("no keys of instances, which can be ids", () => {
    const keyed = foreign('module.m["ada@example.com"].a_b.x["bo@example.com"]', "a_b");
    const fault = faultOf(planOf([], { resource_changes: planOf([keyed]).resource_changes }));
    expect(fault?.summary).toContain("the resource type a_b (module.m.a_b.x)");
    expect(JSON.stringify(fault)).not.toContain("example.com");
  });

  test("each thing once, with few addresses", () => {
    const planOfMany = (numbers: readonly number[]) =>
      planOf(numbers.map((number) => foreign(`a_b.x${number}`, "a_b")));
    expectRefused(planOfMany([1, 2, 3]), "the resource type a_b (a_b.x1, a_b.x2, a_b.x3)");
    expectRefused(planOfMany([1, 2, 3, 4, 5]), "the resource type a_b (a_b.x1, a_b.x2, a_b.x3 and 2 more)");
  });
});
