import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { judgeAudit } from "../../../scripts/audit/audit";
import { npmAudit, type NpmAudit } from "../../../scripts/audit/npm-audit";
import { serveHttp } from "../../support/http-server";

const ROOT = join(__dirname, "../../..");

/** The advisories of a registry by package, or that it offers no audit. */
type Known = Readonly<Record<string, string>> | "no audit";

/** Runs the real npm on the real lock file, with a registry on loopback. It takes seconds. */
async function auditAgainst(known: Known): Promise<NpmAudit> {
  const registry = await serveHttp((request, response) => {
    if (request.url !== "/-/npm/v1/security/advisories/bulk") response.writeHead(404).end("{}");
    else if (known === "no audit") response.writeHead(405).end();
    else response.end(JSON.stringify(advisoriesOf(known)));
  });
  return npmAudit(ROOT, { ...process.env, npm_config_registry: registry });
}

function judge(result: NpmAudit, required = false): { passed: boolean; output: string } {
  const lines: string[] = [];
  const passed = judgeAudit(result, { root: ROOT, required, say: (line) => void lines.push(line) });
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
  const result = await auditAgainst({
    msgpackr: "moderate",
    "csv-parse": "high",
    yaml: "low",
    jest: "critical",
  });
  const { passed, output } = judge(result);
  expect(passed).toBe(false);
  const [fatal, reported] = output.split("Not a failure");
  expect(fatal).toContain("reach users (2)");
  expect(fatal).toContain("  msgpackr: moderate, a weakness (https://advisories.example/0)");
  expect(fatal).toContain("  csv-parse: high");
  expect(reported).toContain("  yaml: low");
  expect(reported).toContain("  jest: critical");

  if (result.kind !== "checked") throw new Error("npm did not audit.");
  const ofTools = result.advisories.filter((advisory) => advisory.package === "jest");
  const alone = judge({ ...result, advisories: ofTools });
  expect(alone.passed).toBe(true);
  expect(alone.output).toMatch(
    / {2}jest: critical.*\nNo relevant vulnerability is known in the \d\d+ packages/s,
  );
});

test("a registry that offers no audit is no failure, unless one is required", async () => {
  const result = await auditAgainst("no audit");
  for (const required of [false, true]) {
    const { passed, output } = judge(result, required);
    expect(passed).toBe(!required);
    expect(output).toMatch(/^No package could be checked, because the registry returned no audit: 405 /);
  }
});
