import * as z from "zod";
import { toDotPath } from "zod/v4/core";
import { parseJson, printable } from "../text";
import { hintForOutput } from "./engine-output";

/** An object whose keys are data. One may be `__proto__`, so it is only read entry by entry. */
export const Values = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be an object",
);

/** A new major version may change anything (source: Terraform's "JSON Output Format" page). */
const FormatVersion = z.string().regex(/^1\.\d+$/, {
  error: ({ input }) =>
    `${printable(String(input))} is not 1.x, which this version of cdktf-genauth reads; update cdktf-genauth`,
});

const ResourceChange = z.object({
  address: z.string(),
  previous_address: z.string().optional(),
  mode: z.string().default("managed"),
  type: z.string(),
  provider_name: z.string().optional(),
  deposed: z.string().optional(),
  action_reason: z.string().optional(),
  change: z.object({
    actions: z.array(z.string()),
    importing: z.unknown().optional(),
    before: Values.nullish(),
    after: Values.nullish(),
    after_unknown: z.unknown().optional(),
    before_sensitive: z.unknown().optional(),
    after_sensitive: z.unknown().optional(),
  }),
});

const ActionInvocation = z.object({
  address: z.string(),
  type: z.string().default(""),
  provider_name: z.string().optional(),
});

const StateResource = z.object({
  address: z.string(),
  mode: z.string().default("managed"),
  type: z.string(),
  provider_name: z.string().optional(),
  deposed_key: z.string().optional(),
  values: Values.nullish(),
  sensitive_values: z.unknown().optional(),
});

/** One object of a state, as `terraform show -json` writes it. */
export type StateResourceJson = z.infer<typeof StateResource>;

const StateModule = z.object({
  resources: z.array(StateResource).default([]),
  get child_modules(): z.ZodDefault<z.ZodArray<typeof StateModule>> {
    return z.array(StateModule).default([]);
  },
});

const State = z.object({
  format_version: FormatVersion,
  values: z.object({ root_module: StateModule.prefault({}) }).optional(),
});

const Plan = z.object({
  format_version: FormatVersion,
  timestamp: z.string().optional(),
  resource_changes: z.array(ResourceChange).default([]),
  resource_drift: z.array(ResourceChange).default([]),
  deferred_changes: z.array(z.object({ resource_change: ResourceChange })).default([]),
  output_changes: Values.optional(),
  action_invocations: z.array(ActionInvocation).default([]),
  deferred_action_invocations: z.array(z.object({ action_invocation: ActionInvocation })).default([]),
  prior_state: State.optional(),
  variables: Values.optional(),
  /** What the engine found to have contributed to the changes, also through local values. */
  relevant_attributes: z.array(z.object({ resource: z.string() })).default([]),
  configuration: z
    .object({ root_module: z.unknown().optional(), provider_config: Values.default({}) })
    .optional(),
  /**
   * Whether everything is planned, so that no further plan and apply are needed; absent if the engine does
   * not say it.
   */
  complete: z.boolean().optional(),
  /** Whether the engine would apply it; absent if it does not say it. */
  applyable: z.boolean().optional(),
  errored: z.boolean().default(false),
});

/** In place of the plan that a run did not write. */
export const NO_PLAN = Plan.parse({ format_version: "1.2", errored: true });

/** The parts of a plan, as `terraform show -json FILE` writes it, that a report reads. */
export type PlanJson = z.infer<typeof Plan>;

/** What a plan does to one object. */
export type ResourceChangeJson = z.infer<typeof ResourceChange>;

/**
 * Reads a plan in Terraform's or OpenTofu's JSON.
 *
 * @param hint what to do if the text is not a plan; default how to make one
 * @throws Error if the text is not such a plan
 */
export function parsePlan(text: string, hint = PLAN_HINT): PlanJson {
  const json = readValues(text, hint);
  if (!("resource_changes" in json) && !("planned_values" in json)) {
    throw new Error(`${"values" in json ? "This is a state, not a plan" : "This is not a plan"}. ${hint}`);
  }
  return checked(Plan, json, hint);
}

/**
 * Reads the objects of a state in Terraform's or OpenTofu's JSON, from all modules.
 *
 * @throws Error if the text is not such a state
 */
export function parseState(text: string): StateResourceJson[] {
  const json = readValues(text, STATE_HINT);
  if ("resource_changes" in json) throw new Error(`This is a plan, not a state. ${STATE_HINT}`);
  if ("version" in json && "lineage" in json) throw new Error(`This is a raw state file. ${STATE_HINT}`);
  if (!("format_version" in json)) throw new Error(`This is not a state. ${STATE_HINT}`);
  return objectsOf(checked(State, json, STATE_HINT));
}

/** The objects of the refreshed state before the changes of a plan, from all modules. */
export function priorObjects({ prior_state }: PlanJson): StateResourceJson[] {
  return prior_state ? objectsOf(prior_state) : [];
}

/** Removes the instance keys from the address of an object, which leaves the address of its resource. */
export function resourceAddress(address: string): string {
  return address.replaceAll(INSTANCE_KEY, "");
}

const INSTANCE_KEY = /\[(?:\d+|"(?:\\.|[^"\\])*")\]/g;

export const PLAN_HINT =
  "Save the plan and its messages, and give both: terraform plan -json -out=tfplan >messages.jsonl, and cdktf-genauth plan-report tfplan --messages messages.jsonl.";
const STATE_HINT = "Give the state's JSON, as terraform show -json prints it.";

function readValues(text: string, hint: string): Readonly<Record<string, unknown>> {
  if (text.trim() === "") throw new Error(`There is nothing to read. ${hint}`);
  if (text.startsWith("PK")) throw new Error(`This is the plan file itself, not its JSON. ${hint}`);
  const json = parseJson(text);
  if (json === undefined) throw new Error(`This is not JSON. ${hintForOutput(text, hint)}`);
  return checked(Values, json, hint);
}

/** Reads a part of a plan or a state. @throws Error that says where it is not as expected, and `hint` */
export function checked<T>(schema: z.ZodType<T>, json: unknown, hint: string): T {
  const { data, error } = schema.safeParse(json);
  if (error) {
    const [issue] = error.issues;
    const where = issue && issue.path.length > 0 ? ` at ${toDotPath(issue.path)}` : "";
    throw new Error(
      `This is not the expected JSON${where}: ${issue?.message ?? "the structure is unknown"}. ${hint}`,
    );
  }
  return data;
}

function objectsOf({ values }: z.infer<typeof State>): StateResourceJson[] {
  return values ? resourcesOf(values.root_module) : [];
}

function resourcesOf(module: z.infer<typeof StateModule>): StateResourceJson[] {
  return [...module.resources, ...module.child_modules.flatMap(resourcesOf)];
}
