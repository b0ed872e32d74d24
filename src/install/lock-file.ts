import { PROVIDER_ADDRESS } from "./address";

/**
 * Puts this provider's entry into the text of a `.terraform.lock.hcl`, and leaves the entries of others as they are.
 *
 * With `version` and `constraints` there, `cdktf diff` and `cdktf deploy` do not run `terraform providers lock`, which
 * would ask the provider's host, and that does not exist. The hash is that of the files just laid: a stale one, left by
 * an earlier build, would fail `init`.
 *
 * @param text the file as it is; empty where there is none
 * @param version the provider's version, such as `0.1.0`
 * @param hash the hash of its folder, such as `h1:…`
 */
export function withLockEntry(text: string, version: string, hash: string): string {
  const entry = [
    `provider "${PROVIDER_ADDRESS}" {`,
    `  version     = "${version}"`,
    `  constraints = "${version}"`,
    `  hashes = [`,
    `    "${hash}",`,
    `  ]`,
    `}`,
    ``,
  ].join("\n");
  if (OWN_ENTRY.test(text)) return text.replace(OWN_ENTRY, entry);
  const gap = text === "" || text.endsWith("\n\n") ? "" : text.endsWith("\n") ? "\n" : "\n\n";
  return text + gap + entry;
}

/** The whole block: Terraform writes the closing brace at the start of a line, and no other one there. */
const OWN_ENTRY = new RegExp(
  `^provider "${PROVIDER_ADDRESS.replaceAll(".", "\\.")}" \\{\\r?\\n(?:[^\\n]*\\n)*?\\}[^\\n]*(?:\\n|$)`,
  "m",
);
