import { parseDeclaration } from "../null-resource";
import { isOwnProvisioner, pieceNames, triggersOf, Variable } from "../payload";
import { resourceAddress } from "../terraform-json";
import { type AllowList, impliedProvider, isNullProvider } from "./allow-list";
import {
  type ConfiguredObject,
  isLocal,
  PlanNotKnown,
  type PlanStructure,
  readPlanStructure,
} from "./plan-structure";

/** Why a plan must not be applied. It names no user: addresses are without instance keys. */
export interface PlanFault {
  /** One line, without a full stop. */
  readonly summary: string;
  /** What to do. */
  readonly detail: string;
}

/** Something in a plan that nobody allowed. */
interface PlanFinding {
  /** Where it is, such as `module.a.data.external.x`. */
  readonly address: string;
  /** What it is, such as `the data source external`. */
  readonly what: string;
  /** What an owner would allow, such as `data=external`; absent if it is wrong in itself. */
  readonly permission?: string;
}

/**
 * Checks that a plan holds nothing but what is allowed, whether or not this plan uses it: providers, resource types, data sources,
 * ephemeral resources, actions, modules of other origins, and provisioners. Whoever passes other users to the null resource's
 * command than its triggers show is found, too. What this version does not know is a fault.
 *
 * Not in a plan are the provisioners of `removed` blocks, and with Terraform ephemeral resources.
 *
 * @param json the output of `terraform show -json` for a saved plan
 * @returns undefined if it may be applied
 */
export function findPlanFault(json: string, allowed: AllowList): PlanFault | undefined {
  try {
    const plan = readPlanStructure(json);
    const findings = findNotAllowed(plan, allowed);
    return findings.length > 0 ? describe(findings) : findUnready(plan);
  } catch (error) {
    if (error instanceof PlanNotKnown) return { summary: error.summary, detail: error.detail };
    throw error;
  }
}

/** What an engine says of a plan that it would not carry out as a whole. */
function findUnready({ complete, applyable, errored, changes }: PlanStructure): PlanFault | undefined {
  // A plan that failed is neither, and its own errors say why.
  if (errored === true) return undefined;
  const detail =
    "Plan again, without -target or -exclude, and after the first apply of what others depend on.";
  if (!complete) return { summary: "The plan leaves a part to a later plan", detail };
  const isChanging = changes.some(({ change }) => change.actions.some((action) => !IDLE.has(action)));
  if (applyable !== false || !isChanging) return undefined;
  return { summary: "The engine would not apply the plan, although it changes something", detail };
}

const IDLE: ReadonlySet<string> = new Set(["no-op", "read"]);

function findNotAllowed(plan: PlanStructure, allowed: AllowList): PlanFinding[] {
  const ofState = [...plan.objects, ...plan.actions].map((one) => ({
    ...one,
    providers: [one.provider_name],
  }));
  const configured = [...plan.resources, ...plan.configuredActions].map((one) => ({
    ...one,
    providers: providersOf(one, plan),
  }));
  return [
    ...[...plan.providers.values()].flatMap(({ full_name, module_address, name }) =>
      checkProvider(full_name, [module_address, `provider.${name}`].filter(Boolean).join("."), allowed),
    ),
    ...[...ofState, ...configured].flatMap((object) => checkObject(object, allowed)),
    ...plan.modules.flatMap((module) => checkModule(module, allowed)),
    ...plan.resources.flatMap((resource) => checkProvisioners(resource, plan, allowed)),
  ];
}

const KINDS = { managed: "resource", data: "data", ephemeral: "ephemeral" } as const;

const KIND_NAMES = {
  resource: "the resource type",
  data: "the data source",
  ephemeral: "the ephemeral resource",
  action: "the action",
} as const;

/** The addresses of the providers that a resource or an action of the configuration may use. */
function providersOf(
  { provider_config_key: key, provider_config_keys: keys = [] }: Partial<ConfiguredObject>,
  { providers }: PlanStructure,
): string[] {
  return [...(key === undefined ? [] : [key]), ...keys].map(
    // A provider that nobody declared has no entry. The key is its name, after the module and before the alias.
    (one) => providers.get(one)?.full_name ?? impliedProvider(/^(?:.*:)?([^.:]*)/s.exec(one)?.[1] ?? one),
  );
}

/** Something with a type: an action, or with a mode an object of a resource or a data source. */
interface TypedObject {
  readonly address: string;
  readonly mode?: keyof typeof KINDS;
  readonly type: string;
  readonly providers: readonly string[];
}

function checkObject({ address, mode, type, providers }: TypedObject, allowed: AllowList): PlanFinding[] {
  const kind = mode === undefined ? "action" : KINDS[mode];
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
function checkModule(
  { address, source, folder }: PlanStructure["modules"][number],
  allowed: AllowList,
): PlanFinding[] {
  const isInside = isLocal(source) && !/^\.\.(?:\/|$)/.test(folder);
  if (isInside || allowed.allows("module", source)) return [];
  return [{ address, what: `the module ${source}, from elsewhere`, permission: `module=${source}` }];
}

function checkProvisioners(
  resource: ConfiguredObject,
  plan: PlanStructure,
  allowed: AllowList,
): PlanFinding[] {
  const { address, type, provisioners } = resource;
  const isNullResource = type === "null_resource" && providersOf(resource, plan).every(isNullProvider);
  const others = provisioners.filter(
    (one) => !(isNullResource && isOwnProvisioner(one.type, one.expressions)),
  );
  return [
    ...(allowed.allows("provisioner", address)
      ? []
      : others.map((one) => ({
          address,
          what: `the provisioner ${one.type}`,
          permission: `provisioner=${address}`,
        }))),
    ...provisioners
      .filter((one) => !others.includes(one))
      .flatMap(({ expressions }) => checkDeclaration(address, expressions ?? {}, plan)),
  ];
}

/** Compares the users that the null resource's command gets with those that reviewers see, where it replaces the set. */
function checkDeclaration(
  address: string,
  expressions: Readonly<Record<string, unknown>>,
  { changes }: PlanStructure,
): PlanFinding[] {
  const replaced = changes.filter(
    ({ address: its, mode, change }) =>
      mode === "managed" &&
      resourceAddress(its) === address &&
      change.actions.includes("delete") &&
      change.actions.includes("create"),
  );
  const declared = declaredTriggers(expressions);
  if (declared === undefined)
    return [{ address, what: "a declaration of its users that the command would refuse" }];
  return replaced.flatMap(({ address: its, change }) => {
    const shown = membersOf(membersOf(change.after).get("triggers"));
    const unknown = membersOf(change.after_unknown).get("triggers");
    // All of them are unknown, so the plan shows nobody, and approves nobody.
    if (unknown === true) return [];
    const names = new Set([...shown.keys(), ...membersOf(unknown).keys(), ...declared.keys()]);
    const differs = [...names].some((name) =>
      membersOf(unknown).get(name) === true ? !declared.has(name) : shown.get(name) !== declared.get(name),
    );
    return differs ? [{ address: its, what: "other users for its command than its triggers show" }] : [];
  });
}

/** The triggers of the users that a provisioner of this package declares; undefined if they cannot be read. */
function declaredTriggers(expressions: Readonly<Record<string, unknown>>): Map<string, unknown> | undefined {
  const variables = membersOf(membersOf(membersOf(expressions).get("environment")).get("constant_value"));
  const pieces = pieceNames(Variable.DECLARED).map((name) => variables.get(name));
  try {
    const { userIdType, users } = parseDeclaration(pieces.join(""));
    return membersOf(triggersOf(userIdType, Object.fromEntries(users)));
  } catch {
    // Whatever is wrong with it, the command would delete nobody.
    return undefined;
  }
}

function membersOf(value: unknown): Map<string, unknown> {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
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
    detail: `Remove it from the configuration and the state, and plan again.${options === "" ? "" : ` If it is meant, whoever owns the pipeline adds ${options}`}`,
  };
}

/** For a shell, if it needs that. */
function quoted(argument: string): string {
  return /^[\w./:=-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
