import { expect, test } from "@jest/globals";
import { stackDocument, renderText, reportOnPlan } from "../../../src/reports";
import { parsePlan } from "../../../src/terraform-json";

const FULL_NAME = "registry.terraform.io/genauth/genauth";

/** A plan without users, whose configurations of the provider have these arguments. */
function planAt(...configured: readonly object[]) {
  const provider_config = Object.fromEntries(
    configured.map((host, at) => [`genauth.${at}`, { full_name: FULL_NAME, expressions: { host } }]),
  );
  const plan = { format_version: "1.2", resource_changes: [], configuration: { provider_config } };
  return parsePlan(
    JSON.stringify({ ...plan, variables: { host: { value: "https://by-variable.example/" } } }),
  );
}

const constant = (host: string) => ({ constant_value: host });

test.each<[what: string, configured: readonly object[], host: string | undefined, named: readonly string[]]>([
  ["none", [], "https://own.example", []],
  ["one, and none is expected", [constant("https://own.example")], undefined, []],
  ["the expected one", [constant("own.example")], "https://own.example/", []],
  ["another one", [constant("https://other.example")], "own.example", ["https://other.example"]],
  [
    "another one, by a variable",
    [{ references: ["var.host"] }],
    "own.example",
    ["https://by-variable.example"],
  ],
  ["one that only the engine knows", [{ references: ["aws_x.y.z", "aws_x.y"] }], "own.example", []],
  [
    "two, of which one is an alias'",
    [constant("https://own.example"), constant("https://other.example")],
    undefined,
    ["https://own.example", "https://other.example"],
  ],
])("the headline names hosts that a reviewer must notice: %s", (_, configured, host, named) => {
  const report = reportOnPlan(planAt(...configured), { host });
  expect(report.hosts).toEqual(named);
  const [headline = ""] = renderText(stackDocument(report)).split("\n\n");
  for (const one of named) expect(headline).toContain(one);
  expect(/; at /.test(headline)).toBe(named.length > 0);
});
