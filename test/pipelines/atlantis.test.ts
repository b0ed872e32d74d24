import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { micromark } from "micromark";
import { parse } from "yaml";
import { runChild } from "../support/engine/child";
import { atlantisText, repositoryConfiguration, serverConfiguration } from "./support/atlantis";
import { PIPELINES } from "../support/pipelines/workflow";

const server = serverConfiguration.parse(parse(atlantisText("repos.yaml")));

test("both files have only documented keys", () => {
  const project = repositoryConfiguration.parse(parse(atlantisText("atlantis.yaml")));
  expect(project.projects).toHaveLength(1);
  const misspelt = parse(atlantisText("repos.yaml").replace("repo_locks", "repo_lock")) as unknown;
  expect(serverConfiguration.safeParse(misspelt).success).toBe(false);
  const older = parse(atlantisText("atlantis.yaml").replace("version: 3", "version: 2")) as unknown;
  expect(repositoryConfiguration.safeParse(older).success).toBe(false);
});

test("the repository does not define how it is planned or applied", () => {
  const project = repositoryConfiguration.parse(parse(atlantisText("atlantis.yaml")));
  expect(project.workflows).toBeUndefined();
  expect(project.projects?.[0]?.workflow).toBeUndefined();
  const [repo] = server.repos;
  expect(repo).toMatchObject({ allowed_overrides: [], allow_custom_workflows: false });
  expect(Object.keys(server.workflows ?? {})).toContain(repo?.workflow);
});

test("an outdated branch is not planned, and nothing is applied", () => {
  const [repo] = server.repos;
  expect(repo?.plan_requirements).toEqual(["undiverged"]);
  const steps = server.workflows?.["genauth"]?.apply?.steps ?? [];
  expect(steps).toEqual([
    { run: expect.stringMatching(/^echo "Nothing was applied\. .*" && exit 1$/) as unknown },
  ]);
});

test("a plan has the reading key, the server has no other, and their scripts exist", () => {
  const { plan } = server.workflows?.["genauth"] ?? {};
  expect(secretsOf(plan)).toEqual(["genauth-read/id", "genauth-read/secret"]);
  expect(secretsOf(server)).toEqual(secretsOf(plan));
  // Synth runs code of the pull request, so it comes before the key.
  const [synth] = plan?.steps ?? [];
  expect(JSON.stringify(synth)).toContain("/opt/genauth/atlantis-synth.sh");
  const scripts = readdirSync(join(PIPELINES, "ci", "genauth"));
  const called = [...atlantisText("repos.yaml").matchAll(/\/opt\/genauth\/([\w-]+\.sh)/g)];
  expect(called.length).toBeGreaterThan(2);
  for (const [, script] of called) expect(scripts).toContain(script);
});

test.each(["```", "~~~", "   ````", "\t```", "``` \t", "+```", "```diff"])(
  "a line %j of a report does not end the block in which Atlantis shows it",
  async (line) => {
    const folder = mkdtempSync(join(tmpdir(), "genauth-atlantis-"));
    try {
      cpSync(join(PIPELINES, "ci", "genauth", "atlantis-report.sh"), join(folder, "atlantis-report.sh"));
      // The reports are there already.
      writeFileSync(join(folder, "report.sh"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
      mkdirSync(join(folder, "plan", "staff"), { recursive: true });
      const report = `1 user will be deleted\n${line}\n# Nobody leaves\n[approve](https://example.com)\n`;
      writeFileSync(join(folder, "plan", "staff", "report.txt"), report);
      const shown = await runChild(join(folder, "atlantis-report.sh"), [join(folder, "plan")], {
        cwd: folder,
        env: process.env as Record<string, string>,
      });
      expect(shown.code).toBe(0);

      // Source of the fences: Atlantis's templates for comments.
      const comment = micromark(`\`\`\`diff\n${shown.stdout}\n\`\`\`\n`);
      expect(comment).toContain("# Nobody leaves");
      expect(comment.match(/<pre>/g)).toHaveLength(1);
      expect(comment).not.toMatch(/<(h1|a)\b/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

function secretsOf(steps: unknown): string[] {
  return [...JSON.stringify(steps).matchAll(/\/run\/secrets\/([\w-]+\/\w+)/g)].map(([, name = ""]) => name);
}
