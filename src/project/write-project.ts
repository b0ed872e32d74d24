import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { replaceFile } from "../files";
import { holdsScript, installProvider } from "../install";
import {
  BACKEND_FILES,
  librariesOf,
  MANIFEST,
  NO_USERS,
  type ProjectLanguage,
  projectFiles,
  type ProjectOptions,
  TEST_PROGRAMS,
  toolsOf,
  USER_FILE,
} from "./files";

/** What `writeProject` did. */
export interface WrittenProject {
  /** The paths of the files in the folder, and whether each was there and stays as it is. */
  readonly files: readonly { readonly path: string; readonly isKept: boolean }[];
  /** What the person does next, one step an element. */
  readonly steps: readonly string[];
}

/** Whether the user file of a project is there already, with more than a header. */
export function hasUsers(folder: string): boolean {
  const file = join(folder, USER_FILE);
  return existsSync(file) && readFileSync(file, "utf8").trim() !== NO_USERS.trim();
}

/**
 * Writes a whole project into a folder: the stack or the configuration, the user file, settings, a page and a
 * test. A file that is there stays as it is, but for a user file without users. With `hcl`, installs the
 * provider, too.
 *
 * @param users the text of the user file; default none
 * @throws Error that says what to do, if a file cannot be written
 */
export function writeProject(folder: string, options: ProjectOptions, users?: string): WrittenProject {
  const isScript = holdsScript();
  const inClone = [
    ...installSteps({ ...options, isInEnvironment: false }, isScript),
    keyStep(options),
    ...RUN_STEPS[options.language](options, false),
  ];
  const isEmpty = users === undefined && !hasUsers(folder);
  const all = { ...projectFiles(options, inClone), [USER_FILE]: users ?? NO_USERS };
  const files = Object.entries(all).map(([path, text]) => {
    const file = join(folder, path);
    const isKept = existsSync(file) && !(path === USER_FILE && !hasUsers(folder));
    if (!isKept) replaceFile(file, Buffer.from(text));
    return { path, isKept };
  });
  const isInstalled = options.language === "hcl" && isScript;
  if (isInstalled) installProvider({ dir: folder });
  const keepsManifest = files.some(({ path, isKept }) => path === MANIFEST && isKept);
  return {
    files,
    steps: [
      ...(resolve(folder) === resolve(".") ? [] : [`cd ${folder}`]),
      ...(options.backend === "local"
        ? []
        : [`# Replace what is in angle brackets in ${BACKEND_FILES[options.language]}`]),
      ...(isInstalled ? ["npm install cdktf-genauth"] : installSteps(options, isScript, keepsManifest)),
      keyStep(options),
      ...(isEmpty ? [exportStep(options)] : []),
      ...RUN_STEPS[options.language](options, keepsManifest),
    ],
  };
}

/** How the command of this package is called in a project. */
function command({ language }: ProjectOptions): string {
  return language === "python" ? "cdktf-genauth" : "npx cdktf-genauth";
}

function keyStep(options: ProjectOptions): string {
  return `export GENAUTH_ACCESS_KEY_ID=… GENAUTH_ACCESS_KEY_SECRET=…    # or those that ${command(options)} emulator prints`;
}

function exportStep(options: ProjectOptions): string {
  return `${command(options)} export --user-id-type ${options.userIdType} --output ${USER_FILE}    # everybody in the pool`;
}

function installSteps(
  { language, cdk, version, isInEnvironment = false }: ProjectOptions,
  isScript: boolean,
  keepsManifest = false,
): string[] {
  switch (language) {
    case "typescript":
      // It may lack what the stack imports.
      return keepsManifest
        ? [
            `npm install cdktf-genauth ${named(librariesOf(cdk))}`,
            `npm install --save-dev ${named(toolsOf(cdk))}`,
          ]
        : ["npm install"];
    case "python":
      if (isInEnvironment) return [];
      return [
        "python3 -m venv .venv && . .venv/bin/activate",
        `pip install --find-links RELEASE -r requirements.txt    # RELEASE: the folder with ${cdk}_genauth-${version}-py3-none-any.whl`,
      ];
    case "hcl":
      return isScript
        ? ["npm install cdktf-genauth && npx cdktf-genauth install-provider"]
        : ["cdktf-genauth install-provider --executable RELEASE"];
  }
}

function named(packages: Readonly<Record<string, string>>): string {
  return Object.entries(packages)
    .map(([name, version]) => `${name}@${version}`)
    .join(" ");
}

const RUN_STEPS: Readonly<
  Record<ProjectLanguage, (options: ProjectOptions, keepsManifest: boolean) => string[]>
> = {
  typescript: ({ cdk }, keepsManifest) => [
    keepsManifest ? TEST_PROGRAMS.map((program) => `npx ${program}`).join(" && ") : "npm test",
    `npx ${cdk} deploy    # creates the set, and deletes nobody`,
  ],
  python: () => [
    "python3 -m unittest",
    "python3 main.py",
    "cd cdktf.out/stacks/staff && terraform init && terraform apply    # creates the set, and deletes nobody",
  ],
  hcl: () => ["terraform init && terraform test", "terraform apply    # creates the set, and deletes nobody"],
};
