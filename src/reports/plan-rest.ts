import * as z from "zod";
import { compact } from "../lists";
import { isOwnProvisioner } from "../payload";
import {
  configuredProviders,
  type ConfiguredResourceJson,
  configuredResources,
  type PlanJson,
  priorObjects,
  resourceAddress,
  type ResourceChangeJson,
} from "../terraform-json";
import { isUserSet } from "./set-snapshot";

/** What a plan can do besides: how a list calls it, and a sentence, before and after the number. */
export const REST_KINDS = {
  resource: { what: "another resource", does: "changes", noun: "other resource", more: "" },
  user_set: { what: "a user set, with its users", does: "moves or imports", noun: "user set", more: "" },
  provisioner: { what: "a provisioner, which runs", does: "runs", noun: "provisioner", more: "" },
  action: { what: "an action, which runs", does: "invokes", noun: "action", more: "" },
  data_source: { what: "a data source", does: "reads", noun: "data source", more: "" },
  ephemeral: { what: "an ephemeral resource", does: "opens", noun: "ephemeral resource", more: "" },
  drift: { what: "changed outside of Terraform", does: "takes over", noun: "change", more: " from outside" },
  deferred: { what: "left to a later plan", does: "defers", noun: "change", more: "" },
  provider: { what: "a new provider, which runs", does: "starts", noun: "new provider", more: "" },
  output: { what: "an output", does: "changes", noun: "output", more: "" },
} as const;

/** Something that a plan does besides changing user sets. */
export const RestOfPlan = z.object({
  kind: z
    .literal(Object.keys(REST_KINDS) as (keyof typeof REST_KINDS)[])
    .describe(
      "`drift`: changed outside of Terraform, which apply writes into the state. `deferred`: left to a later plan.",
    ),
  address: z.string().describe("With --redact, without the keys of instances."),
  action: z
    .string()
    .describe(
      "Such as `create`, `update`, `replace`, `delete`, `forget`, `import`, `move`, `read` and `start`; of a provisioner, its type: `local-exec`.",
    ),
});

export type RestOfPlan = z.infer<typeof RestOfPlan>;

/** The provider's data source. It only reads the pool, so no report mentions it. */
const OWN_DATA_SOURCE = "genauth_users";

/**
 * Lists what a plan does besides changing user sets, in the plan's order: whatever can run, send or change
 * something.
 */
export function readRestOfPlan(plan: PlanJson): RestOfPlan[] {
  const changes = readChanges(plan);
  const read = new Set(changes.map(({ address }) => resourceAddress(address)));
  const opened = (configuredResources(plan) ?? []).flatMap(({ mode, type, address }): RestOfPlan[] => {
    if (mode === "managed" || read.has(address) || isOwnData(mode, type)) return [];
    const isData = mode === "data";
    return [{ kind: isData ? "data_source" : "ephemeral", address, action: isData ? "read" : "open" }];
  });
  return [...changes, ...opened, ...newProviders(plan), ...readOtherEffects(plan)];
}

/** The providers of a stack of this package. */
const OWN_PROVIDERS = /\/(?:genauth|hashicorp\/null)$|^terraform\.io\/builtin\/terraform$/;

/** Providers of which the state holds nothing yet. Each is a program that runs at plan and at apply. */
function newProviders(plan: PlanJson): RestOfPlan[] {
  const known = new Set(
    priorObjects(plan).flatMap(({ mode, provider_name }) => (mode === "managed" ? [provider_name] : [])),
  );
  const names = [...configuredProviders(plan).values()].map(({ full_name }) => full_name);
  return [...new Set(names)]
    .filter((name) => !known.has(name) && !OWN_PROVIDERS.test(name))
    .map((name) => ({ kind: "provider", address: name, action: "start" }));
}

function readChanges(plan: PlanJson): RestOfPlan[] {
  const configured = configuredResources(plan) ?? [];
  const provisioners = new Map(configured.map((resource) => [resource.address, foreignOf(resource)]));
  return plan.resource_changes.flatMap((change) => {
    const types = provisioners.get(resourceAddress(change.address)) ?? [];
    return compact(changeOf(change), ...provisionersOf(change, types));
  });
}

function readOtherEffects(plan: PlanJson): RestOfPlan[] {
  return [
    ...plan.resource_drift.filter(isForeign).flatMap(({ address, change }): RestOfPlan[] => {
      const action = actionOf(change.actions);
      return action === undefined ? [] : [{ kind: "drift", address, action }];
    }),
    ...plan.deferred_changes.map(({ resource_change: { address, change } }): RestOfPlan => ({
      kind: "deferred",
      address,
      action: actionOf(change.actions) ?? "read",
    })),
    ...[
      ...plan.action_invocations,
      ...plan.deferred_action_invocations.map(({ action_invocation }) => action_invocation),
    ].map(({ address }): RestOfPlan => ({ kind: "action", address, action: "invoke" })),
    ...Object.entries(plan.output_changes ?? {}).flatMap(([name, output]): RestOfPlan[] => {
      const { data } = OutputChange.safeParse(output);
      const action = actionOf(data?.actions ?? ["update"]);
      return action === undefined ? [] : [{ kind: "output", address: `output.${name}`, action }];
    }),
  ];
}

const OutputChange = z.object({ actions: z.array(z.string()) });

/** The types of a resource's provisioners that a stack has not added to a set. */
function foreignOf({ type, provisioners }: ConfiguredResourceJson): string[] {
  return provisioners
    .filter((one) => type !== "null_resource" || !isOwnProvisioner(one.type, one.expressions))
    .map((one) => one.type);
}

function isOwnData(mode: string, type: string): boolean {
  return mode === "data" && type === OWN_DATA_SOURCE;
}

function isForeign({ mode, type, change }: ResourceChangeJson): boolean {
  if (isOwnData(mode, type)) return false;
  return mode !== "managed" || !isUserSet(type, change.after) || !isUserSet(type, change.before);
}

function changeOf(resource: ResourceChangeJson): RestOfPlan | undefined {
  const { mode, address, previous_address, deposed, change } = resource;
  const moved = previous_address === undefined ? undefined : "move";
  const imported = change.importing === undefined || change.importing === null ? undefined : "import";
  // A set that is moved or imported is the same set before and after it.
  const action = (isForeign(resource) ? actionOf(change.actions) : undefined) ?? imported ?? moved;
  const ofResource = isForeign(resource) ? "resource" : "user_set";
  const kind = mode === "data" ? "data_source" : ofResource;
  if (action === undefined) return undefined;
  return { kind, address: deposed === undefined ? address : `${address} (deposed)`, action };
}

/** The plan does not say when a provisioner runs, so each counts for a creation and for a destruction. */
function provisionersOf({ address, change }: ResourceChangeJson, types: readonly string[]): RestOfPlan[] {
  const runs = change.actions.some((action) => action === "create" || action === "delete");
  return runs ? types.map((type) => ({ kind: "provisioner", address, action: type })) : [];
}

/** One word for the actions of a change; undefined if nothing changes. */
function actionOf(actions: readonly string[]): string | undefined {
  const text = actions.join(",");
  if (text === "no-op") return undefined;
  return actions.length > 1 ? (actions.includes("forget") ? text : "replace") : text;
}
