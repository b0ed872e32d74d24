import { createHash } from "node:crypto";

/**
 * Terraform's `h1:` hash of a provider's folder, as it stands in a lock file: SHA-256 over one line a file,
 * sorted by name, each the file's own SHA-256, two blanks and its name.
 *
 * @param files the folder's files: name to content
 */
export function packageHash(files: Readonly<Record<string, Buffer>>): string {
  const lines = Object.keys(files)
    .sort()
    .map((name) => `${sha256(files[name] ?? "").digest("hex")}  ${name}\n`);
  return `h1:${sha256(lines.join("")).digest("base64")}`;
}

function sha256(data: Buffer | string) {
  return createHash("sha256").update(data);
}
