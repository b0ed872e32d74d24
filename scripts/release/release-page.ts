import { readFileSync } from "node:fs";
import { join } from "node:path";
import { archiveName, PROVIDER_ADDRESS } from "../../src/install";

/** The platform in the commands of the page. */
const PLATFORM = "linux_amd64";

/**
 * The page that somebody finds in a release: from the folder to a deleted user, with nothing but Terraform or OpenTofu.
 *
 * @param root the project's folder, whose example in plain HCL is shown
 */
export function releasePage(root: string, version: string): string {
  const plugins = `infra/terraform.d/plugins/${PROVIDER_ADDRESS}`;
  const example = readFileSync(join(root, "examples/hcl/main.tf"), "utf8");
  const command = `cdktf-genauth_${version}_${PLATFORM}.zip`;
  return `# GenAuth provider ${version}

This folder holds the provider for Terraform and OpenTofu that deletes the GenAuth users who leave a declared set. It needs no Node.js, no
npm and no registry. On Linux it needs glibc: Debian, Ubuntu, Red Hat and similar, but not Alpine.

## Delete a user

Check the files, and put the provider where \`init\` looks for it. On another platform, replace \`${PLATFORM}\` by \`linux_arm64\`,
\`darwin_amd64\` or \`darwin_arm64\`:

\`\`\`console
$ sha256sum --check --ignore-missing *_SHA256SUMS
$ mkdir -p ${plugins}
$ cp ${archiveName(version, PLATFORM)} ${plugins}/
\`\`\`

Write \`infra/main.tf\`:

\`\`\`hcl
${example.slice(example.indexOf("terraform {")).trim()}
\`\`\`

Write \`infra/staff.csv\`, which names everybody who may have an account, one row per person:

\`\`\`csv
id,label
user001@example.com,User 001
user002@example.com,User 002
user003@example.com,User 003
\`\`\`

Set the access key: \`GENAUTH_ACCESS_KEY_ID\` and \`GENAUTH_ACCESS_KEY_SECRET\`, and for a private deployment its address, \`GENAUTH_HOST\`. The
first apply creates the set, and deletes nobody. Then remove a row, and look at the plan, which names the user who will be deleted:

\`\`\`console
$ cd infra
$ terraform init
$ terraform apply
$ sed -i.bak /user003/d staff.csv
$ terraform plan -out=tfplan
\`\`\`

Delete the user:

\`\`\`console
$ terraform apply tfplan
\`\`\`

Run Terraform in the folder itself: with \`-chdir\`, it does not find the provider. Commit \`.terraform.lock.hcl\`, so that no other provider
runs.

## The command

\`${command}\` holds \`cdktf-genauth\`. It writes \`staff.csv\` from your pool (\`export\`), reports on plans, finds drift, installs
the provider for several platforms at once, and is an emulator of GenAuth, to try all of this without an account:

\`\`\`console
$ unzip ${command} cdktf-genauth
$ ./cdktf-genauth emulator --count 3    # prints variables to export, and runs until Ctrl-C
\`\`\`

\`./cdktf-genauth --help\` lists everything. The npm package \`cdktf-genauth\` ${version} holds all documentation, and the constructs for CDKTF
and CDK Terrain, which install the provider from this folder.

## Python and Go

\`cdktf_genauth-${version}-py3-none-any.whl\` and \`cdktn_genauth-${version}-py3-none-any.whl\` hold the constructs for CDKTF and CDK Terrain in Python,
and \`cdktf-genauth-go_${version}.zip\` those for CDKTF in Go. They need Node.js at synth.
\`pip install ./cdktf_genauth-${version}-py3-none-any.whl\` installs \`cdktf-genauth\`, too.
`;
}
