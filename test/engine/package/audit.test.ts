import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { audit } from "../../../scripts/audit/audit";
import { serveHttp } from "../../support/http-server";

/** The advisories of a registry by package, or that it offers no audit. */
type Known = Readonly<Record<string, string>> | "no audit";

/** Runs the real npm on the real lock file, with a registry on loopback. */
async function auditAgainst(known: Known, required = false): Promise<{ passed: boolean; output: string }> {
  const registry = await serveHttp((request, response) => {
    if (request.url !== "/-/npm/v1/security/advisories/bulk") response.writeHead(404).end("{}");
    else if (known === "no audit") response.writeHead(405).end();
    else response.end(JSON.stringify(advisoriesOf(known)));
  });
  const lines: string[] = [];
  const passed = await audit({
    root: join(__dirname, "../../.."),
    environment: { ...process.env, npm_config_registry: registry },
    required,
    say: (line) => void lines.push(line),
  });
  return { passed, output: lines.join("\n") };
}

function advisoriesOf(known: Exclude<Known, string>): object {
  return Object.fromEntries(
    Object.entries(known).map(([name, severity], id) => [
      name,
      [
        {
          id,
          url: `https://advisories.example/${id}`,
          title: "a weakness",
          severity,
          vulnerable_versions: "*",
          cwe: [],
          cvss: { score: 0 },
        },
      ],
    ]),
  );
}

test("a vulnerability in a bundled or installed package is a failure; a low one, or one in a tool, is only reported", async () => {
  const weak = { msgpackr: "moderate", "csv-parse": "high", yaml: "low", jest: "critical" };
  const { passed, output } = await auditAgainst(weak);
  expect(passed).toBe(false);
  const [fatal, reported] = output.split("Not a failure");
  expect(fatal).toContain("reach users (2)");
  expect(fatal).toContain("  msgpackr: moderate, a weakness (https://advisories.example/0)");
  expect(fatal).toContain("  csv-parse: high");
  expect(reported).toContain("  yaml: low");
  expect(reported).toContain("  jest: critical");
});

test("vulnerabilities in tools alone are not a failure", async () => {
  const { passed, output } = await auditAgainst({ jest: "critical" });
  expect(passed).toBe(true);
  expect(output).toMatch(/ {2}jest: critical.*\nNo relevant vulnerability is known in the \d\d+ packages/s);
});

test.each([
  [false, true],
  [true, false],
])("if the registry offers no audit and one is required: %p, the result is %p", async (required, passes) => {
  const { passed, output } = await auditAgainst("no audit", required);
  expect(passed).toBe(passes);
  expect(output).toMatch(/^No package could be checked, because the registry returned no audit: 405 /);
});
