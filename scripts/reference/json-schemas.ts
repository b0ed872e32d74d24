import * as z from "zod";
import { PipelineSettingsSchema } from "../../src/pipeline";
import { DriftReportSchema, PlanReportSchema } from "../../src/reports";
import { ServiceReportSchema } from "../../src/service";

/** What the reports hold as JSON, by the name of the report. */
const REPORTS: Readonly<Record<string, z.ZodType>> = {
  "plan-report": PlanReportSchema,
  "drift-report": DriftReportSchema,
  "service-report": ServiceReportSchema,
};

/** What people write, by the name of the file. */
const SETTINGS: Readonly<Record<string, z.ZodType>> = { "pipeline-settings": PipelineSettingsSchema };

/** The JSON schemas of reports and settings, by their names in `docs/`. */
export function renderJsonSchemas(): ReadonlyMap<string, string> {
  return new Map([
    ...Object.entries(REPORTS).map(([name, schema]) => renderJsonSchema(name, schema, "output")),
    ...Object.entries(SETTINGS).map(([name, schema]) => renderJsonSchema(name, schema, "input")),
  ]);
}

function renderJsonSchema(name: string, schema: z.ZodType, io: "input" | "output"): [string, string] {
  const content = { title: `cdktf-genauth ${name}`, ...z.toJSONSchema(schema, { io }) };
  return [`${name}.schema.json`, `${JSON.stringify(content, undefined, 2)}\n`];
}
