import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { newFolder } from "../../support/at-end";
import { type PoolUser, seedUsers } from "../../support/emulator";
import { NullProviderMirror } from "../../support/null-provider/mirror";
import { readDocument, ROOT } from "../../support/docs/documents";
import { isPacked, type Reader } from "./reader";

/** A page whose commands are run, and what its reader needs before the first one. */
export interface Page {
  readonly document: string;
  readonly users?: readonly PoolUser[];
  /** The tests that show on each engine what an engine does with these commands. The page itself then runs on the first engine. */
  readonly onEachEngine?: readonly string[];
  /** The initial folder of the commands; default the reader's project. */
  readonly folder?: string;
  /** Whether each block begins in that folder, instead of where the previous one ended. */
  readonly blocksAreApart?: boolean;
  readonly prepare?: (reader: Reader) => Promise<void> | void;
  /** What Git offers to commit of the project in the end, if its reader keeps it there. */
  readonly offers?: readonly string[];
}

/** The commands of a page that start no engine need none of these tests. */
const STARTS_NONE: readonly string[] = [];

export const PAGES: readonly Page[] = [
  { document: "README.md", users: [] },
  {
    document: "docs/guides/cdktf.md",
    onEachEngine: ["test/engine/constructs/on-engine.test.ts"],
    users: seedUsers(2),
    prepare: writeStack,
    offers: [".gitignore", "cdktf.json", "main.ts", "staff.csv"],
  },
  {
    document: "docs/guides/null-resource.md",
    onEachEngine: ["test/proofs/null-resource/saved-plan.test.ts"],
    users: seedUsers(10),
    prepare: (reader) => {
      new NullProviderMirror().install(join(reader.home, ".terraform.d/plugins"));
      for (const file of ["main.ts", "staff.csv", "cdktf.json"])
        cpSync(join(ROOT, "examples/null-resource", file), join(reader.project, file));
      writeIgnored(reader, "docs/guides/null-resource.md");
    },
    offers: [".gitignore", "cdktf.json", "main.ts", "staff.csv"],
  },
  {
    document: "examples/hcl/README.md",
    onEachEngine: ["test/engine/install/hcl-example.test.ts", "test/engine/cli/init.test.ts"],
    users: seedUsers(10),
    prepare: copyExample("hcl"),
  },
  {
    document: "examples/typescript/README.md",
    onEachEngine: ["test/engine/constructs/on-engine.test.ts"],
    users: seedUsers(10),
    prepare: copyExample("typescript"),
  },
  {
    document: "examples/live/README.md",
    onEachEngine: ["test/pipelines/lock-file.test.ts"],
    prepare: copyExample("live"),
  },
  {
    document: "examples/pipelines/README.md",
    onEachEngine: STARTS_NONE,
    prepare: async (reader) => {
      await succeed(reader, ["git init -q ."]);
    },
  },
  {
    document: "docs/guides/existing-pool.md",
    onEachEngine: [
      "test/engine/acceptance/creation.test.ts",
      "test/engine/acceptance/users-data-source.test.ts",
      "test/engine/reports/saved-plan.test.ts",
    ],
    users: [
      // The first has not logged in for long, and all others today.
      ...seedUsers(118).map((user, index) => ({
        ...user,
        createdAt: "2020-01-01T00:00:00Z",
        lastLogin: index === 0 ? "2020-01-02T00:00:00Z" : new Date().toISOString(),
      })),
      { userId: "6319a1504f3ab6c0f214dd5b", name: "Ada" },
      { userId: "6319a1504f3ab6c0f214dd5c", name: "Bo" },
    ],
    prepare: async (reader) => {
      reader.write("main.tf", block("docs/guides/existing-pool.md", /^```terraform\n(.*?)^```$/ms));
      mkdirSync(join(reader.home, "hr"));
      writeFileSync(join(reader.home, "hr/export.csv"), "employee_no;full_name\n0049;Ada\n");
      await succeed(reader, [
        "git init -q --bare ../remote.git",
        "git init -q . && git remote add origin ../remote.git",
      ]);
    },
  },
  {
    document: "docs/guides/failed-apply.md",
    onEachEngine: ["test/engine/acceptance/faults.test.ts", "test/engine/acceptance/recovery.test.ts"],
    users: seedUsers(10),
    folder: "infra",
    prepare: async (reader) => {
      await applyExample(reader);
      const record = "export GENAUTH_DELETION_RECORD=~/genauth-deleted";
      await reader.paste([record, "sed -i.bak /user005/d staff.csv", "terraform apply"], "infra");
      const then = { kind: "answer", statusCode: 422, message: "This user is under a legal hold" } as const;
      const refusal = reader.emulator.faults.add({ on: "delete-users-batch", then });
      const [, , failed] = await reader.paste(
        ["cd infra", "sed -i.bak /user004/d staff.csv", "terraform apply"],
        ".",
      );
      if (failed?.code !== 1) throw new Error(`The apply did not fail:\n${failed?.output}`);
      refusal.remove();
    },
  },
  {
    document: "docs/guides/private-deployment.md",
    onEachEngine: STARTS_NONE,
    users: seedUsers(2),
  },
  {
    document: "docs/guides/install-provider.md",
    onEachEngine: ["test/engine/install/hcl-example.test.ts", "test/pipelines/lock-file.test.ts"],
    blocksAreApart: true,
    prepare: async (reader) => {
      writeStack(reader);
      await succeed(reader, [
        "git init -q . && cp -r node_modules/cdktf-genauth/examples/hcl infra",
        "npm install --prefix ci/genauth --ignore-scripts --omit=peer cdktf-genauth",
        "npx cdktf-genauth pipeline init github",
      ]);
    },
  },
  {
    document: "docs/guides/guard.md",
    onEachEngine: ["test/engine/guard/approved-plans.test.ts"],
    users: seedUsers(10),
    folder: "infra",
    prepare: async (reader) => {
      await applyExample(reader);
      await succeed(reader, ["sed -i.bak /user004/d infra/staff.csv"]);
    },
  },
  {
    document: "docs/guides/first-on-your-own-pool.md",
    onEachEngine: ["test/engine/acceptance/suspension.test.ts", "test/engine/acceptance/removal.test.ts"],
    users: ["one", "two"].map((name) => ({
      userId: Buffer.from(name).toString("hex").padEnd(24, "0"),
      email: `${name}@example.com`,
      name,
    })),
  },
  {
    document: "docs/guides/suspend-first.md",
    onEachEngine: ["test/engine/acceptance/suspension.test.ts"],
    users: seedUsers(10),
    folder: "infra",
    prepare: applyExample,
  },
  {
    document: "docs/guides/testing.md",
    onEachEngine: ["test/engine/cli/init.test.ts", "test/engine/acceptance/faults.test.ts"],
    prepare: async (reader) => {
      await reader.paste(INSTALL);
    },
  },
  {
    document: "docs/guides/reports.md",
    onEachEngine: ["test/engine/reports/saved-plan.test.ts"],
    users: seedUsers(11),
    folder: "infra",
    prepare: async (reader) => {
      await applyExample(reader);
      await succeed(reader, ["sed -i.bak /user004/d infra/staff.csv"]);
    },
  },
];

const INSTALL = [
  "cp -r node_modules/cdktf-genauth/examples/hcl infra",
  "npx cdktf-genauth install-provider --dir infra",
];

/** Lets a reader have the files of an example. */
function copyExample(name: string): (reader: Reader) => void {
  return (reader) =>
    cpSync(join(ROOT, "examples", name), reader.project, { recursive: true, filter: isPacked });
}

/** The folder of the example in plain HCL as the first reader who applied it left it, without what `init` makes of the folder's place. */
let applied: string | undefined;

/** Lets a reader have applied the example in plain HCL. All of its users are in the pool. */
async function applyExample(reader: Reader): Promise<void> {
  const infra = join(reader.project, "infra");
  if (applied === undefined) {
    await succeed(reader, [...INSTALL, "cd infra", "terraform init", "terraform apply"]);
    applied = newFolder();
    cpSync(infra, applied, { recursive: true, filter: (path) => basename(path) !== ".terraform" });
  } else {
    cpSync(applied, infra, { recursive: true });
    await succeed(reader, ["cd infra", "terraform init"]);
  }
}

/** Writes the stack of the guide for TypeScript. */
function writeStack(reader: Reader): void {
  reader.write("main.ts", block("docs/guides/cdktf.md", /^```ts\n(.*?app\.synth\(\);\n)```$/ms));
  reader.write("cdktf.json", block("docs/guides/cdktf.md", /^```json\n(.*?)^```$/ms));
  reader.write("staff.csv", block("docs/guides/cdktf.md", /^```\n(email,name\n.*?)^```$/ms));
  writeIgnored(reader, "docs/guides/cdktf.md");
}

/** Writes the .gitignore that a page shows. */
function writeIgnored(reader: Reader, document: string): void {
  reader.write(".gitignore", block(document, /^`\.gitignore`[^\n]*:\n\n```\n(.*?)^```$/ms));
}

async function succeed(reader: Reader, commands: readonly string[]): Promise<void> {
  const ran = await reader.paste(commands);
  const failed = ran.find(({ code }) => code !== 0);
  if (failed) throw new Error(`${failed.command} failed:\n${failed.output}`);
}

function block(document: string, pattern: RegExp): string {
  const found = pattern.exec(readDocument(document))?.[1];
  if (found === undefined) throw new Error(`${document} has no block like ${String(pattern)}.`);
  return found;
}

/** Pages whose commands need what is not here, with the test that takes them from the page and runs them. */
export const RUN_ELSEWHERE: Readonly<Record<string, string>> = {
  "docs/guides/go.md": "test/package/languages/go.test.ts",
  "docs/guides/any-other-ci.md": "test/pipelines/docs/hcp-terraform.test.ts",
  "docs/guides/python.md": "test/package/languages/python-guide.test.ts",
  "docs/guides/versioning.md": "test/engine/install/other-address.test.ts",
  "docs/resources/user_set.md": "test/engine/acceptance/import.test.ts",
  "examples/python/README.md": "test/package/languages/python-guide.test.ts",
};

const GATE = "needs a clone: .ci/run";
const CLONE = "needs a clone, and the machine for long";
const PUBLISHED = "needs the published package";
const RELEASE = "needs a release: test/package/executables/release.test.ts";
const HOST = "names a host that is not there: test/engine/api, test/engine/cli/environment.test.ts";

/** Blocks that are not run, by their first command, with the reason. */
export const NOT_RUN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "README.md": { "npm ci && npm run demo": "needs a clone: test/pipelines/demo/demo.test.ts" },
  "SECURITY.md": {
    "npm run build": "needs a clone: test/engine/package/sbom.test.ts, .github/workflows/gate.yml",
  },
  "CONTRIBUTING.md": {
    "npm ci": GATE,
    "npm test": GATE,
    "export GENAUTH_ACCESS_KEY_ID=": "needs the real service: test/engine/service/real-pool.test.ts",
  },
  "examples/pipelines/README.md": {
    "export GITHUB_REPOSITORY=": "needs GitHub: test/pipelines/settings.test.ts",
  },
  "docs/performance.md": { "npm run bench": CLONE },
  "test/proofs/README.md": { "npm run test:faults": CLONE },
  "docs/guides/release.md": {
    "npm pack --dry-run": "needs a clone: test/engine/cli/shipped.test.ts",
    "RELEASE_KEY_FILE=": RELEASE,
    "npm install cdktf-genauth": PUBLISHED,
    "npm deprecate cdktf-genauth": PUBLISHED,
    "gh release upload": PUBLISHED,
  },
  "docs/guides/cdktf.md": {
    "npm uninstall cdktf": "needs the packed package: test/package/registry/move-to-cdktn.test.ts",
  },
  "docs/guides/install-provider.md": {
    "mkdir genauth-0.1.0": RELEASE,
    "mkdir -p infra/terraform.d": RELEASE,
    "cdktf-genauth install-provider": RELEASE,
  },
  "docs/guides/private-deployment.md": {
    "export GENAUTH_HOST=": HOST,
    "export HTTPS_PROXY=": HOST,
    "export NODE_EXTRA_CA_CERTS=": HOST,
  },
};
