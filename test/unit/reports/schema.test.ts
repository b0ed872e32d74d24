import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import Ajv2020 from "ajv/dist/2020";
import * as z from "zod";
import { DriftReportSchema, joinReports, PlanReportSchema } from "../../../src/reports";
import { ServiceReportSchema } from "../../../src/service";
import { reportOf } from "../../support/reports/reports";

const DOCS = join(__dirname, "../../../docs");

/** The published schema, which `npm run generate` writes. */
function published(name: string, schema: z.ZodType): object {
  const file = join(DOCS, `${name}.schema.json`);
  const current = { title: `cdktf-genauth ${name}`, ...z.toJSONSchema(schema) };
  const text: unknown = JSON.parse(readFileSync(file, "utf8"));
  expect(text).toEqual(JSON.parse(JSON.stringify(current)));
  return current;
}

test("the published schema of a plan report accepts the report and nothing else", () => {
  const validate = new Ajv2020().compile(published("plan-report", PlanReportSchema));
  const stack = reportOf([{ id: "ada", other_id: "Ada" }], {
    warnings: [{ severity: "error", summary: "a", detail: "" }],
  });
  const report = joinReports([stack]);
  expect(validate(report)).toBe(true);
  expect(validate(joinReports([stack, stack]))).toBe(true);
  expect(validate({ ...report, verdict: "perhaps" })).toBe(false);
  expect(validate({ ...report, unheard_of: 1 })).toBe(false);
  expect(validate({ ...report, stacks: [{ ...stack, leavers: [{ id: "ada" }] }] })).toBe(false);
});

test("the published schema of doctor's report is the current one", () => {
  const validate = new Ajv2020().compile(published("service-report", ServiceReportSchema));
  expect(validate({ format_version: "1.0", verdict: "fine" })).toBe(false);
});

test("the published schema of a drift report is the current one", () => {
  const validate = new Ajv2020().compile(published("drift-report", DriftReportSchema));
  expect(validate({ format_version: "1.0", kind: "drift" })).toBe(false);
});
