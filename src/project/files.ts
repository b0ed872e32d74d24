import { GIT_IGNORE, IGNORED_BESIDE_HCL } from "../install";
import { backendImport, hclBackend, type ProjectBackend, pythonBackend, typescriptBackend } from "./backends";
import { fillTemplate } from "./templates";

/** The languages in which a project is written. */
export const PROJECT_LANGUAGES = ["typescript", "python", "hcl"] as const;

/** A language of {@link PROJECT_LANGUAGES}; `hcl`: Terraform's own, without a CDK. */
export type ProjectLanguage = (typeof PROJECT_LANGUAGES)[number];

/** The CDKs, by the name of the package. */
export const CDKS = ["cdktf", "cdktn"] as const;

/** A CDK of {@link CDKS}. */
export type Cdk = (typeof CDKS)[number];

/** What a project is made of. */
export interface ProjectOptions {
  readonly language: ProjectLanguage;
  /** Not used with `hcl`. */
  readonly cdk: Cdk;
  /** Where the state is kept. */
  readonly backend: ProjectBackend;
  /** The type of the ids in the user file, such as `email`. */
  readonly userIdType: string;
  /** The version of this package. */
  readonly version: string;
  /**
   * Whether the virtual environment in which this runs has the package, so that no step has to install it;
   * for `python`.
   */
  readonly isInEnvironment?: boolean;
}

/** The file that names who may have an account, in every project. */
export const USER_FILE = "staff.csv";

/** A user file without users. Synth and plan refuse it, because it would remove everybody. */
export const NO_USERS = "id,label\n";

/** Tested with this package; the last one of CDKTF. */
const CDK_VERSIONS: Readonly<Record<Cdk, string>> = { cdktf: "~0.21.0", cdktn: "~0.24.0" };

export const MANIFEST = "package.json";
/** The programs of the test command. The compiler comes first, because Jest only strips the types. */
export const TEST_PROGRAMS = ["tsc", "jest"] as const;

/** What a project in TypeScript needs beside this package: name to version. */
export function librariesOf(cdk: Cdk): Readonly<Record<string, string>> {
  return { [cdk]: CDK_VERSIONS[cdk], constructs: "~10.7.2" };
}

/** As npm writes them. */
function sortByName(packages: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(packages).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The programs and types that such a project needs: name to version. */
export function toolsOf(cdk: Cdk): Readonly<Record<string, string>> {
  return {
    "@swc/core": "^1.15.0",
    "@swc/jest": "^0.2.39",
    "@types/jest": "^30.0.0",
    "@types/node": "^20.19.0",
    [`${cdk}-cli`]: CDK_VERSIONS[cdk],
    jest: "^30.2.0",
    tsx: "^4.20.0",
    typescript: "~5.9.0",
  };
}

/**
 * The oldest Node.js on which the command line of a CDK runs. On an older one, that of CDK Terrain ends in a
 * package of its own.
 */
export const OLDEST_NODE: Readonly<Record<Cdk, string>> = { cdktf: "20.9", cdktn: "22.19" };

/**
 * The files of a project beside the user file: path to text.
 *
 * @param steps what somebody runs who has cloned the project, one step an element
 */
export function projectFiles(
  options: ProjectOptions,
  steps: readonly string[],
): Readonly<Record<string, string>> {
  const values = valuesOf(options, steps);
  const computed = computedFiles(options);
  const files = FILES[options.language].map((path): [string, string] => [
    path,
    computed[path] ?? fillTemplate(`${options.language}/${path}`, values),
  ]);
  return { ...Object.fromEntries(files), "README.md": fillTemplate("README.md", values) };
}

/** Where a language names the backend. */
export const BACKEND_FILES: Readonly<Record<ProjectLanguage, string>> = {
  typescript: "stack.ts",
  python: "stack.py",
  hcl: "main.tf",
};

/** The paths of what is written in each language, beside the user file and README.md. */
const FILES: Readonly<Record<ProjectLanguage, readonly string[]>> = {
  typescript: [
    "main.ts",
    "stack.ts",
    "stack.test.ts",
    "jest.config.json",
    "cdktf.json",
    "tsconfig.json",
    MANIFEST,
    GIT_IGNORE,
  ],
  python: ["main.py", "stack.py", "test_stack.py", "cdktf.json", "requirements.txt", GIT_IGNORE],
  hcl: ["main.tf", "tests/staff.tftest.hcl", GIT_IGNORE],
};

/** What is computed, because something else reads the same list; all other files are in templates/project. */
function computedFiles({ language, cdk, version }: ProjectOptions): Readonly<Record<string, string>> {
  switch (language) {
    case "typescript":
      return { [MANIFEST]: manifestOf(cdk, version) };
    case "python":
      return {};
    case "hcl":
      return { [GIT_IGNORE]: `${IGNORED_BESIDE_HCL.join("\n")}\n` };
  }
}

function manifestOf(cdk: Cdk, version: string): string {
  const manifest = {
    private: true,
    engines: { node: `>=${OLDEST_NODE[cdk]}` },
    scripts: { synth: `${cdk} synth`, test: TEST_PROGRAMS.join(" && ") },
    dependencies: sortByName({ "cdktf-genauth": version, ...librariesOf(cdk) }),
    devDependencies: toolsOf(cdk),
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** What takes the place of the placeholders in templates/project. */
function valuesOf(options: ProjectOptions, steps: readonly string[]): Readonly<Record<string, string>> {
  const { language, cdk, backend, userIdType, version } = options;
  const construct = backendImport(backend);
  const file = BACKEND_FILES[language];
  return {
    cdk,
    version,
    constructs: cdk === "cdktf" ? "cdktf-genauth" : "cdktf-genauth/cdktn",
    imports: [...(construct === undefined ? [] : [construct]), "TerraformStack"].sort().join(", "),
    backend: BACKEND_LINES[language](backend, cdk).join("\n"),
    id_type: userIdType,
    ID_TYPE: userIdType.toUpperCase(),
    steps: steps.map((step) => `$ ${step}`).join("\n"),
    state:
      (backend === "local"
        ? `Before a second person or a pipeline applies, name a backend in \`${file}\` that locks the state.`
        : `The backend in \`${file}\` keeps the state for everybody.`) +
      (language === "hcl"
        ? "\n\nCommit `.terraform.lock.hcl`, so that no other provider runs. Commit no state and no plan: they name people."
        : ""),
  };
}

const BACKEND_LINES: Readonly<Record<ProjectLanguage, (backend: ProjectBackend, cdk: Cdk) => string[]>> = {
  typescript: typescriptBackend,
  python: pythonBackend,
  hcl: hclBackend,
};
