import { describe, expect, test } from "@jest/globals";
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

describe("the headline", () => {
  /** What is reported of a plan with these configurations, and whether the headline names a host. */
  const reportAt = (host: string | undefined, ...configured: readonly object[]) => {
    const report = reportOnPlan(planAt(...configured), { host });
    const [headline = ""] = renderText(stackDocument(report)).split("\n\n");
    return { hosts: report.hosts, headline };
  };
  const NO_HOST = expect.not.stringContaining("; at ");

  test("names no host that was expected, however it is written", () => {
    const expected = reportAt("https://own.example/", constant("own.example"));
    expect(expected).toEqual({ hosts: [], headline: NO_HOST });
  });

  test("names no host if there is one, and none was expected", () => {
    expect(reportAt(undefined, constant("https://own.example"))).toEqual({ hosts: [], headline: NO_HOST });
  });

  test("names no host if the configuration has none, or only the engine knows it", () => {
    expect(reportAt("https://own.example")).toEqual({ hosts: [], headline: NO_HOST });
    const unknown = { references: ["aws_x.y.z", "aws_x.y"] };
    expect(reportAt("own.example", unknown)).toEqual({ hosts: [], headline: NO_HOST });
  });

  test.each([
    { given: "itself", host: constant("https://other.example"), named: "https://other.example" },
    { given: "by a variable", host: { references: ["var.host"] }, named: "https://by-variable.example" },
  ])("names another host than the expected one, which is given $given", ({ host, named }) => {
    expect(reportAt("own.example", host)).toEqual({
      hosts: [named],
      headline: expect.stringContaining(`; at ${named}`),
    });
  });

  test("names two hosts, of which one is an alias'", () => {
    const own = "https://own.example";
    const other = "https://other.example";
    const { hosts, headline } = reportAt(undefined, constant(own), constant(other));
    expect(hosts).toEqual([own, other]);
    expect(headline).toContain(own);
    expect(headline).toContain(other);
  });
});
