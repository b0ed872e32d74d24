import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { KEYS_IN_CONSOLE, PUBLIC_HOSTS } from "../api/limits";
import { replaceFile } from "../files";
import { findPackageRoot } from "../install";
import { SETTINGS_FILE } from "./settings";

/** The platforms whose files `pipeline init` writes. */
export const PIPELINE_PLATFORMS = ["github", "gitlab", "atlantis"] as const;

/** A platform of {@link PIPELINE_PLATFORMS}. */
export type PipelinePlatform = (typeof PIPELINE_PLATFORMS)[number];

/** The folder of the tool, which has a lock file of its own, so that no package of a stack is in it. */
const TOOL = "ci/genauth";

const FILES: Readonly<Record<PipelinePlatform, readonly string[]>> = {
  github: [".github/workflows/genauth.yml", ".github/dependabot.yml"],
  gitlab: [".gitlab-ci.yml"],
  atlantis: ["atlantis.yaml", "repos.yaml"],
};

const LOCK_TOOL = `npm install --prefix ${TOOL} --ignore-scripts --omit=peer, and commit ${TOOL}/package-lock.json`;

const HOST = `Its host is ${PUBLIC_HOSTS.genauth}; for a pool of Authing, set ${PUBLIC_HOSTS.authing}. The console shows the id and the secret of a key: ${KEYS_IN_CONSOLE}.`;

const BACKEND =
  "Give each stack a backend that all jobs share and that locks the state, such as s3, gcs, azurerm or http. A stack whose state ends with its job is refused: its next plan would know nobody who leaves.";

const STEPS: Readonly<Record<PipelinePlatform, readonly string[]>> = {
  github: [
    BACKEND,
    `Run ${LOCK_TOOL}.`,
    `Edit ${SETTINGS_FILE}, and the paths of .github/workflows/genauth.yml. ${HOST}`,
    "Run genauth-users pipeline lock, and commit the lock files that it names.",
    "Create a ruleset of the branch main: a pull request with the review of code owners, approval of the last push, stale approvals dismissed; and the job plan as a required check, which fails if a plan is refused.",
    "Create a ruleset of tags that restricts the creation of a tag called main.",
    "Write .github/CODEOWNERS: the owners of the pool own the settings, the workflows, the tool, the lock files and the stack.",
    "Create the environments genauth-read, genauth-plan, genauth-state and genauth. All but the first admit the branch main only; genauth has required reviewers, prevents self-review, and lets no administrator bypass it.",
    "Secrets: GENAUTH_READ_KEY_ID and GENAUTH_READ_KEY_SECRET in the first three; GENAUTH_PLAN_KEY (openssl rand -hex 32) in the last three; GENAUTH_ACCESS_KEY_ID and GENAUTH_ACCESS_KEY_SECRET in genauth only.",
    "Create the label genauth-drift.",
  ],
  gitlab: [
    BACKEND,
    `Run ${LOCK_TOOL}.`,
    `Edit ${SETTINGS_FILE}. ${HOST}`,
    "Run genauth-users pipeline lock, and commit the lock files that it names.",
    "Variables of the project, masked, each in the scope of its environment: the read key in genauth-read (not protected), genauth-plan and genauth-state (protected); the deleting key in genauth (protected); GENAUTH_PLAN_KEY in genauth-plan, genauth-state and genauth (protected); GENAUTH_IMAGE in all.",
    "For a note with the report in merge requests: a project access token, Reporter with the scope api, in GENAUTH_COMMENT_TOKEN of genauth-comment (not protected).",
    "Set the minimum role to use pipeline variables to no one, and protect_merge_request_pipelines to off.",
    "Protect the branch, with the approval of code owners, and the environment genauth, with approvals.",
    "Create a nightly schedule of the default branch.",
  ],
  atlantis: [
    BACKEND,
    `On the server, in /opt/genauth: npm install --prefix /opt/genauth --ignore-scripts --omit=peer cdktf-genauth@${version}`,
    `Edit ${SETTINGS_FILE}. ${HOST}`,
    `Put repos.yaml and ${SETTINGS_FILE} on the server, and remove them from the repository; start Atlantis with --repo-config=repos.yaml --checkout-strategy=merge --hide-prev-plan-comments.`,
    "Put the key that can only read into /run/secrets/genauth-read/id and /run/secrets/genauth-read/secret.",
    "Apply after the merge, by the pipeline of another platform or by hand: Atlantis only plans and reports.",
  ],
};

/**
 * Writes the files of a pipeline. A file that is there stays as it is.
 *
 * @param folder the top of the repository
 * @returns what was written, what was there, and what must be set up, as lines
 */
export function initPipeline(platform: PipelinePlatform, folder: string): string[] {
  const examples = join(findPackageRoot(__dirname).root, "examples", "pipelines");
  const manifest = { private: true, dependencies: { "cdktf-genauth": version } };
  const files: [string, Buffer][] = [
    [SETTINGS_FILE, readFileSync(join(examples, SETTINGS_FILE))],
    ...FILES[platform].map((file): [string, Buffer] => [file, readFileSync(join(examples, platform, file))]),
    ...(platform === "atlantis"
      ? []
      : [
          [`${TOOL}/package.json`, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)] as [string, Buffer],
        ]),
  ];
  const lines = files.map(([file, content]) => {
    if (existsSync(join(folder, file))) return `kept     ${file}, which is there`;
    replaceFile(join(folder, file), content);
    return `written  ${file}`;
  });
  return [...lines, "", "Next:", ...STEPS[platform].map((step, index) => `${index + 1}. ${step}`)];
}
