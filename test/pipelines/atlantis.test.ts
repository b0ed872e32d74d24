import { expect, test } from "@jest/globals";
import { micromark } from "micromark";
import { parse } from "yaml";
import { withoutFences } from "../../src/pipeline/programs";
import { atlantisText, repositoryConfiguration, serverConfiguration } from "./support/atlantis";

const server = serverConfiguration.parse(parse(atlantisText("repos.yaml")));

test("both files have only documented keys", () => {
  const project = repositoryConfiguration.parse(parse(atlantisText("atlantis.yaml")));
  expect(project.projects).toHaveLength(1);
  const misspelt = parse(atlantisText("repos.yaml").replace("repo_locks", "repo_lock")) as unknown;
  expect(serverConfiguration.safeParse(misspelt).success).toBe(false);
  const older = parse(atlantisText("atlantis.yaml").replace("version: 3", "version: 2")) as unknown;
  expect(repositoryConfiguration.safeParse(older).success).toBe(false);
});

test("a repository cannot define how it is planned or applied", () => {
  const [repo] = server.repos;
  expect(repo).toMatchObject({ allowed_overrides: [], allow_custom_workflows: false });
  expect(Object.keys(server.workflows)).toContain(repo?.workflow);
});

test("an outdated branch is neither planned nor applied, an apply is approved, and no other is planned until its merge", () => {
  const [repo] = server.repos;
  expect(repo).toMatchObject({
    plan_requirements: ["undiverged"],
    apply_requirements: ["approved", "mergeable", "undiverged"],
    repo_locks: { mode: "on_plan" },
  });
});

test("only an apply has the key that deletes, and their scripts exist", () => {
  const { plan, apply } = server.workflows["genauth"] ?? {};
  expect(secretsOf(plan)).toEqual(["genauth-read/id", "genauth-read/secret", "genauth-plan/key"]);
  expect(secretsOf(apply)).toEqual(["genauth/id", "genauth/secret", "genauth-plan/key"]);
  // Whatever the checkout has, the tool and the settings are those of the server.
  const called = [
    ...atlantisText("repos.yaml").matchAll(/(\S*)genauth-users pipeline (\w+)[^;]*? --settings (\S+)/g),
  ];
  expect(called.map(([, tool, job, settings]) => [tool, job, settings])).toEqual([
    ["/opt/genauth/node_modules/.bin/", "synth", "/opt/genauth/genauth.pipeline.yaml"],
    ["/opt/genauth/node_modules/.bin/", "plan", "/opt/genauth/genauth.pipeline.yaml"],
    ["/opt/genauth/node_modules/.bin/", "apply", "/opt/genauth/genauth.pipeline.yaml"],
  ]);
});

test.each(["```", "~~~", "   ````", "\t```", "``` \t", "+```", "```diff"])(
  "a line %j of a report does not end the block in which Atlantis shows it",
  (line) => {
    const report = `1 user will be deleted\n${line}\n# Nobody leaves\n[approve](https://example.com)\n`;
    // Source of the fences: Atlantis's templates for comments.
    const comment = micromark(`\`\`\`diff\n${withoutFences(report)}\n\`\`\`\n`);
    expect(comment).toContain("# Nobody leaves");
    expect(comment.match(/<pre>/g)).toHaveLength(1);
    expect(comment).not.toMatch(/<(h1|a)\b/);
  },
);

function secretsOf(steps: unknown): string[] {
  return [...JSON.stringify(steps).matchAll(/\/run\/secrets\/([\w-]+\/\w+)/g)].map(([, name = ""]) => name);
}
