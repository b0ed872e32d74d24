import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { validateWorkflow } from "@action-validator/core";
import { expect, test } from "@jest/globals";
import { load as parse } from "js-yaml";
import { newFolder } from "../../support/at-end";
import type { Workflow } from "../../support/pipelines/workflow";

const text = readFileSync(join(__dirname, "../../../.github/workflows/publish.yml"), "utf8");
const workflow = parse(text) as Workflow;
const { publish: job, archives, ...others } = workflow.jobs;
const steps = job?.steps ?? [];

test("is valid by GitHub's schema", () => {
  // The checker's schema is older than attestations.
  expect(validateWorkflow(text.replace(/^ +attestations: write.*\n/m, "")).errors).toEqual([]);
});

test("runs for tags of versions only, after an approval, with the rights that provenance needs and no secret", () => {
  expect(workflow.on).toEqual({ push: { tags: ["v*"] } });
  expect(others).toEqual({});
  expect(job?.environment).toBe("npm");
  expect(workflow.permissions).toEqual({});
  expect(job?.permissions).toEqual({ contents: "read", "id-token": "write" });
  expect(archives?.needs).toBe("publish");
  expect(archives?.permissions).toEqual({
    contents: "write",
    "id-token": "write",
    attestations: "write",
  });
  expect(text.match(/secrets\.|\$\{\{.*/g)).toEqual(["${{ github.token }}"]);
});

test("uses pinned actions, and publishes with provenance after everything else", () => {
  const used = [...steps, ...(archives?.steps ?? [])].flatMap(({ uses }) => uses ?? []);
  for (const uses of used) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
  expect(steps.flatMap(({ run }) => run ?? []).slice(1)).toEqual([
    ".ci/run",
    "npm run audit",
    "npm publish --provenance --access public",
  ]);
});

test("attests every file of the release before it drafts it", () => {
  const [build, attest, draft] = archives?.steps.slice(-3) ?? [];
  expect(build?.run).toBe("npm ci && npm run release:build");
  expect(attest?.uses).toMatch(/^actions\/attest@/);
  expect(attest?.with).toEqual({ "subject-path": "release/*" });
  expect(draft?.run).toMatch(/^gh release create "\$GITHUB_REF_NAME" --draft --verify-tag .* release\/\*$/);
});

test.each([
  {
    what: "a tag of the version under its dated heading passes",
    tag: "v1.2.3",
    heading: "## 1.2.3 (2026-11-30)",
    says: "",
  },
  {
    what: "a tag of another version is refused",
    tag: "v1.2.4",
    heading: "## 1.2.3 (2026-11-30)",
    says: "The tag is v1.2.4, and package.json has the version 1.2.3.\n",
  },
  {
    what: "a heading without a date is refused",
    tag: "v1.2.3",
    heading: "## 1.2.3 (unreleased)",
    says: "CHANGELOG.md has no heading '## 1.2.3 (YYYY-MM-DD)'.\n",
  },
])("before it builds, $what", ({ tag, heading, says }) => {
  const [check = ""] = steps.flatMap(({ run }) => run ?? []);
  const folder = newFolder();
  writeFileSync(join(folder, "package.json"), '{ "version": "1.2.3" }');
  writeFileSync(join(folder, "CHANGELOG.md"), `# Changelog\n\n${heading}\n`);
  expect(stderrOf(check, folder, tag)).toBe(says);
});

/** Runs a step as GitHub does. */
function stderrOf(script: string, cwd: string, tag: string): string {
  try {
    execFileSync("bash", ["-e", "-c", script], {
      cwd,
      env: { ...process.env, GITHUB_REF_NAME: tag },
      stdio: "pipe",
    });
    return "";
  } catch (error) {
    return String((error as { readonly stderr: Buffer }).stderr);
  }
}
