import { describe, expect, test } from "@jest/globals";
import { lockedHashes, withLockEntry } from "../../../src/install/lock-file";

const OWN = `provider "terraform.local/genauth/genauth" {
  version     = "0.1.0"
  constraints = "0.1.0"
  hashes = [
    "h1:right=",
  ]
}
`;
const STALE = OWN.replace("h1:right=", "h1:stale=").replaceAll("0.1.0", "0.0.9");
const NULL = `provider "registry.terraform.io/hashicorp/null" {
  version     = "3.2.4"
  constraints = "~> 3.2"
  hashes = [
    "h1:null=",
    "zh:00",
  ]
}
`;
/** As `tofu init` writes it for a configuration that names `hashicorp/null`. */
const OPENTOFU = NULL.replace("registry.terraform.io", "registry.opentofu.org");
const RANDOM = NULL.replace("/null", "/random");
const ENTRY = { address: "terraform.local/genauth/genauth", version: "0.1.0", hashes: ["h1:right="] };
const HEADER = `# This file is maintained automatically by "terraform init".
# Manual edits may be lost in future updates.

`;

describe("withLockEntry", () => {
  test.each<[string, string, string]>([
    ["an empty file", "", OWN],
    ["its own entry", OWN, OWN],
    ["a stale entry", HEADER + STALE, HEADER + OWN],
    ["a stale entry with Windows line ends", STALE.replaceAll("\n", "\r\n"), OWN],
    ["a bare entry", `provider "terraform.local/genauth/genauth" {\n}\n`, OWN],
    ["another provider's entry", HEADER + NULL, `${HEADER}${NULL}\n${OWN}`],
    ["no line end at the end", (HEADER + NULL).trimEnd(), `${HEADER}${NULL}\n${OWN}`],
    ["entries on both sides", `${NULL}\n${STALE}\n${RANDOM}`, `${NULL}\n${OWN}\n${RANDOM}`],
  ])("puts the entry into a file with %s", (_, before, after) => {
    expect(withLockEntry(before, ENTRY)).toBe(after);
  });

  test("does not mistake a provider of another host for its own", () => {
    const lookalike = STALE.replace("terraform.local", "terraformXlocal");

    expect(withLockEntry(lookalike, ENTRY)).toBe(`${lookalike}\n${OWN}`);
  });

  const PINNED = { address: "registry.terraform.io/hashicorp/null", version: "3.2.4" };
  const BARE = `provider "${PINNED.address}" {\n  version     = "3.2.4"\n  constraints = "3.2.4"\n}\n`;
  const REMARK = `/* For the cdktf command. The provider is locked at another registry.\n${BARE}*/\n`;

  test.each<[string, string, string]>([
    ["adds one that is missing", OWN, `${OWN}\n${BARE}`],
    ["keeps one of the same version, with its hashes", `${OWN}\n${NULL}`, `${OWN}\n${NULL}`],
    ["replaces one of another version", `${NULL.replace("3.2.4", "3.2.3")}\n${OWN}`, `${BARE}\n${OWN}`],
    ["replaces one without constraints", NULL.replace(/ {2}constraints.*\n/, ""), BARE],
    ["adds a comment beside OpenTofu's own entry", `${OWN}\n${OPENTOFU}`, `${OWN}\n${OPENTOFU}\n${REMARK}`],
    ["keeps that comment", `${OPENTOFU}\n${REMARK}`, `${OPENTOFU}\n${REMARK}`],
    ["updates that comment", `${OPENTOFU}\n${REMARK.replaceAll("3.2.4", "3.2.3")}`, `${OPENTOFU}\n${REMARK}`],
    [
      "adds one beside another namespace",
      OPENTOFU.replace("/hashicorp/", "/acme/"),
      `${OPENTOFU.replace("/hashicorp/", "/acme/")}\n${BARE}`,
    ],
    [
      "adds one beside another type",
      OPENTOFU.replace("/null", "/nullable"),
      `${OPENTOFU.replace("/null", "/nullable")}\n${BARE}`,
    ],
  ])("%s, if no hash is known", (_, before, after) => {
    expect(withLockEntry(before, PINNED)).toBe(after);
  });
});

describe("lockedHashes", () => {
  test.each<[string, string, readonly string[]]>([
    ["its own entry", `${NULL}\n${OWN}`, ["h1:right="]],
    ["Windows line ends", OWN.replaceAll("\n", "\r\n"), ["h1:right="]],
    ["several hashes", OWN.replace("  ]", '    "zh:00",\n  ]'), ["h1:right=", "zh:00"]],
    ["an entry of another version", STALE, []],
    ["an entry without hashes", OWN.replace(/ {2}hashes[^\]]*\]\n/, ""), []],
    ["another provider's entry only", NULL, []],
    ["nothing", "", []],
  ])("reads a file with %s", (_, text, hashes) => {
    expect(lockedHashes(text, ENTRY.address, ENTRY.version)).toEqual(hashes);
  });
});
