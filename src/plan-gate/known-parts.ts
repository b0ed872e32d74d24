import { type ConfiguredModule, type PlanJson, priorObjects, resourceAddress } from "../terraform-json";
import type { PlanFault } from "./plan-fault";

/*
 * The parts of a plan in which something can run, read, send or change something, as far as this version
 * knows them. Whatever does is declared in the configuration, or was left in the state by an earlier one. So
 * a block of the configuration must hold nothing else, and an object of a state or of a change must be of a
 * mode that is known, and do what is known. Everything else that an engine writes says no more, and a new
 * version may add to it.
 *
 * Source: the JSON tags in `jsonplan`, `jsonconfig` and `jsonstate` of Terraform 1.16.4 and OpenTofu 1.12.6.
 */
const MODES = ["managed", "data", "ephemeral"];
const ACTIONS = ["no-op", "create", "read", "update", "delete", "forget", "open"];
const REPEATED = ["count_expression", "for_each_expression", "depends_on"];
const PROVIDED = ["provider_config_key", "provider_config_keys"];
const BLOCKS = {
  module: ["resources", "actions", "module_calls", "outputs", "variables"],
  call: ["source", "version_constraint", "module", "expressions", ...REPEATED],
  action: ["address", "type", "name", "expressions", ...PROVIDED, ...REPEATED],
  resource: [
    ...["address", "mode", "type", "name", "expressions", "schema_version", "provisioners"],
    ...PROVIDED,
    ...REPEATED,
  ],
  provisioner: ["type", "expressions"],
};

/**
 * Finds what this version does not know, in the places in which something can run, read, send or change
 * something.
 *
 * @param modules of the plan's configuration; undefined: it has none
 */
export function findUnknownPart(
  plan: PlanJson,
  modules: readonly ConfiguredModule[] | undefined,
): PlanFault | undefined {
  const [unknown] = [...unknownObjects(plan), ...(modules?.flatMap(unknownBlocks) ?? ["no configuration"])];
  if (unknown === undefined) return undefined;
  return {
    summary: `The plan holds something that this version does not know: ${unknown}`,
    detail:
      "Give the output of terraform show -json for a saved plan. If it is that, update cdktf-genauth, or use an engine that this version knows.",
  };
}

function unknownObjects(plan: PlanJson): string[] {
  const deferred = plan.deferred_changes.map(({ resource_change }) => resource_change);
  const changes = [...plan.resource_changes, ...plan.resource_drift, ...deferred];
  return [
    ...[...changes, ...priorObjects(plan)].flatMap((object) => {
      const address = resourceAddress(object.address);
      if (!MODES.includes(object.mode)) return [`the mode ${object.mode} of ${address}`];
      return object.provider_name === undefined ? [`${address}, without a provider`] : [];
    }),
    ...changes.flatMap(({ address, change }) =>
      change.actions
        .filter((action) => !ACTIONS.includes(action))
        .map((action) => `the action ${action} on ${resourceAddress(address)}`),
    ),
  ];
}

function unknownBlocks({ address, json, call, resources, actions }: ConfiguredModule): string[] {
  const name = address === "" ? "the root module" : address;
  return [
    ...othersIn(json, BLOCKS.module, name),
    ...othersIn(call ?? {}, BLOCKS.call, `the call of ${name}`),
    ...actions.flatMap((action) => othersIn(action, BLOCKS.action, action.address)),
    ...resources.flatMap((resource) => othersIn(resource, BLOCKS.resource, resource.address)),
    ...resources.flatMap(({ address: its, provisioners }) =>
      provisioners.flatMap((one) =>
        othersIn(one, BLOCKS.provisioner, `the provisioner ${one.type} of ${its}`),
      ),
    ),
    ...resources
      .filter(({ mode }) => !MODES.includes(mode))
      .map((resource) => `the mode ${resource.mode} of ${resource.address}`),
  ];
}

function othersIn(block: object, known: readonly string[], where: string): string[] {
  return Object.keys(block)
    .filter((key) => !known.includes(key))
    .map((key) => `${key} in ${where}`);
}
