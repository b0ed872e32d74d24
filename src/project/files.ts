import { GIT_IGNORE, IGNORED_BESIDE_HCL } from "../install";
import { backendImport, hclBackend, type ProjectBackend, pythonBackend, typescriptBackend } from "./backends";

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
  /** Whether the virtual environment in which this runs has the package, so that no step has to install it; for `python`. */
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

/** The oldest Node.js on which the command line of a CDK runs. On an older one, that of CDK Terrain ends in a package of its own. */
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
  return { ...FILES[options.language](options), "README.md": readme(options, steps) };
}

/** Where a language names the backend. */
export const BACKEND_FILES: Readonly<Record<ProjectLanguage, string>> = {
  typescript: "stack.ts",
  python: "stack.py",
  hcl: "main.tf",
};

function readme({ language, backend }: ProjectOptions, steps: readonly string[]): string {
  return lines(
    "# Accounts in GenAuth",
    "",
    `\`${USER_FILE}\` lists who may have an account, one row per person. Take a row out, and the next plan shows the account that apply deletes.`,
    "",
    "```console",
    ...steps.map((step) => `$ ${step}`),
    "```",
    "",
    backend === "local"
      ? `Before a second person or a pipeline applies, name a backend in \`${BACKEND_FILES[language]}\` that locks the state.`
      : `The backend in \`${BACKEND_FILES[language]}\` keeps the state for everybody.`,
    ...(language === "hcl"
      ? [
          "",
          "Commit `.terraform.lock.hcl`, so that no other provider runs. Commit no state and no plan: they name people.",
        ]
      : []),
  );
}

type Files = Readonly<Record<string, string>>;

const FILES: Readonly<Record<ProjectLanguage, (options: ProjectOptions) => Files>> = {
  typescript: typescriptFiles,
  python: pythonFiles,
  hcl: hclFiles,
};

function lines(...text: readonly string[]): string {
  return `${text.join("\n")}\n`;
}

function indented(width: number, text: readonly string[]): string[] {
  return text.map((line) => " ".repeat(width) + line);
}

/** What a stack takes from its CDK. */
function importsOf(backend: ProjectBackend): string[] {
  const construct = backendImport(backend);
  return [...(construct === undefined ? [] : [construct]), "TerraformStack"].sort();
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Without crash reports, which CDKTF would ask about. */
function cdkSettings(language: string, app: string): string {
  return json({ language, app, projectId: "staff", sendCrashReports: "false" });
}

function typescriptFiles({ cdk, backend, userIdType, version }: ProjectOptions): Files {
  const constructs = cdk === "cdktf" ? "cdktf-genauth" : "cdktf-genauth/cdktn";
  return {
    "main.ts": lines(
      `import { App } from "${cdk}";`,
      'import { StaffStack } from "./stack";',
      "",
      "const app = new App();",
      'new StaffStack(app, "staff");',
      "app.synth();",
    ),
    "stack.ts": lines(
      'import { join } from "node:path";',
      `import { ${importsOf(backend).join(", ")} } from "${cdk}";`,
      `import { GenAuthProvider, ManagedUserSet, UserIdType, Users } from "${constructs}";`,
      'import type { Construct } from "constructs";',
      "",
      `/** The accounts of ${USER_FILE}. Remove a row, and the next plan shows the account that apply deletes. */`,
      "export class StaffStack extends TerraformStack {",
      "  public constructor(scope: Construct, id: string) {",
      "    super(scope, id);",
      "",
      ...indented(4, typescriptBackend(backend, cdk)),
      "",
      '    new GenAuthProvider(this, "genauth"); // credentials from the environment',
      "",
      '    new ManagedUserSet(this, "staff", {',
      `      users: Users.fromFile(join(__dirname, "${USER_FILE}")), // columns id and label`,
      `      userIdType: UserIdType.${userIdType.toUpperCase()},`,
      "      maxDeletions: 100,",
      "    });",
      "  }",
      "}",
    ),
    "stack.test.ts": lines(
      'import { join } from "node:path";',
      `import { Testing } from "${cdk}";`,
      `import "${cdk}/lib/testing/adapters/jest"; // the types of the matchers`,
      `import { Users, UserSet } from "${constructs}";`,
      'import { StaffStack } from "./stack";',
      "",
      "Testing.setupJest();",
      "",
      `test("the set declares everybody of ${USER_FILE}, and limits the deletions", () => {`,
      '  const stack = new StaffStack(Testing.app(), "staff");',
      "  expect(Testing.synth(stack, true)).toHaveResourceWithProperties(UserSet, {",
      `    users: Users.fromFile(join(__dirname, "${USER_FILE}")).toMap(),`,
      "    max_deletions: 100,",
      "  });",
      "});",
    ),
    "jest.config.json": lines(
      '{ "transform": { "\\\\.ts$": ["@swc/jest", { "jsc": { "parser": { "syntax": "typescript" } } }] } }',
    ),
    "cdktf.json": cdkSettings("typescript", "npx tsx main.ts"),
    "tsconfig.json": lines(
      "{",
      '  "compilerOptions": {',
      '    "target": "ES2022",',
      '    "module": "NodeNext",',
      '    "types": ["jest", "node"],',
      '    "strict": true,',
      '    "skipLibCheck": true,',
      '    "noEmit": true',
      "  },",
      '  "include": ["*.ts"]',
      "}",
    ),
    [MANIFEST]: json({
      private: true,
      engines: { node: `>=${OLDEST_NODE[cdk]}` },
      scripts: { synth: `${cdk} synth`, test: TEST_PROGRAMS.join(" && ") },
      dependencies: sortByName({ "cdktf-genauth": version, ...librariesOf(cdk) }),
      devDependencies: toolsOf(cdk),
    }),
    [GIT_IGNORE]: lines("node_modules/", "/cdktf.out/", "/genauth-run/", "*.tfstate*", "*.bak"),
  };
}

function pythonFiles({ cdk, backend, userIdType, version }: ProjectOptions): Files {
  return {
    "main.py": lines(
      `from ${cdk} import App`,
      "",
      "from stack import StaffStack",
      "",
      "app = App()",
      'StaffStack(app, "staff")',
      "app.synth()",
    ),
    "stack.py": lines(
      `from ${cdk} import ${importsOf(backend).join(", ")}`,
      `from ${cdk}_genauth import GenAuthProvider, ManagedUserSet, UserIdType, Users`,
      "from constructs import Construct",
      "",
      "",
      "class StaffStack(TerraformStack):",
      `    """The accounts of ${USER_FILE}. Remove a row, and the next plan shows the account that apply deletes."""`,
      "",
      "    def __init__(self, scope: Construct, id: str) -> None:",
      "        super().__init__(scope, id)",
      "",
      ...indented(8, pythonBackend(backend, cdk)),
      "",
      '        GenAuthProvider(self, "genauth")  # credentials from the environment',
      "",
      "        ManagedUserSet(",
      "            self,",
      '            "staff",',
      `            users=Users.from_file("${USER_FILE}"),  # columns id and label`,
      `            user_id_type=UserIdType.${userIdType.toUpperCase()},`,
      "            max_deletions=100,",
      "        )",
    ),
    "test_stack.py": lines(
      "import json",
      "import unittest",
      "",
      `from ${cdk} import Testing`,
      "",
      "from stack import StaffStack",
      "",
      "",
      "class StaffStackTest(unittest.TestCase):",
      "    def test_the_set_holds_everybody_and_limits_the_deletions(self) -> None:",
      '        stack = StaffStack(Testing.app(), "staff")',
      '        staff = json.loads(Testing.synth(stack))["resource"]["genauth_user_set"]["staff"]',
      `        with open("${USER_FILE}", encoding="utf-8") as file:`,
      "            rows = file.read().strip().splitlines()[1:]",
      '        self.assertEqual(len(staff["users"]), len(rows))',
      '        self.assertEqual(staff["max_deletions"], 100)',
      "",
      "",
      'if __name__ == "__main__":',
      "    unittest.main()",
    ),
    "cdktf.json": cdkSettings("python", "python3 main.py"),
    "requirements.txt": lines(`${cdk}-genauth==${version}`),
    [GIT_IGNORE]: lines(
      "/.venv/",
      "__pycache__/",
      "node_modules/",
      "/cdktf.out/",
      "/genauth-run/",
      "*.tfstate*",
      "*.bak",
    ),
  };
}

function hclFiles({ backend, userIdType }: ProjectOptions): Files {
  return {
    "main.tf": lines(
      "terraform {",
      '  required_version = ">= 1.8" # for users_from_csv',
      "",
      "  required_providers {",
      "    genauth = {",
      '      source = "terraform.local/genauth/genauth"',
      "    }",
      "  }",
      "",
      ...indented(2, hclBackend(backend)),
      "}",
      "",
      "locals {",
      "  # One row per person. Remove a row, and the next plan shows the account that apply deletes. A file without rows is refused.",
      `  staff = provider::genauth::users_from_csv(file("\${path.module}/${USER_FILE}"), "${userIdType}", "id", "label")`,
      "}",
      "",
      "# The credentials come from the environment: GENAUTH_ACCESS_KEY_ID and GENAUTH_ACCESS_KEY_SECRET.",
      'provider "genauth" {',
      "  # Accounts that no plan of this configuration may delete, such as those for an emergency:",
      `  # protected_users = { ${userIdType} = ["…"] }`,
      "}",
      "",
      'resource "genauth_user_set" "staff" {',
      "  users         = local.staff",
      `  user_id_type  = "${userIdType}"`,
      "  max_deletions = 100",
      "  # Without the number sign, people who leave are suspended first, and deleted by an apply two weeks later:",
      "  # suspend_days = 14",
      "}",
    ),
    "tests/staff.tftest.hcl": lines(
      "# Needs Terraform 1.7 or OpenTofu 1.8, and neither a key nor a user pool.",
      'mock_provider "genauth" {}',
      "",
      'run "declares_everybody_in_the_file" {',
      "  command = plan",
      "",
      "  assert {",
      `    condition     = length(genauth_user_set.staff.users) == length(csvdecode(file("${USER_FILE}")))`,
      `    error_message = "The set does not declare everybody of ${USER_FILE}."`,
      "  }",
      "",
      "  assert {",
      "    condition     = genauth_user_set.staff.max_deletions == 100",
      '    error_message = "The set has another limit."',
      "  }",
      "}",
    ),
    [GIT_IGNORE]: lines(...IGNORED_BESIDE_HCL),
  };
}
