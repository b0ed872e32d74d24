import { describe, expect, test } from "@jest/globals";
import { provisionerEnvironment } from "../../../src/payload";
import { AllowList } from "../../../src/plan-gate";
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

/** A resource of another provider. */
function foreign(address: string, type: string, mode = "managed", provider = "evil.example/a/b") {
  return { address, mode, type, provider };
}

/** A resource in a configuration. */
function configured(address: string, provider_config_key: string, mode = "managed"): Json {
  return { address, mode, type: address.split(".").at(-2), name: "x", provider_config_key };
}

/** A plan with a configuration. */
function within(root_module: Json, provider_config: Json = {}): Json {
  return planOf([], { configuration: { provider_config, root_module } });
}

/** A module that calls another one. */
function calls(name: string, source: string, module: Json = {}): Json {
  return { module_calls: { [name]: { source, module } } };
}

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
const action = {
  address: "action.local_command.x",
  type: "local_command",
  name: "x",
  provider_name: "registry.terraform.io/hashicorp/local",
  lifecycle_action_trigger: {},
};

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

describe("a plan that the engine would not carry out as a whole", () => {
  test("is refused", () => {
    expect(faultOf(planOf([set], { complete: false }))).toMatchObject({
      summary: "The plan leaves a part to a later plan",
    });
    expect(faultOf(planOf([set], { applyable: false }))).toMatchObject({
      summary: expect.stringContaining("The engine would not apply the plan"),
    });
  });

  test("is refused although it also leaves something as it is", () => {
    const idle = { ...set, address: "genauth_user_set.other", change: { actions: ["no-op"] } };
    expect(faultOf(planOf([set, idle], { applyable: false }))).toMatchObject({
      summary: expect.stringContaining("The engine would not apply the plan"),
    });
  });

  describe("by an engine that does not say so, as OpenTofu,", () => {
    const plan = planOf([set], { complete: undefined });

    test("is refused if it leaves out an object of the state", () => {
      expect(faultOf({ ...plan, resource_changes: [] })).toMatchObject({
        summary: "The plan leaves a part to a later plan",
      });
    });

    test("is refused if it names only one of two objects", () => {
      const two = planOf([set, { ...set, address: "genauth_user_set.other" }], { complete: undefined });
      expect(faultOf({ ...two, resource_changes: plan.resource_changes })).toMatchObject({
        summary: "The plan leaves a part to a later plan",
      });
    });

    test("passes if it names every object, also by the address before a move", () => {
      expect(faultOf(plan)).toBeUndefined();
      const [change] = plan.resource_changes as Json[];
      const moved = { ...change, address: "genauth_user_set.moved", previous_address: set.address };
      expect(faultOf({ ...plan, resource_changes: [moved] })).toBeUndefined();
    });

    test("passes without a data source of the state, which is read or not", () => {
      const data = {
        address: "data.genauth_users.all",
        mode: "data",
        type: "genauth_users",
        provider: GENAUTH,
      };
      const whole = planOf([set, data], { complete: undefined });
      expect(faultOf({ ...whole, resource_changes: plan.resource_changes })).toBeUndefined();
    });
  });

  test("passes if it changes nothing: of such a plan, engines say that it is not applied, too", () => {
    const idle = { ...set, change: { actions: ["no-op"] } };
    expect(faultOf(planOf([idle], { applyable: false }))).toBeUndefined();
  });

  test("passes if it failed: its errors say why it is not whole", () => {
    const failed = { complete: false, applyable: false, errored: true };
    expect(faultOf(planOf([set], failed))).toBeUndefined();
  });
});

const openTofuHttp = planOf(
  [foreign("data.http.x", "http", "data", "registry.opentofu.org/hashicorp/http")],
  {
    configuration: { root_module: {} },
  },
);

describe("an owner allows, and only all of it,", () => {
  test.each<{ what: string; plan: Json; allow: readonly string[] }>([
    {
      what: "a resource, its provider, and the provider that the configuration implies",
      plan: unknown,
      allow: ["provider=evil.example/a/b", "provider=hashicorp/a", "resource=a_b"],
    },
    {
      what: "a data source, and its provider in any registry",
      plan: openTofuHttp,
      allow: ["provider=hashicorp/http", "data=http"],
    },
    {
      what: "a provisioner",
      plan: planOf([
        {
          ...foreign("terraform_data.x", "terraform_data", "managed", BUILT_IN),
          configured: { provisioners: [{ type: "local-exec", expressions: {} }] },
        },
      ]),
      allow: ["provisioner=terraform_data.x"],
    },
    { what: "a module", plan: within(calls("a", "evil/x/y")), allow: ["module=evil/x/y"] },
    {
      what: "a data source, and its provider by its bare name",
      plan: openTofuHttp,
      allow: ["provider=http", "data=http"],
    },
    {
      what: "an action, and its provider",
      plan: planOf([], { action_invocations: [action] }),
      allow: ["provider=hashicorp/local", "action=local_command"],
    },
    {
      what: "an action that only the configuration shows, and its provider",
      plan: within({ actions: [{ ...configured("action.a.x", "a"), mode: undefined }] }),
      allow: ["provider=hashicorp/a", "action=a"],
    },
  ])("$what", ({ plan, allow }) => {
    expect(faultOf(plan, allow)).toBeUndefined();
    for (const left of allow) {
      const others = allow.filter((entry) => entry !== left);
      expect(faultOf(plan, others)).toMatchObject({ summary: expect.stringContaining("not allowed") });
    }
  });
});

describe("a set that takes its users from the pool itself", () => {
  const POOL = { address: "data.genauth_users.all", mode: "data", type: "genauth_users", provider: GENAUTH };
  const fed = (references: readonly string[]) =>
    planOf([POOL, { ...set, configured: { expressions: { users: { references } } } }].map(withKey));
  const withKey = (resource: PlannedResource): PlannedResource => ({
    ...resource,
    configured: { provider_config_key: "genauth", ...resource.configured },
  });

  test("passes if it is another argument that reads the pool", () => {
    const read = { expressions: { reactivate: { references: ["data.genauth_users.all"] } } };
    expect(faultOf(planOf([POOL, { ...set, configured: read }].map(withKey)))).toBeUndefined();
  });

  describe("as a null resource", () => {
    const own = nullResource();
    const triggers = { references: ["data.genauth_users.all.users", "data.genauth_users.all"] };
    const fedBy = (configuredToo: Json) =>
      planOf([
        withKey(POOL),
        { ...own, configured: { ...own.configured, expressions: { triggers }, ...configuredToo } },
      ]);
    const provisionersOf = ({ configured: { provisioners } = {} }: PlannedResource) =>
      provisioners as readonly Json[];
    const FED = expect.stringContaining("null_resource.staff takes its users from data.genauth_users.all");

    test("is refused, by its triggers", () => {
      expect(faultOf(fedBy({}))).toMatchObject({ summary: FED });
    });

    test("is refused if it runs something else, too", () => {
      const provisioners = [{ type: "local-exec", expressions: {} }, ...provisionersOf(own)];
      const allow = ["provisioner=null_resource.staff"];
      expect(faultOf(fedBy({ provisioners }), allow)).toMatchObject({ summary: FED });
    });
  });

  test("is refused, and cannot be allowed", () => {
    const references = ["data.genauth_users.all.users", "data.genauth_users.all"];
    const fault = faultOf(fed(references), ["data=genauth_users"]);
    expect(fault?.summary).toBe(
      "genauth_user_set.staff takes its users from data.genauth_users.all, which reads the pool itself",
    );
    expect(fault?.detail).toContain("A user who does not match there any more would be deleted");
    expect(fault?.detail).toContain("cdktf-genauth export");
    expect(fault?.detail).not.toContain("If it is meant");
  });
});

describe("an option --allow", () => {
  test("takes no wildcard", () => {
    expect(() => new AllowList(["provider=hashicorp/*"])).toThrow("has a wildcard, and allows one thing");
  });

  test.each(["", "aws", "provider", "provider=", "type=aws", "Provider=a/b"])(
    "that is %j is not understood",
    (entry) => {
      expect(() => new AllowList([entry])).toThrow(
        "Write provider=…, resource=…, data=…, ephemeral=…, action=…, module=… or provisioner=…, such as",
      );
    },
  );
});
