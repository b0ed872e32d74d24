import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../src";
import { PROVISIONER_COMMAND, provisionerEnvironment } from "../../../src/payload";
import { AllowList, findPlanFault } from "../../../src/plan-gate";
import { parsePlan } from "../../../src/terraform-json";

const GENAUTH = "terraform.local/genauth/genauth";
const NULL = "registry.terraform.io/hashicorp/null";
const BUILT_IN = "terraform.io/builtin/terraform";

type Json = Readonly<Record<string, unknown>>;

interface PlannedResource {
  readonly address: string;
  readonly mode?: string;
  readonly type: string;
  readonly provider: string;
  readonly change?: Json;
  readonly configured?: Json;
}

const nameOf = (address: string): string => address.split(".").at(-1) ?? "";

/** Everything that an engine writes, around some resources. */
function planOf(resources: readonly PlannedResource[], more: Json = {}): Json {
  const objects = resources.map(({ address, mode = "managed", type, provider }) => ({
    address,
    mode,
    type,
    name: nameOf(address),
    provider_name: provider,
  }));
  return {
    format_version: "1.2",
    terraform_version: "1.16.4",
    variables: { v: { value: 1 } },
    planned_values: {
      outputs: { o: { sensitive: false } },
      root_module: {
        resources: objects.map((object) => ({
          ...object,
          schema_version: 0,
          values: {},
          sensitive_values: {},
        })),
        child_modules: [{ address: "module.m" }],
      },
    },
    resource_changes: resources.map(({ change }, index) => ({
      ...objects[index],
      change: { actions: ["create"], before: null, after: {}, ...change },
    })),
    output_changes: { o: { actions: ["create"] } },
    prior_state: {
      format_version: "1.0",
      values: {
        root_module: {
          resources: objects.map((object) => ({ ...object, deposed_key: "0123abcd", tainted: true })),
        },
      },
    },
    configuration: {
      provider_config: {
        genauth: { name: "genauth", full_name: GENAUTH, version_constraint: "0.1.0", expressions: {} },
        "module.m:null": { name: "null", full_name: NULL, module_address: "module.m" },
      },
      root_module: {
        outputs: { o: { expression: { references: ["x"] } } },
        resources: resources.map(({ address, mode = "managed", type, configured }) => ({
          address,
          mode,
          type,
          name: nameOf(address),
          provider_config_key: type.split("_", 1)[0],
          expressions: {},
          schema_version: 0,
          ...configured,
        })),
        module_calls: { m: { source: "./m", module: {} } },
        variables: { v: { default: 1 } },
      },
    },
    checks: [{ address: { kind: "check" }, status: "pass", instances: [{ address: {}, status: "pass" }] }],
    relevant_attributes: [{ resource: "x", attribute: ["a"] }],
    timestamp: "2026-01-01T00:00:00Z",
    applyable: true,
    complete: true,
    errored: false,
    ...more,
  };
}

const set: PlannedResource = {
  address: "genauth_user_set.staff",
  type: "genauth_user_set",
  provider: GENAUTH,
};

/** What the gate says. */
function check(plan: Json | string, allow: readonly string[] = []): string {
  const json = typeof plan === "string" ? plan : JSON.stringify(plan);
  const fault = findPlanFault(parsePlan(json), new AllowList(allow));
  return fault === undefined ? "passes" : `${fault.summary}. ${fault.detail}`;
}

const declaration = {
  format: 1 as const,
  set: "staff",
  userIdType: UserIdType.EMAIL,
  users: [["ada@example.com", "Ada"]] as const,
  retainedIds: [],
  protectedUsers: {},
};

function nullResource(
  environment: Json = provisionerEnvironment(declaration),
  change: Json = {},
): PlannedResource {
  const expressions = {
    command: { constant_value: PROVISIONER_COMMAND },
    environment: { constant_value: environment },
    quiet: { constant_value: true },
  };
  return {
    address: "null_resource.staff",
    type: "null_resource",
    provider: NULL,
    change: {
      actions: ["delete", "create"],
      before: { triggers: { user_id_type: "email", "user:bo@example.com": "", "user:ada@example.com": "" } },
      after: { triggers: { user_id_type: "email", "user:ada@example.com": "Ada" } },
      after_unknown: { id: true, triggers: {} },
      ...change,
    },
    configured: { provisioners: [{ type: "local-exec", expressions }] },
  };
}

test("a plan of this package's own resources passes", () => {
  const own: PlannedResource[] = [
    set,
    { address: "data.genauth_users.all", mode: "data", type: "genauth_users", provider: GENAUTH },
    { address: "terraform_data.x", type: "terraform_data", provider: BUILT_IN },
    nullResource(),
  ];
  expect(check(planOf(own))).toBe("passes");
  expect(check(planOf([{ ...set, configured: { provider_config_keys: ["genauth", "genauth"] } }]))).toBe(
    "passes",
  );
});

describe("what nobody allowed is refused", () => {
  const foreign = (address: string, type: string, mode = "managed", provider = "evil.example/a/b") => ({
    address,
    mode,
    type,
    provider,
  });
  const action = {
    address: "action.local_command.x",
    type: "local_command",
    name: "x",
    provider_name: "registry.terraform.io/hashicorp/local",
    lifecycle_action_trigger: {},
  };
  const within = (root: Json, provider_config: Json = {}): Json =>
    planOf([], { configuration: { provider_config, root_module: root } });

  const unknown = planOf([foreign("a_b.x", "a_b")]);
  const deferred = (unknown.resource_changes as Json[]).map((resource_change) => ({ resource_change }));
  const provisioned = { provisioners: [{ type: "local-exec", expressions: {} }] };
  const calls = (name: string, source: string, module: Json = {}) => ({
    module_calls: { [name]: { source, module } },
  });
  const configured = (address: string, provider_config_key: string) => {
    const type = address.split(".").at(-2);
    return { address, mode: "managed", type, name: "x", provider_config_key };
  };

  const inner = configured("a_b.x", "module.a.module.b:a.other");
  const builtIn = foreign("terraform_data.x", "terraform_data", "managed", BUILT_IN);
  const elsewhere = (source: string) => [
    `the module ${source}, from elsewhere (module.a`,
    `--allow module=${source}`,
  ];

  test.each<[says: readonly string[], plan: Json]>([
    [["the provider evil.example/a/b (a_b.x", "a_b (a_b.x"], unknown],
    [
      [
        "the data source external (data.external.x",
        "--allow provider=registry.terraform.io/hashicorp/external --allow data=external",
      ],
      planOf([foreign("data.external.x", "external", "data", "registry.terraform.io/hashicorp/external")]),
    ],
    [["the ephemeral resource a (ephemeral.a.x"], planOf([foreign("ephemeral.a.x", "a", "ephemeral")])],
    [
      ["the data source terraform_remote_state (data.terraform_remote_state.x"],
      planOf([foreign("data.terraform_remote_state.x", "terraform_remote_state", "data", BUILT_IN)]),
    ],
    [["the resource type genauth_user_set (genauth_user_set.staff"], planOf([{ ...set, provider: NULL }])],
    [["the provider evil.example/a/b (a_b.x"], planOf([], { resource_changes: unknown.resource_changes })],
    [["the resource type a_b (a_b.x"], planOf([], { resource_drift: unknown.resource_changes })],
    [["the resource type a_b (a_b.x"], planOf([], { deferred_changes: deferred })],
    [["the resource type a_b (a_b.x"], planOf([], { prior_state: nested(unknown.prior_state) })],
    [
      ["the provider registry.terraform.io/hashicorp/http (data.http.x", "the data source http (data.http.x"],
      within({ resources: [{ ...configured("data.http.x", "http"), mode: "data" }] }),
    ],
    [
      ["the provider registry.terraform.io/hashicorp/a (module.a.module.b.a_b.x"],
      within(calls("a", "./a", calls("b", "../b", { resources: [inner] }))),
    ],
    [
      ["the provider evil/evil/evil (module.a.provider.x"],
      within({}, { "module.a:x": { name: "x", full_name: "evil/evil/evil", module_address: "module.a" } }),
    ],
    [elsewhere("evil/x/y"), within(calls("a", "evil/x/y"))],
    [elsewhere("../shared"), within(calls("a", "../shared"))],
    [
      ["the module ./b/../../../x, from elsewhere (module.a.module.b"],
      within(calls("a", "./a", calls("b", "./b/../../../x"))),
    ],
    [
      [String.raw`--allow 'module=git::https://evil.example/it'\''s?ref=1'`],
      within(calls("a", "git::https://evil.example/it's?ref=1")),
    ],
    [["the action local_command (action.local_command.x"], planOf([], { action_invocations: [action] })],
    [
      ["the action local_command (action.local_command.x"],
      planOf([], { deferred_action_invocations: [{ reason: "unknown", action_invocation: action }] }),
    ],
    [
      ["the action a (action.a.x", "the provider registry.terraform.io/hashicorp/a (action.a.x"],
      within({ actions: [{ ...configured("action.a.x", "a"), mode: undefined }] }),
    ],
    [
      [
        "the provisioner local-exec (terraform_data.x",
        "the owner of the pipeline adds it to allow in the settings: provisioner=terraform_data.x. Without a pipeline, plan-report and guard take --allow provisioner=terraform_data.x",
      ],
      planOf([{ ...builtIn, configured: provisioned }]),
    ],
    [
      ["the provisioner local-exec (null_resource.staff"],
      planOf([nullResource({ ...provisionerEnvironment(declaration), NODE_OPTIONS: "-r ./x" })]),
    ],
  ])("%j", (says, plan) => {
    const message = check(plan);
    expect(message).toMatch(/^The plan holds what is not allowed: /);
    for (const text of says) expect(message).toContain(text);
  });

  test("a plan that is not whole, or that the engine would not apply", () => {
    expect(check(planOf([set], { complete: false }))).toContain("The plan leaves a part to a later plan");
    expect(check(planOf([set], { applyable: false }))).toContain("The engine would not apply the plan");
    // Of a plan that changes nothing, engines say that, too.
    expect(check(planOf([{ ...set, change: { actions: ["no-op"] } }], { applyable: false }))).toBe("passes");
  });

  test("no such thing of a plan that failed: its errors say why it is neither", () => {
    expect(check(planOf([set], { complete: false, applyable: false, errored: true }))).toBe("passes");
  });

  test("without the keys of instances, which can be ids", () => {
    const keyed = foreign('module.m["ada@example.com"].a_b.x["bo@example.com"]', "a_b");
    const message = check(planOf([], { resource_changes: planOf([keyed]).resource_changes }));
    expect(message).toContain("the resource type a_b (module.m.a_b.x)");
    expect(message).not.toContain("example.com");
  });

  test("and names each thing once, with few addresses", () => {
    const plan = planOf([1, 2, 3, 4, 5].map((index) => foreign(`a_b.x${index}`, "a_b")));
    expect(check(plan)).toContain("the resource type a_b (a_b.x1, a_b.x2, a_b.x3 and 2 more)");
  });

  test.each<[Json, readonly string[]]>([
    [unknown, ["provider=evil.example/a/b", "provider=hashicorp/a", "resource=a_b"]],
    [
      planOf([foreign("data.http.x", "http", "data", "registry.opentofu.org/hashicorp/http")], {
        configuration: { root_module: {} },
      }),
      ["provider=hashicorp/http", "data=http"],
    ],
    [within({ module_calls: { a: { source: "evil/x/y", module: {} } } }), ["module=evil/x/y"]],
    [planOf([], { action_invocations: [action] }), ["provider=hashicorp/local", "action=local_command"]],
  ])("an owner allows it, and only all of it", (plan, allow) => {
    expect(check(plan, allow)).toBe("passes");
    for (const left of allow) {
      const others = allow.filter((entry) => entry !== left);
      expect(check(plan, others)).toContain("not allowed");
    }
  });
});

/** A state with its objects in a module. */
function nested(state: unknown): Json {
  const { values } = state as { values: { root_module: Json } };
  const inside = { address: "module.a", ...values.root_module };
  return { format_version: "1.0", values: { root_module: { child_modules: [inside] } } };
}

describe("the declaration that a null resource passes to its command", () => {
  const OTHERS = "other users for its command than its triggers";

  test.each<[string, Json, string]>([
    ["of other users", { users: [["cleo@example.com", ""]] }, OTHERS],
    ["of fewer users", { users: [] }, OTHERS],
    ["of another type", { userIdType: UserIdType.USERNAME }, OTHERS],
    ["with something more", { more: 1 }, "a declaration of its users that the command would refuse"],
    ["of another format", { format: 2 }, "a declaration of its users that the command would refuse"],
  ])("%s is refused, and cannot be allowed", (_title, change, says) => {
    const environment = provisionerEnvironment({ ...declaration, ...change });
    const message = check(planOf([nullResource(environment)]), ["provisioner=null_resource.staff"]);
    expect(message).toContain(says);
    expect(message).not.toContain("If it is meant");
  });

  test("that cannot be read is refused", () => {
    const environment = { ...provisionerEnvironment(declaration), GENAUTH_SET_DECLARED_0: "H4sI" };
    expect(check(planOf([nullResource(environment)]))).toContain("that the command would refuse");
  });

  test("is compared with what the plan shows, where it shows it", () => {
    const other = provisionerEnvironment({ ...declaration, users: [["cleo@example.com", ""]] });
    const unknown = { after: {}, after_unknown: { triggers: true } };
    expect(check(planOf([nullResource(other, unknown)]))).toBe("passes");
    expect(check(planOf([nullResource(other, { actions: ["delete"], after: null })]))).toBe("passes");
    const label = {
      after: { triggers: { user_id_type: "email" } },
      after_unknown: { triggers: { "user:ada@example.com": true } },
    };
    expect(check(planOf([nullResource(undefined, label)]))).toBe("passes");
    expect(check(planOf([nullResource(other, label)]))).toContain("other users for its command");
  });
});

describe("a plan of a newer engine", () => {
  /** A plan of this package's own, with one part changed. */
  const withPart = (path: readonly (string | number)[], value: unknown): string => {
    const plan = JSON.parse(JSON.stringify(planOf([nullResource()]))) as Record<string, unknown>;
    let place: Record<string | number, unknown> = plan;
    for (const part of path.slice(0, -1)) place = place[part] as Record<string | number, unknown>;
    place[path.at(-1) ?? ""] = value;
    return JSON.stringify(plan);
  };

  test.each<{ path: readonly (string | number)[] }>([
    { path: ["deprecations"] },
    { path: ["resource_changes", 0, "schema_digest"] },
    { path: ["resource_changes", 0, "change", "identity"] },
    { path: ["resource_drift_summary"] },
    { path: ["planned_values", "root_module", "ordering"] },
    { path: ["prior_state", "lineage"] },
    { path: ["prior_state", "values", "root_module", "resources", 0, "identity_schema_version"] },
    { path: ["checks", 0, "severity"] },
    { path: ["configuration", "provider_config", "genauth", "origin"] },
    { path: ["configuration", "root_module", "outputs", "o", "deprecated"] },
  ])("passes with a new field that runs nothing: $path", ({ path }) => {
    expect(check(withPart(path, { new: true }))).toBe("passes");
  });

  const root = ["configuration", "root_module"] as const;
  test.each<{ path: readonly (string | number)[]; value: unknown; says: string }>([
    { path: [...root, "hooks"], value: [], says: "hooks in the root module" },
    { path: [...root, "module_calls", "m", "module", "hooks"], value: {}, says: "hooks in module.m" },
    { path: [...root, "module_calls", "m", "hooks"], value: {}, says: "hooks in the call of module.m" },
    { path: [...root, "resources", 0, "hooks"], value: {}, says: "hooks in null_resource.staff" },
    {
      path: [...root, "resources", 0, "provisioners", 0, "on_stop"],
      value: "x",
      says: "on_stop in the provisioner local-exec of null_resource.staff",
    },
    { path: [...root, "resources", 0, "mode"], value: "list", says: "the mode list of null_resource.staff" },
    { path: ["resource_changes", 0, "mode"], value: "list", says: "the mode list of null_resource.staff" },
    {
      path: ["resource_changes", 0, "change", "actions"],
      value: ["invoke"],
      says: "the action invoke on null_resource.staff",
    },
    {
      path: ["resource_changes", 0, "provider_name"],
      value: undefined,
      says: "null_resource.staff, without a provider",
    },
    { path: ["configuration"], value: undefined, says: "no configuration" },
  ])("is refused with a part that could run something: $says", ({ path, value, says }) => {
    const message = check(withPart(path, value));
    expect(message).toContain(`The plan holds something that this version does not know: ${says}`);
    expect(message).toContain("If it is that, update cdktf-genauth");
  });

  test.each<{ path: readonly (string | number)[]; value: unknown; says: string }>([
    { path: ["format_version"], value: "2.0", says: "at format_version" },
    { path: ["resource_changes", 0, "change"], value: undefined, says: "at resource_changes[0].change" },
    { path: [...root, "module_calls", "m", "module"], value: undefined, says: "at module" },
    { path: ["configuration", "provider_config", "genauth", "full_name"], value: 1, says: "at full_name" },
  ])("that cannot be read is an error: $path", ({ path, value, says }) => {
    expect(() => check(withPart(path, value))).toThrow(says);
  });
});

describe("a set that takes its users from the pool itself", () => {
  const POOL = { address: "data.genauth_users.all", mode: "data", type: "genauth_users", provider: GENAUTH };
  const fed = (references: readonly string[], more: Json = {}) =>
    planOf([POOL, { ...set, configured: { expressions: { users: { references } } } }].map(withKey), more);
  const withKey = (resource: PlannedResource): PlannedResource => ({
    ...resource,
    configured: { provider_config_key: "genauth", ...resource.configured },
  });

  test("is refused, and cannot be allowed", () => {
    const message = check(fed(["data.genauth_users.all.users", "data.genauth_users.all"]), [
      "data=genauth_users",
    ]);
    expect(message).toContain(
      "genauth_user_set.staff takes its users from data.genauth_users.all, which reads the pool itself. A user who does not match there any more would be deleted",
    );
    expect(message).toContain("cdktf-genauth export");
    expect(message).not.toContain("If it is meant");
  });

  test("is refused through a local value, of which the engine only says that it contributed", () => {
    const contributing = {
      relevant_attributes: [{ resource: "data.genauth_users.all", attribute: ["users"] }],
    };
    expect(check(fed(["local.staff"], contributing))).toContain(
      "takes its users from data.genauth_users.all",
    );
    expect(check(fed(["local.staff"]))).toBe("passes");
    expect(check(fed(["var.staff"], contributing))).toBe("passes");
  });
});

describe("an option --allow", () => {
  test("takes no wildcard", () => {
    expect(() => new AllowList(["provider=hashicorp/*"])).toThrow("has a wildcard, and allows one thing");
  });

  test.each(["", "aws", "provider", "provider=", "type=aws", "Provider=a/b"])(
    "that is %j is not understood",
    (entry) => {
      expect(() => new AllowList([entry])).toThrow("Write provider=…, resource=…, data=…");
    },
  );
});
