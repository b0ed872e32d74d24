import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PIPELINES } from "../../support/pipelines/workflow";

// The keys that our files use, of those in Atlantis's reference: runatlantis.io/docs/server-side-repo-config,
// …/repo-level-atlantis-yaml and …/custom-workflows. Atlantis refuses a file with a key that it does not know.

/** A step of a workflow: a variable for later steps, or a shell command. */
const step = z.union([
  z.strictObject({ env: z.strictObject({ name: z.string(), command: z.string() }) }),
  z.strictObject({ run: z.string() }),
  z.strictObject({ run: z.strictObject({ command: z.string(), output: z.enum(["show", "hide"]) }) }),
]);
const stage = z.enum(["plan", "apply", "import", "state_rm"]);
const workflowSteps = z.strictObject({ steps: z.array(step) });

const requirement = z.enum(["approved", "mergeable", "undiverged"]);

/** The server's --repo-config. */
export const serverConfiguration = z.strictObject({
  repos: z.array(
    z
      .strictObject({
        id: z.string(),
        branch: z.string().regex(/^\/.*\/$/),
        plan_requirements: z.array(requirement),
        apply_requirements: z.array(requirement),
        allowed_overrides: z.array(z.string()),
        allow_custom_workflows: z.boolean(),
        workflow: z.string(),
        repo_locks: z.strictObject({ mode: z.enum(["disabled", "on_plan", "on_apply"]) }),
      })
      .partial(),
  ),
  workflows: z.record(z.enum(["genauth", "refused"]), z.record(stage, workflowSteps)),
});

/** The repository's atlantis.yaml. How its project is planned and applied is not its to say: it has no workflow. */
export const repositoryConfiguration = z.strictObject({
  version: z.literal(3),
  projects: z.array(
    z.strictObject({
      name: z.string(),
      dir: z.string(),
      autoplan: z.strictObject({ when_modified: z.array(z.string()) }),
    }),
  ),
});

/** A step of a workflow. */
export type AtlantisStep = z.infer<typeof step>;

/** The text of one of Atlantis's files. */
export function atlantisText(name: "atlantis.yaml" | "repos.yaml" | "step.sh"): string {
  return readFileSync(join(PIPELINES, "atlantis", name), "utf8");
}
