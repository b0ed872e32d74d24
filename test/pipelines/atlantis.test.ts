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

test("an outdated branch is not planned, and nothing is applied", () => {
  const [repo] = server.repos;
  expect(repo?.plan_requirements).toEqual(["undiverged"]);
  const steps = server.workflows["genauth"]?.apply.steps ?? [];
  expect(steps).toEqual([
    { run: expect.stringMatching(/^echo "Nothing was applied\. .*" && exit 1$/) as unknown },
  ]);
});

test("a plan has the reading key, the server has no other, and their scripts exist", () => {
  const { plan } = server.workflows["genauth"] ?? {};
  expect(secretsOf(plan)).toEqual(["genauth-read/id", "genauth-read/secret"]);
  expect(secretsOf(server)).toEqual(secretsOf(plan));
  // Synth runs code of the pull request, so it comes before the key.
  const [synth] = plan?.steps ?? [];
  expect(JSON.stringify(synth)).toContain("pipeline synth --settings /opt/genauth/genauth.pipeline.yaml");
  // Whatever the checkout has, the tool and the settings are those of the server.
  const called = [
    ...atlantisText("repos.yaml").matchAll(/(\S*)genauth-users pipeline (\w+).* --settings (\S+)/g),
  ];
  expect(called.map(([, tool, job, settings]) => [tool, job, settings])).toEqual([
    ["/opt/genauth/node_modules/.bin/", "synth", "/opt/genauth/genauth.pipeline.yaml"],
    ["/opt/genauth/node_modules/.bin/", "plan", "/opt/genauth/genauth.pipeline.yaml"],
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
