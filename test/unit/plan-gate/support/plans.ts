import { UserIdType } from "../../../../src";
import { PROVISIONER_COMMAND, provisionerEnvironment } from "../../../../src/payload";
import { AllowList, findPlanFault, type PlanFault } from "../../../../src/plan-gate";
import { parsePlan } from "../../../../src/terraform-json";

/** The addresses of providers. */
export const GENAUTH = "terraform.local/genauth/genauth";
export const NULL = "registry.terraform.io/hashicorp/null";
export const BUILT_IN = "terraform.io/builtin/terraform";

/** An object of JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** A resource of a plan: how the engine names it, what changes, and what is configured. */
export interface PlannedResource {
  readonly address: string;
  /** Where a `moved` block takes it from. */
  readonly previous_address?: string;
  readonly mode?: string;
  readonly type: string;
  readonly provider: string;
  readonly change?: Json;
  readonly configured?: Json;
}

const nameOf = (address: string): string => address.split(".").at(-1) ?? "";

/** Everything that an engine writes, around some resources. All of them are in the state before the plan, too. */
export function planOf(resources: readonly PlannedResource[], more: Json = {}): Json {
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
    resource_changes: resources.map(({ change, previous_address }, index) => ({
      ...objects[index],
      previous_address,
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

/** A user set. */
export const set: PlannedResource = {
  address: "genauth_user_set.staff",
  type: "genauth_user_set",
  provider: GENAUTH,
};

/** What the gate has against a plan; `undefined` if nothing. */
export function faultOf(plan: Json | string, allow: readonly string[] = []): PlanFault | undefined {
  const json = typeof plan === "string" ? plan : JSON.stringify(plan);
  return findPlanFault(parsePlan(json), new AllowList(allow));
}

/** A resource of another provider. */
export function foreign(address: string, type: string, mode = "managed", provider = "evil.example/a/b") {
  return { address, mode, type, provider };
}

/** A resource in a configuration. */
export function configured(address: string, provider_config_key: string, mode = "managed"): Json {
  return { address, mode, type: address.split(".").at(-2), name: "x", provider_config_key };
}

/** A plan with a configuration. */
export function within(root_module: Json, provider_config: Json = {}): Json {
  return planOf([], { configuration: { provider_config, root_module } });
}

/** A module that calls another one. */
export function calls(name: string, source: string, module: Json = {}): Json {
  return { module_calls: { [name]: { source, module } } };
}

/** An action, as a plan that runs it lists it. */
export const action = {
  address: "action.local_command.x",
  type: "local_command",
  name: "x",
  provider_name: "registry.terraform.io/hashicorp/local",
  lifecycle_action_trigger: {},
};

/** What a null resource passes to its command. */
export const declaration = {
  format: 1 as const,
  set: "staff",
  userIdType: UserIdType.EMAIL,
  users: [["ada@example.com", "Ada"]] as const,
  retainedIds: [],
  protectedUsers: {},
};

/** A set that is a null resource. */
export function nullResource(
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
