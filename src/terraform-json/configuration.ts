import * as z from "zod";
import { checked, PLAN_HINT, type PlanJson, Values } from "./plan";

/** A program or a copy that a resource's creation or destruction runs. */
const Provisioner = z.looseObject({ type: z.string(), expressions: z.unknown().optional() });

/** How a resource or a module is repeated. */
const repeated = { for_each_expression: z.unknown().optional(), count_expression: z.unknown().optional() };

/*
 * The blocks of a configuration keep what is not listed here: a gate asks for it.
 */

const ConfiguredResource = z.looseObject({
  address: z.string(),
  mode: z.string().default("managed"),
  type: z.string(),
  provider_config_key: z.string().optional(),
  /** OpenTofu, where the provider configuration depends on the instance. */
  provider_config_keys: z.array(z.string()).default([]),
  provisioners: z.array(Provisioner).default([]),
  expressions: Values.optional(),
  ...repeated,
});

const ConfiguredAction = z.looseObject({
  address: z.string(),
  type: z.string(),
  provider_config_key: z.string().optional(),
});

const Module = z.looseObject({
  resources: z.array(ConfiguredResource).default([]),
  actions: z.array(ConfiguredAction).default([]),
  module_calls: Values.default({}),
  outputs: Values.default({}),
});

const ModuleCall = z.looseObject({
  source: z.string().default(""),
  module: Values,
  expressions: Values.optional(),
  ...repeated,
});

/** A resource of the configuration. Its address has no instance keys. */
export type ConfiguredResourceJson = z.infer<typeof ConfiguredResource>;

/** A module of a configuration. */
export interface ConfiguredModule {
  /** Such as `module.a.module.b`; empty for the root module. */
  readonly address: string;
  /** With the addresses of the whole configuration, as the actions. */
  readonly resources: readonly ConfiguredResourceJson[];
  readonly actions: readonly z.infer<typeof ConfiguredAction>[];
  /** By name. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The call by which the parent passes values to the module; absent for the root module. */
  readonly call?: z.infer<typeof ModuleCall>;
  readonly parent?: ConfiguredModule;
  /** As the engine writes it. */
  readonly json: Readonly<Record<string, unknown>>;
}

/** The address of something in a module. */
export function addressIn(module: Pick<ConfiguredModule, "address">, name: string): string {
  return module.address === "" ? name : `${module.address}.${name}`;
}

/**
 * The modules of a plan's configuration, the root module first.
 *
 * @returns undefined if the plan does not hold the configuration
 * @throws Error if the configuration has an unexpected structure
 */
export function configuredModules({ configuration }: PlanJson): ConfiguredModule[] | undefined {
  return configuration && modulesBelow(configuration.root_module ?? {}, { address: "" });
}

function modulesBelow(
  json: unknown,
  place: Pick<ConfiguredModule, "address" | "call" | "parent">,
): ConfiguredModule[] {
  const read = checked(Module, json, PLAN_HINT);
  const { resources, actions, module_calls, outputs } = read;
  const module: ConfiguredModule = {
    ...place,
    resources: resources.map((resource) => ({ ...resource, address: addressIn(place, resource.address) })),
    actions: actions.map((action) => ({ ...action, address: addressIn(place, action.address) })),
    outputs,
    json: read,
  };
  const below = Object.entries(module_calls).flatMap(([name, value]) => {
    const call = checked(ModuleCall, value, PLAN_HINT);
    return modulesBelow(call.module, { address: addressIn(place, `module.${name}`), call, parent: module });
  });
  return [module, ...below];
}

/**
 * The resources and data sources of a plan's configuration, from all modules.
 *
 * @returns undefined if the plan does not hold the configuration
 * @throws Error if the configuration has an unexpected structure
 */
export function configuredResources(plan: PlanJson): ConfiguredResourceJson[] | undefined {
  return configuredModules(plan)?.flatMap(({ resources }) => resources);
}

const ProviderConfiguration = z.object({
  name: z.string().default(""),
  full_name: z.string(),
  /** Absent: the root module. */
  module_address: z.string().optional(),
  expressions: Values.optional(),
});

/**
 * The configurations of providers, of all modules and aliases, by their keys.
 *
 * @throws Error if one has an unexpected structure
 */
export function configuredProviders({
  configuration,
}: PlanJson): ReadonlyMap<string, z.infer<typeof ProviderConfiguration>> {
  const entries = Object.entries(configuration?.provider_config ?? {});
  return new Map(entries.map(([key, json]) => [key, checked(ProviderConfiguration, json, PLAN_HINT)]));
}

const Argument = z.object({
  constant_value: z.unknown().optional(),
  references: z.array(z.string()).optional(),
});

/**
 * The texts that an argument has in the configurations of the provider. Leaves out what
 * {@link configuredValues} does.
 */
export function configuredTexts(plan: PlanJson, argument: string): string[] {
  return configuredValues(plan, argument).filter((value) => typeof value === "string");
}

const Lists = z.record(z.string(), z.array(z.string()).catch([]));

/**
 * The texts in the list `name` of an argument that holds lists. Leaves out what {@link configuredValues}
 * does.
 */
export function configuredList(plan: PlanJson, argument: string, name: string): string[] {
  return configuredValues(plan, argument).flatMap((value) =>
    Object.entries(Lists.safeParse(value).data ?? {}).flatMap(([its, list]) => (its === name ? list : [])),
  );
}

/**
 * The values of an argument in the configurations of the provider, of all modules and aliases, and from any
 * registry: constants, and variables of the root module. Leaves out what only the engine knows.
 */
function configuredValues(plan: PlanJson, argument: string): unknown[] {
  const given = new Map(Object.entries(plan.variables ?? {}));
  return [...configuredProviders(plan).values()].flatMap(({ full_name, expressions }) => {
    if (!full_name.endsWith("/genauth")) return [];
    const [, expression] = Object.entries(expressions ?? {}).find(([its]) => its === argument) ?? [];
    const { constant_value: constant, references } = Argument.safeParse(expression).data ?? {};
    const variable = references?.length === 1 ? references[0]?.replace(/^var\./, "") : undefined;
    return [constant ?? (variable === undefined ? undefined : valueOf(given.get(variable)))];
  });
}

function valueOf(variable: unknown): unknown {
  return z.object({ value: z.unknown() }).safeParse(variable).data?.value;
}
