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
  test.each<{ readonly content: string; readonly before: string; readonly after: string }>([
    { content: "an empty file", before: "", after: OWN },
    { content: "its own entry", before: OWN, after: OWN },
    { content: "a stale entry", before: HEADER + STALE, after: HEADER + OWN },
    { content: "a stale entry with Windows line ends", before: STALE.replaceAll("\n", "\r\n"), after: OWN },
    { content: "a bare entry", before: `provider "terraform.local/genauth/genauth" {\n}\n`, after: OWN },
    { content: "another provider's entry", before: HEADER + NULL, after: `${HEADER}${NULL}\n${OWN}` },
    {
      content: "no line end at the end",
      before: (HEADER + NULL).trimEnd(),
      after: `${HEADER}${NULL}\n${OWN}`,
    },
    {
      content: "entries on both sides",
      before: `${NULL}\n${STALE}\n${RANDOM}`,
      after: `${NULL}\n${OWN}\n${RANDOM}`,
    },
  ])("puts the entry into a file with $content", ({ before, after }) => {
    expect(withLockEntry(before, ENTRY)).toBe(after);
  });

  test("does not mistake a provider of another host for its own", () => {
    const lookalike = STALE.replace("terraform.local", "terraformXlocal");

    expect(withLockEntry(lookalike, ENTRY)).toBe(`${lookalike}\n${OWN}`);
  });

  const PINNED = { address: "registry.terraform.io/hashicorp/null", version: "3.2.4" };
  const BARE = `provider "${PINNED.address}" {\n  version     = "3.2.4"\n  constraints = "3.2.4"\n}\n`;
  const REMARK = `/* For the cdktf command. The provider is locked at another registry.\n${BARE}*/\n`;

  test.each<{ readonly promise: string; readonly before: string; readonly after: string }>([
    { promise: "adds one that is missing", before: OWN, after: `${OWN}\n${BARE}` },
    {
      promise: "keeps one of the same version, with its hashes",
      before: `${OWN}\n${NULL}`,
      after: `${OWN}\n${NULL}`,
    },
    {
      promise: "replaces one of another version",
      before: `${NULL.replace("3.2.4", "3.2.3")}\n${OWN}`,
      after: `${BARE}\n${OWN}`,
    },
    {
      promise: "replaces one without constraints",
      before: NULL.replace(/ {2}constraints.*\n/, ""),
      after: BARE,
    },
    {
      promise: "adds a comment beside OpenTofu's own entry",
      before: `${OWN}\n${OPENTOFU}`,
      after: `${OWN}\n${OPENTOFU}\n${REMARK}`,
    },
    { promise: "keeps that comment", before: `${OPENTOFU}\n${REMARK}`, after: `${OPENTOFU}\n${REMARK}` },
    {
      promise: "updates that comment",
      before: `${OPENTOFU}\n${REMARK.replaceAll("3.2.4", "3.2.3")}`,
      after: `${OPENTOFU}\n${REMARK}`,
    },
    {
      promise: "adds one beside another namespace",
      before: OPENTOFU.replace("/hashicorp/", "/acme/"),
      after: `${OPENTOFU.replace("/hashicorp/", "/acme/")}\n${BARE}`,
    },
    {
      promise: "adds one beside another type",
      before: OPENTOFU.replace("/null", "/nullable"),
      after: `${OPENTOFU.replace("/null", "/nullable")}\n${BARE}`,
    },
  ])("$promise, if no hash is known", ({ before, after }) => {
    expect(withLockEntry(before, PINNED)).toBe(after);
  });
});

describe("lockedHashes", () => {
  test.each<{ readonly content: string; readonly text: string; readonly hashes: readonly string[] }>([
    { content: "its own entry", text: `${NULL}\n${OWN}`, hashes: ["h1:right="] },
    { content: "Windows line ends", text: OWN.replaceAll("\n", "\r\n"), hashes: ["h1:right="] },
    {
      content: "several hashes",
      text: OWN.replace("  ]", '    "zh:00",\n  ]'),
      hashes: ["h1:right=", "zh:00"],
    },
    { content: "an entry of another version", text: STALE, hashes: [] },
    { content: "an entry without hashes", text: OWN.replace(/ {2}hashes[^\]]*\]\n/, ""), hashes: [] },
    { content: "another provider's entry only", text: NULL, hashes: [] },
    { content: "nothing", text: "", hashes: [] },
  ])("reads a file with $content", ({ text, hashes }) => {
    expect(lockedHashes(text, ENTRY.address, ENTRY.version)).toEqual(hashes);
  });
});
