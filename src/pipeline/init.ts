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

/** The tool has a lock file of its own, which holds no package of a stack. */
const TOOL = `Run npm install --prefix ci/genauth --ignore-scripts --omit=peer cdktf-genauth@${version}, and commit ci/genauth/package.json and ci/genauth/package-lock.json.`;

const SETTINGS = `Edit ${SETTINGS_FILE}. Its host is ${PUBLIC_HOSTS.genauth}; for a pool of Authing, set ${PUBLIC_HOSTS.authing}. The console shows the id and the secret of a key: ${KEYS_IN_CONSOLE}. If your default branch is not main, write its name into this file and the files of the platform.`;

const BACKEND =
  "Give each stack a backend that all jobs share and that locks the state, such as s3, gcs, azurerm or http, and a state of its own there. A stack whose state ends with its job is refused: its next plan would know nobody who leaves.";

const LOCK =
  "Run ci/genauth/node_modules/.bin/cdktf-genauth pipeline lock, and commit the lock files that it names.";

/** What no commit may hold: programs, and what names people. */
const IGNORED = ["node_modules/", "/cdktf.out/", `/${RUN_FOLDER}/`];

const FIRST = `After the first apply, take new: true of each stack out of ${SETTINGS_FILE}: from then on, a state that is lost is refused.`;

/** Where the installed tool has its examples. */
const EXAMPLES = "ci/genauth/node_modules/cdktf-genauth/examples/pipelines";

const PAGE = `${EXAMPLES}/README.md`;

/** What is set up on the platform itself. */
const PLATFORM_STEPS: Readonly<Record<PipelinePlatform, readonly string[]>> = {
  github: [
    "Set the rules, with the token of an administrator: GITHUB_REPOSITORY=OWNER/NAME GH_TOKEN=$(gh auth token) ci/genauth/node_modules/.bin/cdktf-genauth pipeline settings --fix. It prints each call, and then all that is still missing.",
    `Set up by hand what the table of ${PAGE} names: the code owners, the secrets of three environments, and the reviewers.`,
  ],
  gitlab: [
    `Set up what the table of ${PAGE} names: the variables at the top of .gitlab-ci.yml, the protected branch and environments, and a pipeline schedule. Below Premium, nobody has to approve an apply.`,
  ],
};

/** What of the repository does not fit these files, all of it. */
function findFaults(folder: string): string[] {
  const faults: string[] = [];
  const patterns = readFileSync(join(folder, GIT_IGNORE), "utf8").split("\n");
  const ignored = new Set(patterns.map(ignoredName));
  const missing = IGNORED.filter((pattern) => !ignored.has(ignoredName(pattern)));
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

/** The name in a pattern for Git. People write the slashes of a folder's pattern or leave them out. */
function ignoredName(pattern: string): string {
  return pattern.trim().replace(/^(?:\*\*)?\/|\/$/g, "");
}

/**
 * Writes the files of a pipeline. A file that is there stays as it is.
 *
 * @param folder the top of the repository
 * @returns what was written, what was there, and what must be set up, as lines
 * @throws Error that says what to do, if the folder is no top of a repository, or a file cannot be written
 */
export function initPipeline(platform: PipelinePlatform, folder: string): string[] {
  if (!existsSync(join(folder, ".git")))
    throw new Error(
      `${folder} is not the top of a git repository, where a platform looks for the files of a pipeline. Change to the top, or run git init.`,
    );
  const examples = join(findPackageRoot(__dirname).root, "examples", "pipelines");
  const example = (path: string): Buffer => readFileSync(join(examples, path));
  const lines = [
    writeMissing(folder, SETTINGS_FILE, example(SETTINGS_FILE)),
    ...FILES[platform].map((file) => {
      const source = join(platform, file);
      const line = writeMissing(folder, file, example(source));
      return readFileSync(join(folder, file)).equals(example(source)) ? line : `${line}, ${differs(source)}`;
    }),
    writeMissing(folder, GIT_IGNORE, Buffer.from(`${IGNORED.join("\n")}\n`)),
  ];
  const faults = findFaults(folder).map((fault) => `- ${fault.replaceAll("\n", "\n  ")}`);
  const mend = faults.length === 0 ? [] : ["", "To mend first:", ...faults];
  const steps = [BACKEND, TOOL, SETTINGS, LOCK, ...PLATFORM_STEPS[platform], FIRST];
  return [...lines, ...mend, "", "Next:", ...steps.map((step, index) => `${index + 1}. ${step}`)];
}

/** Writes a file that is not there. Returns what was done, as a line. */
function writeMissing(folder: string, file: string, content: Buffer): string {
  if (existsSync(join(folder, file))) return `kept     ${file}, which is there`;
  replaceFile(join(folder, file), content);
  return `written  ${file}`;
}

function differs(source: string): string {
  return `and differs from ${EXAMPLES}/${source}. If you did not make it from that file, take over what that file holds: without it, there is no pipeline.`;
}
