import { posix } from "node:path";
import { compact } from "../lists";
import { isOwnProvisioner } from "../payload";
import {
  type ConfiguredModule,
  configuredModules,
  configuredProviders,
  type ConfiguredResourceJson,
  type PlanJson,
  priorObjects,
  resourceAddress,
} from "../terraform-json";
import { type AllowList, impliedProvider, isNullProvider } from "./allow-list";
import { findFedSet } from "./fed-sets";
import { findUnknownPart } from "./known-parts";
import type { PlanFault, PlanFinding } from "./plan-fault";
import { checkDeclaration } from "./shown-users";

/**
 * Checks that a plan holds nothing but what is allowed, whether or not this plan uses it: providers, resource
 * types, data sources, ephemeral resources, actions, modules of other origins, and provisioners. Other users
 * for the null resource's command than its triggers show are found, too, and a set that takes its users from
 * the pool itself. What this version does not know in these places is a fault. Who is touched is not decided
 * here: the guard does that.
 *
 * Not in a plan are the provisioners of `removed` blocks, and with Terraform ephemeral resources.
 *
 * @returns undefined if it may be applied
 * @throws Error if the configuration of the plan has an unexpected structure
 */
export function findPlanFault(plan: PlanJson, allowed: AllowList): PlanFault | undefined {
  const modules = configuredModules(plan);
  const unknown = findUnknownPart(plan, modules);
  if (unknown) return unknown;
  const findings = findNotAllowed(plan, modules ?? [], allowed);
  return findings.length > 0 ? describe(findings) : (findFedSet(plan) ?? findUnready(plan));
}

/** What an engine says of a plan that it would not carry out as a whole. */
function findUnready(plan: PlanJson): PlanFault | undefined {
  // A plan that failed is neither whole nor applied, and its own errors say why.
  if (plan.errored) return undefined;
  const detail =
    "Plan again, without -target or -exclude, and after the first apply of what others depend on.";
  if (!isWhole(plan)) return { summary: "The plan leaves a part to a later plan", detail };
  const isChanging = plan.resource_changes.some(({ change }) =>
    change.actions.some((action) => !IDLE.has(action)),
  );
  if (plan.applyable !== false || !isChanging) return undefined;
  return { summary: "The engine would not apply the plan, although it changes something", detail };
}

const IDLE: ReadonlySet<string> = new Set(["no-op", "read"]);

/** OpenTofu does not say it. Its whole plan names every managed object, also an unchanged one. */
function isWhole(plan: PlanJson): boolean {
  if (plan.complete !== undefined) return plan.complete;
  const changed = new Set(plan.resource_changes.flatMap((its) => [its.address, its.previous_address]));
  return priorObjects(plan).every(({ mode, address }) => mode !== "managed" || changed.has(address));
}

/** Something with a type: an object of a state or of a change, or a block of the configuration. */
interface TypedThing {
  readonly address: string;
  readonly kind: keyof typeof KIND_NAMES;
  readonly type: string;
  /** The addresses of the providers that it may use. */
  readonly providers: readonly string[];
}

const KIND_NAMES = {
  resource: "the resource type",
  data: "the data source",
  ephemeral: "the ephemeral resource",
  action: "the action",
} as const;

function findNotAllowed(
  plan: PlanJson,
  modules: readonly ConfiguredModule[],
  allowed: AllowList,
): PlanFinding[] {
  const resources = modules.flatMap((module) => module.resources);
  return [
    ...[...configuredProviders(plan).values()].flatMap(({ full_name, module_address, name }) =>
      checkProvider(full_name, [module_address, `provider.${name}`].filter(Boolean).join("."), allowed),
    ),
    ...thingsOf(plan, modules).flatMap((thing) => checkThing(thing, allowed)),
    ...modules.flatMap((module) => checkModule(module, allowed)),
    ...resources.flatMap((resource) => checkProvisioners(resource, plan, allowed)),
  ];
}

/**
 * Everything with a type: what the state holds, what the plan changes or invokes, and what the configuration
 * declares.
 */
function thingsOf(plan: PlanJson, modules: readonly ConfiguredModule[]): TypedThing[] {
  const deferred = plan.deferred_changes.map(({ resource_change }) => resource_change);
  const deferredActions = plan.deferred_action_invocations.map(({ action_invocation }) => action_invocation);
  return [
    ...[...plan.resource_changes, ...plan.resource_drift, ...deferred, ...priorObjects(plan)].map((object) =>
      thing(object, kindOf(object.mode), compact(object.provider_name)),
    ),
    ...[...plan.action_invocations, ...deferredActions].map((action) =>
      thing(action, "action", compact(action.provider_name)),
    ),
    ...modules.flatMap(({ resources, actions }) => [
      ...resources.map((block) => thing(block, kindOf(block.mode), providersOf(block, plan))),
      ...actions.map((block) => thing(block, "action", providersOf(block, plan))),
    ]),
  ];
}

function thing(
  { address, type }: Pick<TypedThing, "address" | "type">,
  kind: TypedThing["kind"],
  providers: readonly string[],
): TypedThing {
  return { address, type, kind, providers };
}

/** @param mode a known one */
function kindOf(mode: string): TypedThing["kind"] {
  return mode === "data" || mode === "ephemeral" ? mode : "resource";
}

function providersOf(
  { provider_config_key: key, provider_config_keys: keys = [] }: ProvidedBlock,
  plan: PlanJson,
): string[] {
  const providers = configuredProviders(plan);
  return [...compact(key), ...keys].map(
    // A provider that nobody declared has no entry. The key is its name, after the module and before the
    // alias.
    (one) => providers.get(one)?.full_name ?? impliedProvider(one.replace(/^.*:/s, "").replace(/\..*/s, "")),
  );
}

type ProvidedBlock = Partial<Pick<ConfiguredResourceJson, "provider_config_key" | "provider_config_keys">>;

function checkThing({ address, kind, type, providers }: TypedThing, allowed: AllowList): PlanFinding[] {
  // Without a provider, nothing says whose type it is.
  const isAllowed = providers.length > 0 && providers.every((one) => allowed.allowsType(kind, type, one));
  return [
    ...providers.flatMap((provider) => checkProvider(provider, address, allowed)),
    ...(isAllowed ? [] : [{ address, what: `${KIND_NAMES[kind]} ${type}`, permission: `${kind}=${type}` }]),
  ];
}

function checkProvider(provider: string, address: string, allowed: AllowList): PlanFinding[] {
  if (allowed.allowsProvider(provider)) return [];
  return [{ address, what: `the provider ${provider}`, permission: `provider=${provider}` }];
}

/** A folder of the stack is part of what was reviewed. Whether it is a link, no plan shows. */
function checkModule(module: ConfiguredModule, allowed: AllowList): PlanFinding[] {
  if (!module.call) return [];
  const { source } = module.call;
  const isInside = isLocal(source) && !/^\.\.(?:\/|$)/.test(folderOf(module));
  if (isInside || allowed.allows("module", source)) return [];
  return [
    {
      address: module.address,
      what: `the module ${source}, from elsewhere`,
      permission: `module=${source}`,
    },
  ];
}

/** Whether the source of a module is a folder beside the one that calls it. */
function isLocal(source: string): boolean {
  return /^\.{1,2}\//.test(source);
}

/**
 * The folder of a module, relative to that of the stack, or else to the module from elsewhere that it is a
 * part of.
 */
function folderOf({ call, parent }: ConfiguredModule): string {
  if (!call || !parent || !isLocal(call.source)) return "";
  return posix.join(folderOf(parent), call.source);
}

/** A set that is a `null_resource` has a provisioner of this package, whose users the plan must show. */
function checkProvisioners(
  resource: ConfiguredResourceJson,
  plan: PlanJson,
  allowed: AllowList,
): PlanFinding[] {
  const { address, type, provisioners } = resource;
  const isNullResource = type === "null_resource" && providersOf(resource, plan).every(isNullProvider);
  return provisioners.flatMap(({ type: program, expressions }): PlanFinding[] => {
    if (isNullResource && isOwnProvisioner(program, expressions))
      return checkDeclaration(address, expressions, plan);
    if (allowed.allows("provisioner", address)) return [];
    return [{ address, what: `the provisioner ${program}`, permission: `provisioner=${address}` }];
  });
}

/** How many addresses are named for each thing. */
const MOST_ADDRESSES = 3;

function describe(findings: readonly PlanFinding[]): PlanFault {
  const addresses = new Map<string, Set<string>>();
  for (const { address, what } of findings)
    addresses.set(what, (addresses.get(what) ?? new Set()).add(resourceAddress(address)));
  const things = [...addresses].map(([what, all]) => {
    const more = all.size > MOST_ADDRESSES ? ` and ${all.size - MOST_ADDRESSES} more` : "";
    return `${what} (${[...all].slice(0, MOST_ADDRESSES).join(", ")}${more})`;
  });
  const permissions = [...new Set(findings.flatMap(({ permission }) => permission ?? []))];
  const options = permissions.map((permission) => `--allow ${quoted(permission)}`).join(" ");
  return {
    summary: `The plan holds what is not allowed: ${things.join("; ")}`,
    detail: `Remove it from the configuration and the state, and plan again.${options === "" ? "" : ` If it is meant, the owner of the pipeline adds it to allow in the settings: ${permissions.join(", ")}. Without a pipeline, plan-report and guard take ${options}`}`,
  };
}

/** For a shell, if it needs that. */
function quoted(argument: string): string {
  return /^[\w./:=-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
