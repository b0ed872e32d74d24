import * as z from "zod";
import { printable } from "./text";

/** An object whose keys are data. One may be `__proto__`, so it is only read entry by entry. */
const Values = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be an object",
);

const ResourceChange = z.object({
  address: z.string(),
  mode: z.string().default("managed"),
  type: z.string(),
  deposed: z.string().optional(),
  action_reason: z.string().optional(),
  change: z.object({
    actions: z.array(z.string()),
    before: Values.nullish(),
    after: Values.nullish(),
    after_unknown: z.unknown().optional(),
    before_sensitive: z.unknown().optional(),
    after_sensitive: z.unknown().optional(),
  }),
});

const Plan = z.object({
  format_version: z.string(),
  resource_changes: z.array(ResourceChange).default([]),
  configuration: z.unknown().optional(),
  errored: z.boolean().default(false),
});

const StateResource = z.object({
  address: z.string(),
  mode: z.string().default("managed"),
  type: z.string(),
  deposed_key: z.string().optional(),
  values: Values.nullish(),
  sensitive_values: z.unknown().optional(),
});

/** One object of a state, as `terraform show -json` writes it. */
export type StateResourceJson = z.infer<typeof StateResource>;

interface StateModule {
  readonly resources: readonly StateResourceJson[];
  readonly child_modules: readonly StateModule[];
}

const StateModule: z.ZodType<StateModule> = z.object({
  resources: z.array(StateResource).default([]),
  child_modules: z.array(z.lazy(() => StateModule)).default([]),
});

const State = z.object({
  format_version: z.string(),
  values: z.object({ root_module: StateModule.prefault({}) }).optional(),
});

/** The parts of a plan, as `terraform show -json FILE` writes it, that concern user sets. */
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
  const json = parseJson(text, hint);
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
  const json = parseJson(text, STATE_HINT);
  if ("resource_changes" in json) throw new Error(`This is a plan, not a state. ${STATE_HINT}`);
  if ("version" in json && "lineage" in json) throw new Error(`This is a raw state file. ${STATE_HINT}`);
  if (!("format_version" in json)) throw new Error(`This is not a state. ${STATE_HINT}`);
  const state = checked(State, json, STATE_HINT);
  return state.values ? resourcesOf(state.values.root_module) : [];
}

const PLAN_HINT =
  "Write the plan to a file and give its JSON: terraform plan -out=tfplan && terraform show -json tfplan | genauth-users plan-report -";
const STATE_HINT = "Give the state's JSON: terraform show -json | genauth-users drift --state -";

/** The supported major version; a new one may change anything (source: Terraform's "JSON Output Format" page). */
const SUPPORTED_FORMAT = /^1\.\d+$/;

function parseJson(text: string, hint: string): Readonly<Record<string, unknown>> {
  if (text.trim() === "") throw new Error(`There is nothing to read. ${hint}`);
  if (text.startsWith("PK")) throw new Error(`This is the plan file itself, not its JSON. ${hint}`);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`This is not JSON. ${hint}`);
  }
  return checked(Values, json, hint);
}

function checked<T>(schema: z.ZodType<T>, json: unknown, hint: string): T {
  const { data, error } = schema.safeParse(json);
  if (error) {
    const [issue] = error.issues;
    const where = issue && issue.path.length > 0 ? ` at ${z.core.toDotPath(issue.path)}` : "";
    throw new Error(
      `This is not the expected JSON${where}: ${issue?.message ?? "the structure is unknown"}. ${hint}`,
    );
  }
  checkFormat(data);
  return data;
}

function checkFormat(data: unknown): void {
  const version =
    typeof data === "object" && data !== null && "format_version" in data ? data.format_version : undefined;
  if (typeof version === "string" && !SUPPORTED_FORMAT.test(version)) {
    throw new Error(
      `The JSON has format_version ${printable(version)}; this version of genauth-users reads 1.x. Update cdktf-genauth.`,
    );
  }
}

function resourcesOf(module: StateModule): StateResourceJson[] {
  return [...module.resources, ...module.child_modules.flatMap(resourcesOf)];
}
