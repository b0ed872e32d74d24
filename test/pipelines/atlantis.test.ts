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

test("a repository cannot define how it is planned or applied, and one without an entry runs nothing", () => {
  // The last entry that matches counts.
  const [others, repo] = server.repos;
  expect(others).toMatchObject({ id: "/.*/", allowed_overrides: [], allow_custom_workflows: false });
  expect([others?.workflow, repo?.workflow]).toEqual(["refused", "genauth"]);
  const { genauth, refused } = server.workflows;
  for (const each of [genauth.import, genauth.state_rm, ...Object.values(refused)])
    expect(each.steps).toEqual([{ run: expect.stringMatching(/ && exit 1$/) }]);
});

test("an outdated branch is neither planned nor applied, an apply is approved, and no other is planned until its merge", () => {
  expect(server.repos[1]).toMatchObject({
    plan_requirements: ["undiverged"],
    apply_requirements: ["approved", "mergeable", "undiverged"],
    repo_locks: { mode: "on_plan" },
  });
});

test("only an apply has the key that deletes, and the tool and the settings are those of the server", () => {
  const { plan, apply } = server.workflows.genauth;
  expect(secretsOf(plan)).toEqual(["genauth-read/id", "genauth-read/secret", "genauth-plan/key"]);
  expect(secretsOf(apply)).toEqual(["genauth/id", "genauth/secret", "genauth-plan/key"]);
  const steps = `${atlantisText("repos.yaml")}\n${atlantisText("step.sh")}`.replaceAll(/#.*/g, "");
  const used = steps.match(/\S*(?:genauth-users|step\.sh|pipeline\.yaml)/g) ?? [];
  expect(new Set(used.map((path) => path.startsWith("/opt/genauth/")))).toEqual(new Set([true]));
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
