import { posix } from "node:path";
import * as z from "zod";
import { toDotPath } from "zod/v4/core";

/**
 * The whole structure of a plan, as `terraform show -json FILE` and `tofu show -json FILE` write it. Unlike in
 * `terraform-json.ts`, everything that is not listed here is refused: a gate cannot vouch for what it does not know.
 *
 * Source: the JSON tags in `jsonplan`, `jsonconfig`, `jsonstate` and `jsonchecks` of Terraform 1.16.4 and OpenTofu 1.12.6.
 */

/** A value, or an expression, whose content is the configuration's own. */
const anything = z.unknown().optional();
const text = z.string().optional();
const texts = z.array(z.string()).optional();
const flag = z.boolean().optional();
const version = z.number().optional();

/** An object whose keys are names of the configuration. One may be `__proto__`, so it is only read entry by entry. */
const named = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be an object",
);

const Mode = z.enum(["managed", "data", "ephemeral"]);

const Change = z.strictObject({
  actions: z.array(z.enum(["no-op", "create", "read", "update", "delete", "forget", "open"])),
  before: anything,
  after: anything,
  after_unknown: anything,
  before_sensitive: anything,
  after_sensitive: anything,
  replace_paths: anything,
  importing: z.strictObject({ id: text, unknown: flag, identity: anything }).nullish(),
  generated_config: text,
  before_identity: anything,
  after_identity: anything,
});

/** How an object of a state or of a change is called. */
const objectName = {
  address: z.string(),
  mode: Mode,
  type: z.string(),
  name: z.string(),
  index: anything,
  provider_name: z.string(),
};

const ResourceChange = z.strictObject({
  ...objectName,
  previous_address: text,
  module_address: text,
  index_unknown: flag,
  deposed: text,
  change: Change,
  action_reason: text,
});

const StateObject = z.strictObject({
  ...objectName,
  schema_version: version,
  values: anything,
  sensitive_values: anything,
  depends_on: texts,
  tainted: flag,
  deposed_key: text,
  identity: anything,
  identity_schema_version: version,
});

interface StateModuleJson {
  readonly address?: string | undefined;
  readonly resources: readonly z.infer<typeof StateObject>[];
  readonly child_modules: readonly StateModuleJson[];
}

const StateModule: z.ZodType<StateModuleJson> = z.strictObject({
  address: text,
  resources: z.array(StateObject).default([]),
  child_modules: z.array(z.lazy(() => StateModule)).default([]),
});

const StateValues = z.strictObject({
  outputs: named.optional(),
  root_module: StateModule.prefault({}),
});

const Checks = z.array(
  z.strictObject({
    address: named,
    status: z.string(),
    instances: z
      .array(
        z.strictObject({
          address: named,
          status: z.string(),
          problems: z.array(z.strictObject({ message: z.string() })).optional(),
        }),
      )
      .optional(),
  }),
);

const Action = z.strictObject({
  address: z.string(),
  type: z.string(),
  name: z.string(),
  config_values: anything,
  config_sensitive: anything,
  config_unknown: anything,
  provider_name: z.string(),
  lifecycle_action_trigger: named.optional(),
  invoke_action_trigger: named.optional(),
});

const Expression = z.strictObject({ constant_value: anything, references: texts }).optional();
/** How a part of the configuration is repeated. */
const repeated = { count_expression: Expression, for_each_expression: Expression };

const ConfiguredAction = z.strictObject({
  address: z.string(),
  type: z.string(),
  name: z.string(),
  provider_config_key: z.string(),
  ...repeated,
});

const ConfiguredResource = z.strictObject({
  address: z.string(),
  mode: Mode,
  type: z.string(),
  name: z.string(),
  provider_config_key: text,
  // OpenTofu, where the provider configuration depends on the instance.
  provider_config_keys: texts,
  provisioners: z.array(z.strictObject({ type: z.string(), expressions: named.optional() })).default([]),
  expressions: named.optional(),
  schema_version: version,
  ...repeated,
  depends_on: texts,
});

const ConfiguredModule = z.strictObject({
  outputs: named.optional(),
  resources: z.array(ConfiguredResource).default([]),
  module_calls: named.default({}),
  variables: named.optional(),
  actions: z.array(ConfiguredAction).default([]),
});

const ModuleCall = z.strictObject({
  source: z.string(),
  expressions: named.optional(),
  ...repeated,
  module: z.unknown(),
  version_constraint: text,
  depends_on: texts,
});

const ProviderConfiguration = z.strictObject({
  name: z.string(),
  full_name: z.string(),
  alias: text,
  version_constraint: text,
  module_address: text,
  expressions: named.optional(),
});

const Plan = z.strictObject({
  format_version: z.string().regex(/^1\.\d+$/, "is not 1.x"),
  terraform_version: text,
  variables: named.optional(),
  planned_values: StateValues,
  resource_drift: z.array(ResourceChange).default([]),
  resource_changes: z.array(ResourceChange).default([]),
  deferred_changes: z.array(z.strictObject({ reason: text, resource_change: ResourceChange })).default([]),
  deferred_action_invocations: z
    .array(z.strictObject({ reason: text, action_invocation: Action }))
    .default([]),
  output_changes: named.optional(),
  action_invocations: z.array(Action).default([]),
  prior_state: z
    .strictObject({
      format_version: z.string(),
      terraform_version: text,
      values: StateValues.optional(),
      checks: Checks.optional(),
    })
    .optional(),
  configuration: z.strictObject({ provider_config: named.default({}), root_module: z.unknown() }),
  relevant_attributes: z.array(z.strictObject({ resource: z.string(), attribute: anything })).optional(),
  checks: Checks.optional(),
  timestamp: text,
  applyable: flag,
  complete: flag,
  errored: flag,
});

/** A resource of the configuration, with the path of its module in the address. */
export type ConfiguredObject = z.infer<typeof ConfiguredResource>;

/** Everything in a plan that can run, read, send or change something. */
export type PlanStructure = ReturnType<typeof readPlanStructure>;

/**
 * Reads a plan, and understands all of it.
 *
 * @param json the output of `terraform show -json` for a saved plan
 * @throws PlanNotKnown that names the first part of unknown structure
 */
export function readPlanStructure(json: string) {
  const plan = read(Plan, parse(json), "");
  const { configuration, prior_state, planned_values, resource_changes, resource_drift } = plan;
  const modules = modulesOf(configuration.root_module, "", "configuration.root_module");
  const prior = prior_state?.values ? objectsOf(prior_state.values.root_module) : [];
  const changed = new Set(resource_changes.flatMap((its) => [its.address, its.previous_address]));
  return {
    /** Objects of the states before and after, and of all changes. An object appears once for each. */
    objects: [
      ...resource_changes,
      ...resource_drift,
      ...plan.deferred_changes.map(({ resource_change }) => resource_change),
      ...objectsOf(planned_values.root_module),
      ...prior,
    ],
    /** What apply does to the objects. */
    changes: resource_changes,
    actions: [
      ...plan.action_invocations,
      ...plan.deferred_action_invocations.map(({ action_invocation }) => action_invocation),
    ],
    /** Provider configurations by their key. */
    providers: new Map(
      Object.entries(configuration.provider_config).map(([key, value]) => [
        key,
        read(ProviderConfiguration, value, `configuration.provider_config.${key}`),
      ]),
    ),
    resources: modules.flatMap(({ resources }) => resources),
    configuredActions: modules.flatMap(({ actions }) => actions),
    /** Modules with their addresses, such as `module.a.module.b`, without the root module. */
    modules: modules.flatMap(({ address, source, folder }) =>
      source === undefined ? [] : [{ address, source, folder }],
    ),
    /** Whether it leaves nothing to a later plan. OpenTofu does not say it: a whole plan names every managed object, also an unchanged one. */
    complete: plan.complete ?? prior.every(({ mode, address }) => mode !== "managed" || changed.has(address)),
    /** Whether the engine would apply it; absent, as the next one, if it does not say it. */
    applyable: plan.applyable,
    errored: plan.errored,
  };
}

interface Module {
  readonly address: string;
  /** Absent: the root module. */
  readonly source?: string;
  /** Relative to the folder of the stack, or else to the module from elsewhere that it is a part of. */
  readonly folder: string;
  readonly resources: readonly ConfiguredObject[];
  readonly actions: readonly z.infer<typeof ConfiguredAction>[];
}

/** A module and all below it. */
function modulesOf(json: unknown, address: string, where: string, folder = "", source?: string): Module[] {
  const { resources, actions, module_calls } = read(ConfiguredModule, json, where);
  const placed = <T extends { readonly address: string }>(all: readonly T[]): T[] =>
    all.map((one) => ({ ...one, address: address === "" ? one.address : `${address}.${one.address}` }));
  return [
    {
      address,
      folder,
      source,
      resources: placed(resources),
      actions: placed(actions),
    },
    ...Object.entries(module_calls).flatMap(([name, value]) => {
      const inside = `${where}.module_calls.${name}`;
      const call = read(ModuleCall, value, inside);
      const below = address === "" ? `module.${name}` : `${address}.module.${name}`;
      const its = isLocal(call.source) ? posix.join(folder, call.source) : "";
      return modulesOf(call.module, below, `${inside}.module`, its, call.source);
    }),
  ];
}

/** Whether the source of a module is a folder beside the one that calls it. */
export function isLocal(source: string): boolean {
  return /^\.{1,2}\//.test(source);
}

function objectsOf({ resources, child_modules }: StateModuleJson): z.infer<typeof StateObject>[] {
  return [...resources, ...child_modules.flatMap(objectsOf)];
}

/** A plan that is not understood as a whole. */
export class PlanNotKnown extends Error {
  override readonly name = "PlanNotKnown";
  /** What to do. */
  readonly detail =
    "Give the output of terraform show -json for a saved plan. If it is that, update cdktf-genauth, or use an engine that this version knows.";

  /** @param summary one line, without a full stop */
  constructor(readonly summary: string) {
    super(summary);
  }
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new PlanNotKnown("The plan is not JSON");
  }
}

function read<T>(schema: z.ZodType<T>, json: unknown, where: string): T {
  const { data, error } = schema.safeParse(json);
  if (!error) return data;
  const [issue] = error.issues;
  const path = [where, ...(issue ? [toDotPath(issue.path)] : [])].filter((part) => part !== "");
  const at = path.length > 0 ? ` at ${path.join(".")}` : "";
  throw new PlanNotKnown(
    `The plan holds something that this version does not know${at}: ${issue?.message ?? "unknown structure"}`,
  );
}
