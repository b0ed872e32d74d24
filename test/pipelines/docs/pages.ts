import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type PoolUser, seedUsers } from "../../support/emulator";
import { NullProviderMirror } from "../../support/null-provider/mirror";
import { readDocument, ROOT } from "../../support/docs/documents";
import type { Reader } from "./reader";

/** A page whose commands are run, and what its reader needs before the first one. */
export interface Page {
  readonly document: string;
  readonly users?: readonly PoolUser[];
  /** The initial folder of the commands; default the reader's project. */
  readonly folder?: string;
  /** Whether each block begins in that folder, instead of where the previous one ended. */
  readonly blocksAreApart?: boolean;
  readonly prepare?: (reader: Reader) => Promise<void> | void;
}

export const PAGES: readonly Page[] = [
  { document: "README.md", users: [] },
  {
    document: "docs/guides/cdktf.md",
    users: seedUsers(2),
    prepare: (reader) => {
      reader.write("main.ts", block("docs/guides/cdktf.md", /^```ts\n(.*?app\.synth\(\);\n)```$/ms));
      reader.write("cdktf.json", block("docs/guides/cdktf.md", /^```json\n(.*?)^```$/ms));
      reader.write("staff.csv", block("docs/guides/cdktf.md", /^```\n(email,name\n.*?)^```$/ms));
    },
  },
  {
    document: "docs/guides/null-resource.md",
    users: seedUsers(10),
    prepare: (reader) => {
      new NullProviderMirror().install(join(reader.home, ".terraform.d/plugins"));
      for (const file of ["main.ts", "staff.csv", "cdktf.json"])
        cpSync(join(ROOT, "examples/null-resource", file), join(reader.project, file));
    },
  },
  {
    document: "docs/guides/existing-pool.md",
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
    prepare: (reader) => {
      reader.write("main.tf", block("docs/guides/existing-pool.md", /^```terraform\n(.*?)^```$/ms));
    },
  },
  {
    document: "docs/guides/failed-apply.md",
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
    document: "docs/guides/leavers-from-hr.md",
    prepare: async (reader) => {
      mkdirSync(join(reader.home, "hr"));
      writeFileSync(join(reader.home, "hr/export.csv"), "employee_no;full_name\n0049;Ada\n");
      await reader.paste([
        "git init -q --bare ../remote.git",
        "git init -q . && git remote add origin ../remote.git",
      ]);
    },
  },
  {
    document: "docs/guides/private-deployment.md",
    users: seedUsers(2),
  },
  {
    document: "docs/guides/provider-lock.md",
    blocksAreApart: true,
    prepare: async (reader) => {
      await reader.paste(["git init -q .", "cp -r node_modules/cdktf-genauth/examples/hcl infra"]);
    },
  },
  {
    document: "docs/guides/suspend-first.md",
    users: seedUsers(10),
    folder: "infra",
    prepare: applyExample,
  },
  {
    document: "docs/guides/testing.md",
    prepare: async (reader) => {
      await reader.paste(INSTALL);
    },
  },
  {
    document: "docs/guides/reports.md",
    users: seedUsers(11),
    folder: "infra",
    prepare: async (reader) => {
      await applyExample(reader);
      const report = (stack: string) =>
        `terraform show -json saved | npx genauth-users plan-report --stack ${stack} --save ${stack}`;
      await reader.paste(
        ["sed -i.bak /user004/d staff.csv", "terraform plan -out=saved", report("eu"), report("us")],
        "infra",
      );
    },
  },
];

const INSTALL = [
  "cp -r node_modules/cdktf-genauth/examples/hcl infra",
  "npx genauth-users install-provider --dir infra",
];

async function applyExample(reader: Reader): Promise<void> {
  const ran = await reader.paste([...INSTALL, "cd infra", "terraform init", "terraform apply"]);
  const failed = ran.find(({ code }) => code !== 0);
  if (failed) throw new Error(`${failed.command} failed:\n${failed.output}`);
}

function block(document: string, pattern: RegExp): string {
  const found = pattern.exec(readDocument(document))?.[1];
  if (found === undefined) throw new Error(`${document} has no block like ${String(pattern)}.`);
  return found;
}

const REPOSITORY = "needs a clone of the repository; .ci/run runs it";
const REGISTRY = "needs a package registry: npm run test:package";
const PIPELINE =
  "needs the scripts of a pipeline: test/pipelines/lock-file.test.ts, test/pipelines/install/cdktf-lock.test.ts";
const CDKTF_CLI =
  "cdktf takes half a minute: test/pipelines/constructs/cdktf-cli.test.ts, test/pipelines/install/cdktf-lock.test.ts";
const ELSEWHERE = "names a host that is not there: test/engine/api, test/engine/cli/environment.test.ts";

const OTHER_LANGUAGE = "needs a package registry: npm run test:languages";
const RELEASE = "needs a release: test/package/executables/release.test.ts";

/** Blocks that are not run, by their first command, with the reason. */
export const NOT_RUN: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "README.md": { "npm ci && npm run demo": REPOSITORY },
  "SECURITY.md": { "npm run build": REPOSITORY },
  "CONTRIBUTING.md": {
    "npm ci": REPOSITORY,
    "npm test": REPOSITORY,
    "export GENAUTH_ACCESS_KEY_ID=": "needs an empty pool: test/proofs/service/real-service.test.ts",
  },
  "docs/performance.md": { "npm run bench": REPOSITORY },
  "test/proofs/README.md": { "npm run test:faults": REPOSITORY },
  "docs/guides/rehearsal.md": {
    "export GENAUTH_ACCESS_KEY_ID=": "needs consent to the pool: test/proofs/service/command.test.ts",
    "npx genauth-users rehearse --clean-up": "needs a journal: test/proofs/service/command.test.ts",
  },
  "docs/guides/executables.md": {
    "mkdir -p infra/terraform.d/plugins": RELEASE,
    "genauth-users install-provider --dir infra --executable ./genauth-0.1.0": RELEASE,
    "terraform state replace-provider": RELEASE,
  },
  "docs/guides/python.md": {
    "python3 -m venv .venv": OTHER_LANGUAGE,
    "genauth-users init": OTHER_LANGUAGE,
    ". .venv/bin/activate": OTHER_LANGUAGE,
    "genauth-users export": OTHER_LANGUAGE,
    "cd ../../..": OTHER_LANGUAGE,
    "terraform apply tfplan": OTHER_LANGUAGE,
  },
  "docs/guides/go.md": {
    "unzip -q": OTHER_LANGUAGE,
    "genauth-users emulator": OTHER_LANGUAGE,
    "genauth-users export": OTHER_LANGUAGE,
    "cd ../../..": OTHER_LANGUAGE,
    "terraform apply tfplan": OTHER_LANGUAGE,
  },
  "docs/guides/cdk-terrain.md": { "npm uninstall cdktf": REGISTRY },
  "docs/guides/release.md": {
    "npm pack --dry-run": REPOSITORY,
    "npm install cdktf-genauth": "needs the published package",
    "npm deprecate cdktf-genauth": "needs the published package",
    "gh release upload": "needs the published package",
  },
  "docs/guides/private-deployment.md": {
    "export GENAUTH_HOST=": ELSEWHERE,
    "export HTTPS_PROXY=": ELSEWHERE,
    "export NODE_EXTRA_CA_CERTS=": ELSEWHERE,
  },
  "docs/guides/provider-lock.md": {
    "ci/genauth/node_modules/.bin/genauth-users pipeline lock": PIPELINE,
    "npx cdktf synth": CDKTF_CLI,
    "npx cdktf diff": CDKTF_CLI,
  },
  "examples/policy/README.md": { "terraform plan": "needs conftest: test/pipelines/policy/policy.test.ts" },
};
