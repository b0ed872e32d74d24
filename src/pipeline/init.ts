import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../../package.json";
import { KEYS_IN_CONSOLE, PUBLIC_HOSTS } from "../api/limits";
import { replaceFile } from "../files";
import { findPackageRoot, GIT_IGNORE } from "../install";
import { RUN_FOLDER } from "./hand-over";
import { readPipelineSettings, SETTINGS_FILE } from "./settings";

/** The platforms whose files `pipeline init` writes. */
export const PIPELINE_PLATFORMS = ["github", "gitlab"] as const;

/** A platform of {@link PIPELINE_PLATFORMS}. */
export type PipelinePlatform = (typeof PIPELINE_PLATFORMS)[number];

const FILES: Readonly<Record<PipelinePlatform, readonly string[]>> = {
  github: [".github/workflows/genauth.yml", ".github/workflows/genauth-pipeline.yml"],
  gitlab: [".gitlab-ci.yml"],
};

/** Whose lock file is its own, so that no package of a stack is in it. */
const TOOL = `Run npm install --prefix ci/genauth --ignore-scripts --omit=peer cdktf-genauth@${version}, and commit ci/genauth/package.json and ci/genauth/package-lock.json.`;

const SETTINGS = `Edit ${SETTINGS_FILE}. Its host is ${PUBLIC_HOSTS.genauth}; for a pool of Authing, set ${PUBLIC_HOSTS.authing}. The console shows the id and the secret of a key: ${KEYS_IN_CONSOLE}. If your default branch is not main, write its name here and in the files of the platform.`;

const BACKEND =
  "Give each stack a backend that all jobs share and that locks the state, such as s3, gcs, azurerm or http, and a state of its own there. A stack whose state ends with its job is refused: its next plan would know nobody who leaves.";

const LOCK =
  "Run ci/genauth/node_modules/.bin/cdktf-genauth pipeline lock, and commit the lock files that it names.";

/** What no commit may hold: programs, and what names people. */
const IGNORED = ["node_modules/", "/cdktf.out/", `/${RUN_FOLDER}/`];

const FIRST = `After the first apply, take new: true of each stack out of ${SETTINGS_FILE}: from then on, a state that is lost is refused.`;

const PAGE = "ci/genauth/node_modules/cdktf-genauth/examples/pipelines/README.md";

const STEPS: Readonly<Record<PipelinePlatform, readonly string[]>> = {
  github: [
    ...[BACKEND, TOOL, SETTINGS, LOCK],
    "Set the rules, with the token of an administrator: GITHUB_REPOSITORY=OWNER/NAME GH_TOKEN=$(gh auth token) ci/genauth/node_modules/.bin/cdktf-genauth pipeline settings --fix. It prints each call, and then all that is still missing.",
    `Make what only people can, as the table of ${PAGE} says: the code owners, the secrets of three environments, and the reviewers.`,
    FIRST,
  ],
  gitlab: [
    ...[BACKEND, TOOL, SETTINGS, LOCK],
    `Make the settings in the table of ${PAGE}: the variables at the top of .gitlab-ci.yml, the protected branch and environments, and a pipeline schedule. Below Premium, nobody has to approve an apply.`,
    FIRST,
  ],
};

/** What of the repository does not fit these files, all of it. */
function findFaults(folder: string): string[] {
  const faults: string[] = [];
  if (!existsSync(join(folder, ".git")))
    faults.push("This is not the top of a git repository, where a platform looks for these files.");
  const ignored = readFileSync(join(folder, GIT_IGNORE), "utf8").split(/\r?\n/);
  const missing = IGNORED.filter(
    (each) => ![each, each.replace(/^\//, "")].some((line) => ignored.includes(line)),
  );
  if (missing.length > 0)
    faults.push(
      `${GIT_IGNORE} lacks ${missing.join(", ")}: a commit of everything would hold programs and plans.`,
    );
  try {
    readPipelineSettings(join(folder, SETTINGS_FILE));
  } catch (error) {
    faults.push(error instanceof Error ? error.message : String(error));
  }
  return faults;
}

/**
 * Writes the files of a pipeline. A file that is there stays as it is.
 *
 * @param folder the top of the repository
 * @returns what was written, what was there, and what must be set up, as lines
 */
export function initPipeline(platform: PipelinePlatform, folder: string): string[] {
  const examples = join(findPackageRoot(__dirname).root, "examples", "pipelines");
  const gitIgnore = Buffer.from(`${IGNORED.join("\n")}\n`);
  const lines = [SETTINGS_FILE, ...FILES[platform], GIT_IGNORE].map((file) => {
    if (existsSync(join(folder, file))) return `kept     ${file}, which is there`;
    const from = file === SETTINGS_FILE ? file : join(platform, file);
    replaceFile(join(folder, file), file === GIT_IGNORE ? gitIgnore : readFileSync(join(examples, from)));
    return `written  ${file}`;
  });
  const faults = findFaults(folder);
  const mend = faults.length === 0 ? [] : ["", "To mend first:", ...faults.map((fault) => `- ${fault}`)];
  return [...lines, ...mend, "", "Next:", ...STEPS[platform].map((step, index) => `${index + 1}. ${step}`)];
}
