import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { PIPELINES } from "../../support/pipelines/workflow";

// The allowed keys are those of Atlantis's reference, without hooks, policies and deprecated keys:
// runatlantis.io/docs/server-side-repo-config, …/repo-level-atlantis-yaml and …/custom-workflows. Atlantis refuses a file
// with a key that it does not know.

const requirements = z.array(z.enum(["approved", "mergeable", "undiverged"]));
const repoLocks = z.strictObject({ mode: z.enum(["disabled", "on_plan", "on_apply"]) });
const command = {
  command: z.string(),
  shell: z.string().optional(),
  shellArgs: z.array(z.string()).optional(),
};

/** A step of a workflow: a command of Atlantis, a variable for later steps, or a shell command. */
const step = z.union([
  z.enum(["init", "plan", "apply", "import", "state_rm"]),
  z.strictObject({ env: z.strictObject({ name: z.string(), value: z.string() }) }),
  z.strictObject({ env: z.strictObject({ name: z.string(), ...command }) }),
  z.strictObject({ run: z.string() }),
  z.strictObject({
    run: z.strictObject({ ...command, output: z.enum(["show", "hide", "strip_refreshing"]).optional() }),
  }),
]);
const workflowSteps = z.strictObject({ steps: z.array(step) });
const workflow = z.strictObject({
  plan: workflowSteps.optional(),
  apply: workflowSteps.optional(),
  import: workflowSteps.optional(),
  state_rm: workflowSteps.optional(),
});

/** The server's --repo-config. */
export const serverConfiguration = z.strictObject({
  repos: z.array(
    z.strictObject({
      id: z.string(),
      branch: z
        .string()
        .regex(/^\/.*\/$/)
        .optional(),
      repo_config_file: z.string().optional(),
      workflow: z.string().optional(),
      plan_requirements: requirements.optional(),
      apply_requirements: requirements.optional(),
      import_requirements: requirements.optional(),
      allowed_overrides: z.array(z.string()).optional(),
      allowed_workflows: z.array(z.string()).optional(),
      allow_custom_workflows: z.boolean().optional(),
      delete_source_branch_on_merge: z.boolean().optional(),
      repo_locks: repoLocks.optional(),
      policy_check: z.boolean().optional(),
      custom_policy_check: z.boolean().optional(),
      silence_pr_comments: z.array(z.enum(["plan", "apply"])).optional(),
    }),
  ),
  workflows: z.record(z.string(), workflow).optional(),
});

/** The repository's atlantis.yaml. */
export const repositoryConfiguration = z.strictObject({
  version: z.literal(3),
  automerge: z.boolean().optional(),
  delete_source_branch_on_merge: z.boolean().optional(),
  projects: z
    .array(
      z.strictObject({
        name: z.string().optional(),
        branch: z.string().optional(),
        dir: z.string(),
        workspace: z.string().optional(),
        execution_order_group: z.int().optional(),
        repo_locks: repoLocks.optional(),
        autoplan: z
          .strictObject({ enabled: z.boolean().optional(), when_modified: z.array(z.string()).optional() })
          .optional(),
        terraform_version: z.string().optional(),
        plan_requirements: requirements.optional(),
        apply_requirements: requirements.optional(),
        import_requirements: requirements.optional(),
        workflow: z.string().optional(),
      }),
    )
    .optional(),
  workflows: z.record(z.string(), workflow).optional(),
});

/** A step of a workflow. */
export type AtlantisStep = z.infer<typeof step>;

/** The text of one of Atlantis's two files. */
export function atlantisText(name: "atlantis.yaml" | "repos.yaml"): string {
  return readFileSync(join(PIPELINES, "atlantis", name), "utf8");
}
