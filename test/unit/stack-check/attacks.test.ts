import { readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { version } from "../../../package.json";
import { hashArchive, installCommand, installProvider, installRelease } from "../../../src/install";
import { PROVISIONER_COMMAND, provisionerEnvironment } from "../../../src/payload/provisioner";
import { UserIdType } from "../../../src";
import { checkStack } from "../../../src/stack-check";
import { archive, writeRelease, zipHash } from "../../support/release-folder";
import { type Files, Link, withFolder } from "../../support/stack-check/folder";

/** `file:line` of each finding, and its problem. */
function findings(files: Files, allowed: readonly string[] = []): string[] {
  return withFolder(files, (folder) => linesOf(folder, allowed));
}

function linesOf(folder: string, allowed: readonly string[] = []): string[] {
  return checkStack(folder, allowed).findings.map(({ file, line, problem }) =>
    [file, ...(line === undefined ? [] : [line]), ` ${problem}`].join(":"),
  );
}

const NOBODY = "is a program, and nobody allowed it";
const LOCAL_EXEC = `provisioner "local-exec" {
    command = "id"
  }`;
const required = (name: string, source: string) =>
  `terraform {\n  required_providers {\n    ${name} = { source = "${source}" }\n  }\n}\n`;
const environment = provisionerEnvironment({
  format: 1,
  set: "staff",
  userIdType: UserIdType.EMAIL,
  users: [],
  retainedUserIds: [],
  protectedUsers: {},
});
const set = { when: "destroy", command: PROVISIONER_COMMAND, environment, quiet: true };
const nullResource = (provisioner: unknown) => ({
  resource: { null_resource: { staff: { provisioner: [{ "local-exec": provisioner }] } } },
});

const ATTACKS: readonly (readonly [what: string, files: Files, says: string | RegExp])[] = [
  [
    "a required provider",
    { "main.tf": required("evil", "evil/evil") },
    `main.tf:3: The provider evil/evil ${NOBODY}`,
  ],
  [
    "a provider under the null provider's name",
    { "main.tf": required("null", "evil/null"), "x.tf": 'resource "null_resource" "x" {}' },
    "main.tf:3: The provider evil/null",
  ],
  [
    "a provider under the name of the built-in one",
    { "main.tf": `${required("terraform", "evil/x")}resource "terraform_data" "x" {}` },
    "main.tf:3: The provider evil/x",
  ],
  [
    "a provider of another host",
    { "main.tf": required("null", "evil.example/hashicorp/null") },
    "evil.example/hashicorp/null",
  ],
  [
    "a provider whose name is computed",
    {
      "main.tf":
        'terraform {\n  required_providers {\n    null = { source = join("/", ["evil", "x"]) }\n  }\n}',
    },
    "main.tf:3: The file declares the source of the provider null not as a literal",
  ],
  [
    "a provider with two sources in one entry",
    {
      "main.tf":
        'terraform {\n  required_providers {\n    null = { source = "hashicorp/null", source = "evil/x" }\n  }\n}',
    },
    "main.tf:3: The file declares source twice",
  ],
  [
    "another source in an override",
    { "main.tf": required("null", "hashicorp/null"), "main_override.tf": required("null", "evil/null") },
    "main_override.tf:3: Two sources are declared for the provider null",
  ],
  ["a provider block alone", { "main.tf": '\nprovider "evil" {}' }, `main.tf:2: The provider hashicorp/evil`],
  [
    "a resource alone",
    { "main.tf": 'resource "local_file" "x" {}' },
    "main.tf:1: The provider hashicorp/local",
  ],
  ["a resource with an escaped type", { "main.tf": 'resource "\\u0065vil_x" "x" {}' }, "hashicorp/evil"],
  ["a resource without quotes", { "main.tf": "resource evil_x x {\n}" }, "hashicorp/evil"],
  [
    "a resource of an allowed type with another provider",
    { "main.tf": 'resource "null_resource" "x" {\n  provider = evil.other\n}' },
    "main.tf:1: The provider hashicorp/evil",
  ],
  [
    "a resource whose provider is an expression",
    { "main.tf": 'resource "null_resource" "x" {\n  provider = evil.by[each.key]\n}' },
    "main.tf:2: The file names a provider not by its name",
  ],
  [
    "external data",
    { "main.tf": 'data "external" "x" {\n  program = ["id"]\n}' },
    "main.tf:1: The provider hashicorp/external",
  ],
  ["http data", { "main.tf": 'data "http" "x" {}' }, "hashicorp/http"],
  [
    "external data in a check",
    { "main.tf": 'check "c" {\n  data "external" "x" {}\n}' },
    "main.tf:2: The provider hashicorp/external",
  ],
  ["an ephemeral resource", { "main.tf": 'ephemeral "evil_x" "x" {}' }, "hashicorp/evil"],
  ["an action", { "main.tf": 'action "local_command" "x" {}' }, "hashicorp/local"],
  [
    "an import",
    { "main.tf": 'import {\n  to = module.a["b"].evil_x.y[0]\n  id = "1"\n}' },
    "main.tf:1: The provider hashicorp/evil",
  ],
  [
    "an import to a computed place",
    { "main.tf": "import {\n  to = f(x)\n}" },
    "main.tf:2: The file imports an object whose address is not simple",
  ],
  [
    "another state",
    { "main.tf": 'data "terraform_remote_state" "x" {\n  backend = "http"\n}' },
    "main.tf:1: terraform_remote_state connects to a place",
  ],
  [
    "metadata for a provider",
    { "main.tf": 'terraform {\n  provider_meta "evil" {}\n}' },
    "main.tf:2: The provider hashicorp/evil",
  ],
  [
    "a list block",
    { "main.tf": 'list "evil_x" "x" {}' },
    "main.tf:1: This check does not know the block list",
  ],
  [
    "an unknown setting",
    { "main.tf": "terraform {\n  hooks {}\n}" },
    "main.tf:2: This check does not know the setting hooks",
  ],
  // Commands.
  [
    "a provisioner",
    { "main.tf": `resource "null_resource" "x" {\n  ${LOCAL_EXEC}\n}` },
    "main.tf:2: The provisioner local-exec",
  ],
  [
    "a provisioner of terraform_data",
    { "main.tf": `resource "terraform_data" "x" {\n  ${LOCAL_EXEC}\n}` },
    "main.tf:2: The provisioner",
  ],
  [
    "a provisioner of a user set",
    {
      "main.tf": `resource "genauth_user_set" "x" {\n  provider = g\n  ${LOCAL_EXEC}\n}\n${required("g", "terraform.local/genauth/genauth")}`,
    },
    "main.tf:3: The provisioner",
  ],
  [
    "a provisioner in an override",
    {
      "main.tf": 'resource "null_resource" "x" {}',
      "override.tf": `resource "null_resource" "x" {\n  ${LOCAL_EXEC}\n}`,
    },
    "override.tf:2",
  ],
  [
    "a provisioner of a removed object",
    { "main.tf": `removed {\n  from = null_resource.x\n  ${LOCAL_EXEC}\n}` },
    "main.tf:3: The provisioner",
  ],
  [
    "a remote provisioner",
    { "main.tf": 'resource "null_resource" "x" {\n  provisioner "remote-exec" {}\n}' },
    "The provisioner remote-exec",
  ],
  [
    "a connection",
    { "main.tf": 'resource "null_resource" "x" {\n  connection {}\n}' },
    "main.tf:2: A connection block",
  ],
  [
    "a provisioner after a comment with a bare carriage return",
    { "main.tf": `# calm\rresource "null_resource" "x" {\n ${LOCAL_EXEC}\n}` },
    "bare carriage return",
  ],
  [
    "a provisioner in a file of OpenTofu",
    { "main.tf": "", "main.tofu": `resource "null_resource" "x" {\n  ${LOCAL_EXEC}\n}` },
    "main.tofu:2",
  ],
  [
    "a provisioner in JSON",
    { "main.tf.json": nullResource({ command: "id" }) },
    "main.tf.json:1: The provisioner local-exec",
  ],
  [
    "a provisioner in JSON with arrays",
    {
      "main.tofu.json": [
        { resource: [{ null_resource: [{ x: [{ provisioner: { "local-exec": [{ command: "id" }] } }] }] }] },
      ],
    },
    "main.tofu.json:1: The provisioner",
  ],
  [
    "a resource hidden behind a repeated property",
    { "main.tf.json": '{"resource": {},\n"resource": {"evil_x": {"x": {}}}}' },
    "main.tf.json:2: The file declares resource twice",
  ],
  [
    "a repeated property written with an escape",
    { "main.tf.json": '{"resource": {},\n"resourc\\u0065": {"evil_x": {"x": {}}}}' },
    "main.tf.json:2: The file declares resource twice",
  ],
  [
    "a backend that runs a command",
    { "main.tf": 'terraform {\n  backend "kubernetes" {\n    exec {\n      command = "id"\n    }\n  }\n}' },
    "main.tf:3: exec can run a command",
  ],
  [
    "a backend that reads a file with a command",
    { "main.tf.json": { terraform: { backend: { s3: { shared_config_files: ["x"] } } } } },
    "shared_config_files can run a command",
  ],
  [
    "a backend that sends a file to a place of its own",
    {
      "main.tf":
        'terraform {\n  backend "s3" {\n    assume_role_with_web_identity = {\n      web_identity_token_file = "/proc/self/environ"\n    }\n  }\n}',
    },
    "main.tf:4: web_identity_token_file names a file",
  ],
  [
    "a backend of Azure that sends a file",
    {
      "main.tf.json": { terraform: { backend: { azurerm: { oidc_token_file_path: "/proc/self/environ" } } } },
    },
    "oidc_token_file_path names a file",
  ],
  [
    "a backend whose credentials say which file is sent where",
    { "main.tf": 'terraform {\n  backend "gcs" {\n    credentials = "key.json"\n  }\n}' },
    "main.tf:3: credentials names a file",
  ],
  [
    "encryption by a command",
    {
      "main.tofu":
        'terraform {\n  encryption {\n    key_provider "external" "x" {\n      command = ["id"]\n    }\n  }\n}',
    },
    "main.tofu:4: command can run a command",
  ],
  // Modules.
  [
    "a remote module",
    { "main.tf": 'module "x" {\n  source = "git::https://evil.example/x"\n}' },
    "main.tf:2: Only modules in folders of this stack",
  ],
  [
    "a module of a registry",
    { "main.tf": 'module "x" {\n  source = "evil/x/y"\n}' },
    "main.tf:2: Only modules",
  ],
  [
    "a module with an absolute path",
    { "main.tf": 'module "x" {\n  source = "/tmp/x"\n}' },
    "main.tf:2: Only modules",
  ],
  [
    "a module whose source is a template",
    { "main.tf": 'module "x" {\n  source = "./${var.x}"\n}' },
    "main.tf:2: Only modules",
  ],
  ["a module without a source", { "main.tf": 'module "x" {}' }, "main.tf:1: Only modules"],
  [
    "a module outside",
    { "main.tf": 'module "x" {\n  source = "../other"\n}', "../other/main.tf": "" },
    "main.tf:2: The module is outside the folder stack",
  ],
  [
    "a module behind a link",
    { "main.tf": 'module "x" {\n  source = "./m"\n}', m: new Link("../other"), "../other/main.tf": "" },
    "main.tf:2: The module's path m contains a link",
  ],
  [
    "a module of a registry in a test, which init fetches, too",
    { "main.tf": "", "x.tftest.hcl": 'run "a" {\n  module {\n    source = "evil/x/y"\n  }\n}' },
    "x.tftest.hcl:3: Only modules in folders of this stack",
  ],
  [
    "a module with a provider in a test in its folder, in JSON",
    {
      "main.tf": "",
      "tests/x.tofutest.json": { run: { a: { module: { source: "./m" } } } },
      "m/x.tf.json": { data: { external: { x: {} } } },
    },
    "m/x.tf.json:1: The provider hashicorp/external",
  ],
  [
    "a missing module",
    { "main.tf": 'module "x" {\n  source = "./m"\n}' },
    "main.tf:2: The module's folder m does not exist",
  ],
  [
    "a provider in a module of a module",
    {
      "main.tf": 'module "x" {\n  source = "./a"\n}',
      "a/x.tf": 'module "x" {\n  source = "../b"\n}',
      "b/x.tf.json": { data: { external: { x: {} } } },
    },
    "b/x.tf.json:1: The provider hashicorp/external",
  ],
  [
    "a file behind a link",
    { "main.tf": new Link("../other"), "../other": "" },
    "main.tf: It is not a regular file",
  ],
  // What init would take from the folder.
  [
    "a prepared .terraform",
    { "main.tf": "", ".terraform/modules/modules.json": "{}" },
    ".terraform: It was brought along",
  ],
  ["a CLI configuration", { "main.tf": "", ".terraformrc": "" }, ".terraformrc: It is a CLI configuration"],
  ["another CLI configuration", { "main.tf": "", "tofu.rc": "" }, "tofu.rc: It is a CLI configuration"],
  [
    "a provider in the folder",
    { "main.tf": "", "terraform.d/plugins/terraform.local/evil/evil/1.0.0/linux_amd64/x": "" },
    "terraform.local/evil/evil/1.0.0/linux_amd64/x: It is not the provider of this version",
  ],
  [
    "plugins behind a link",
    { "main.tf": "", "terraform.d": new Link("../other"), "../other/plugins/x": "" },
    "terraform.d: It is not part of the GenAuth provider",
  ],
  [
    "a state with another provider",
    {
      "main.tf": "",
      "terraform.tfstate": { resources: [{ provider: 'provider["registry.terraform.io/evil/evil"]' }] },
    },
    "terraform.tfstate: The provider registry.terraform.io/evil/evil",
  ],
  [
    "a state that is none",
    { "main.tf": "", "terraform.tfstate": "x" },
    "terraform.tfstate: It is not a state",
  ],
  // Files that cannot be read with certainty.
  ["no configuration", { "main.txt": "" }, ".: It contains no configuration"],
  [
    "a file that ends in a block",
    { "main.tf": "\nlocals {" },
    /^main\.tf:2: The file has no name where .*, so this check cannot vouch for it\.$/m,
  ],
  ["a file that ends in a string", { "main.tf": 'x = "' }, "main.tf:1: The file ends inside a string"],
  ["a file that ends in a template", { "main.tf": 'x = "${' }, "main.tf:1: The file ends inside a template"],
  ["a file that ends in a comment", { "main.tf": "/*" }, "main.tf:1: The file ends inside a comment"],
  ["a file that ends in a heredoc", { "main.tf": "x = <<A\nb\n" }, "The file ends inside a heredoc"],
  [
    "a heredoc that seems to end",
    { "main.tf": "x = <<A\nA\u00a0\nA\n" },
    "main.tf:2: The file contains a heredoc whose end marker",
  ],
  ["signs before a brace", { "main.tf": 'x = "$$${a}"' }, "more than two dollar or percent signs"],
  ["a deep nesting", { "main.tf.json": "[".repeat(100_000) }, "main.tf.json:1: The file is"],
  [
    "a deep nesting in HCL",
    { "main.tf": 'x = "${'.repeat(100_000) },
    "main.tf:1: The file is nested too deeply",
  ],
  ["text that is not UTF-8", { "main.tf": "# \ufffd" }, "bytes that are not UTF-8"],
  ["JSON with a comment", { "main.tf.json": "// x\n{}" }, "main.tf.json:1: The file is not JSON"],
  [
    "JSON with a text in place of a block",
    { "main.tf.json": { resource: "x" } },
    "main.tf.json:1: The file contains a value where an object should be",
  ],
];

test.each(ATTACKS)("%s is refused", (_, files, says) => {
  const found = findings(files).join("\n");
  if (typeof says === "string") expect(found).toContain(says);
  else expect(found).toMatch(says);
});

describe("the null resource of a set", () => {
  const check = (files: Files, change?: (folder: string) => void) =>
    withFolder(files, (folder) => {
      installCommand(folder);
      change?.(folder);
      return linesOf(folder);
    });

  test("may run its own command", () => {
    expect(check({ "cdk.tf.json": nullResource(set) })).toEqual([]);
  });

  test.each([
    ["another command", { ...set, command: `id; ${set.command}` }],
    ["another time", { ...set, when: "create" }],
    ["an interpreter", { ...set, interpreter: ["python3", "-c"] }],
    ["a folder", { ...set, working_dir: "/tmp" }],
    ["a failure that does not count", { ...set, on_failure: "continue" }],
    ["another variable", { ...set, environment: { ...environment, NODE_OPTIONS: "--require ./evil.cjs" } }],
    ["another script", { ...set, environment: { ...environment, GENAUTH_SET_COMMAND: "./evil" } }],
    [
      "code in the declaration",
      { ...set, environment: { ...environment, GENAUTH_SET_DECLARED_0: '${file("/etc/passwd")}' } },
    ],
    ["no environment", { ...set, environment: null }],
  ])("may not run it with %s", (_, provisioner) => {
    const readsFile = JSON.stringify(provisioner).includes("file(");
    expect(check({ "cdk.tf.json": nullResource(provisioner) })).toEqual([
      expect.stringContaining("cdk.tf.json:1: The provisioner local-exec runs a command that is not exactly"),
      ...(readsFile ? [expect.stringContaining("cdk.tf.json:1: file needs a literal")] : []),
    ]);
  });

  test("may not run another file in its place", () => {
    for (const file of ["genauth/genauth-users", "genauth/genauth-users.cjs"]) {
      const found = withFolder({ "cdk.tf.json": nullResource(set), [file]: "id" }, linesOf);
      expect(found).toEqual([expect.stringContaining("The provisioner local-exec")]);
    }
  });

  test("may not run it for a null_resource of another provider", () => {
    const { resource } = nullResource(set);
    const files = {
      "cdk.tf.json": { resource, terraform: { required_providers: { null: { source: "a/null" } } } },
    };
    expect(
      withFolder(files, (folder) => {
        installCommand(folder);
        return linesOf(folder, ["a/null"]);
      }),
    ).toEqual([expect.stringContaining("The provisioner local-exec")]);
  });
});

test("ordinary configurations pass", () => {
  const files: Files = {
    "main.tf": `
# data "external" "x" {}
/* resource "evil_x" "y" {
} */
terraform {
  required_version = ">= 1.5"
  required_providers {
    genauth = {
      source  = "terraform.local/genauth/genauth"
      version = "0.1.0", configuration_aliases = [genauth.other]
    }
    null = { "source" : "hashicorp/null" }
  }
  backend "s3" {
    bucket = "exec"
  }
}
locals {
  text = <<-EOT
    data "external" "x" {
    \${join(",", [for s in var.x : "a\${s}" if s != "}"])} %{ if true ~} } %{ endif } $\${x}
  EOT
  escaped = "\\"}\\n$\${ \${ { a = "}" }["a"] } 100 %"
  map = { "a" = 1, (local.b) : 2
    c = [1, 2] }
}
variable "x" { default = [] }
provider "genauth" {}
resource "genauth_user_set" "staff" {
  for_each = toset(["a"])
  users = {}
  lifecycle { prevent_destroy = true }
}
resource "terraform_data" "x" {
  input = { command = "a value, which nothing runs" }
}
module "m" {
  source = "./m"
  providers = { genauth = genauth.other }
}
check "c" {
  assert {
    condition = true
    error_message = "x"
  }
}
import {
  to = genauth_user_set.staff["a"]
  id = "staff.csv"
}
moved {
  from = null_resource.a
  to = null_resource.b
}
removed {
  from = null_resource.c
  lifecycle { destroy = false }
}
output "x" { value = local.text }
`,
    "m/main.tf": `module "again" {\n  source = "../m2"\n}\n${required("genauth", "terraform.local/genauth/genauth")}`,
    "m2/main.tf.json": { "//": { data: "external" }, output: [{ x: { value: 1 } }] },
    "secrets.auto.tfvars": 'x = "y"',
    ".hidden.tf": 'data "external" "x" {}',
    "notes.txt": 'data "external" "x" {}',
    "tests/x.tftest.hcl": "",
    "terraform.tfstate": {
      resources: [
        { provider: 'module.m.provider["terraform.local/genauth/genauth"].other' },
        { provider: 'provider["terraform.io/builtin/terraform"]' },
      ],
    },
  };
  withFolder(files, (folder) => {
    installProvider({ dir: folder });
    expect(linesOf(folder)).toEqual([]);
    expect(checkStack(folder, []).files).toEqual(["main.tf", "m/main.tf", "m2/main.tf.json"]);
  });
});

describe("an executable of the provider", () => {
  const check = (change: (folder: string) => void = () => undefined) =>
    withFolder({ "main.tf": "" }, (folder) => {
      const release = join(folder, "..", "release");
      writeRelease(release, "linux_amd64");
      installRelease({ dir: folder, release, version, platforms: ["linux_amd64"] });
      // The committed lock file is elsewhere: what the stack's own says does not count.
      const lock = readFileSync(join(folder, ".terraform.lock.hcl"), "utf8");
      change(folder);
      const found = (text?: string) => checkStack(folder, [], folder, text).findings;
      return { locked: found(lock), unlocked: found() };
    });
  const archiveIn = (folder: string, name = archive("linux_amd64")) =>
    join(folder, "terraform.d/plugins/terraform.local/genauth/genauth", name);
  const REFUSED = [{ problem: expect.stringMatching(/that no lock file names/) as unknown }];

  test("is allowed if the committed lock file names it, and only then", () => {
    expect(check()).toMatchObject({ locked: [], unlocked: REFUSED });
  });

  test("is refused if it is another one, or under another name", () => {
    expect(check((folder) => writeFileSync(archiveIn(folder), "a foreign one")).locked).toMatchObject(
      REFUSED,
    );
    // Written before the stack's own lock file was: it may say what it likes.
    expect(
      check((folder) =>
        installRelease({ dir: folder, release: foreignRelease(folder), version, platforms: ["linux_amd64"] }),
      ).locked,
    ).toMatchObject(REFUSED);
    const renamed = check((folder) =>
      renameSync(archiveIn(folder), archiveIn(folder, archive("linux_amd64").replace(version, "9.9.9"))),
    );
    expect(renamed.locked).toMatchObject([
      { problem: expect.stringContaining("not the provider of this version") as unknown },
    ]);
    const linked = check((folder) => {
      renameSync(archiveIn(folder), join(folder, "..", "moved.zip"));
      symlinkSync(join(folder, "..", "moved.zip"), archiveIn(folder));
    });
    expect(linked.locked).toMatchObject(REFUSED);
  });
});

/** A release with another executable. */
function foreignRelease(folder: string): string {
  const release = join(folder, "..", "foreign");
  writeRelease(release, "linux_amd64");
  writeFileSync(join(release, archive("linux_amd64")), "a foreign one");
  const index = join(release, `${version}.json`);
  const hash = hashArchive(Buffer.from("a foreign one"));
  writeFileSync(index, readFileSync(index, "utf8").replace(zipHash("linux_amd64"), hash));
  return release;
}

test("further providers are allowed by name, and a remote state is with the built-in provider", () => {
  const files: Files = {
    "main.tf": `${required("aws", "hashicorp/aws")}data "aws_x" "x" {}\ndata "terraform_remote_state" "x" {}`,
    "x.tf": 'data "tfe_x" "x" {}',
  };
  expect(findings(files)).toHaveLength(4);
  expect(findings(files, ["hashicorp/aws", "hashicorp/tfe", "terraform.io/builtin/terraform"])).toEqual([]);
  expect(findings({ "main.tf": required("x", "a.example/b/c") }, ["a.example/b/c"])).toEqual([]);
  // On OpenTofu, the same source is another provider.
  expect(findings(files, ["registry.terraform.io/hashicorp/aws"])).toHaveLength(4);
});
