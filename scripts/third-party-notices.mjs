import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * Collects the licences of the bundled packages: most of them must accompany the code.
 *
 * @param {string} root the project's folder
 * @param {string[]} inputs the bundled files, relative to the folder, from esbuild's metafile
 * @returns {string} one section per package, sorted by name
 */
export function thirdPartyNotices(root, inputs) {
  const folders = inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input) ?? []);
  return [...new Set(folders)]
    .map((folder) => notice(join(root, folder)))
    .sort()
    .join(`\n${"-".repeat(80)}\n\n`);
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (!license) throw new Error(`${folder} does not state its licence, so it cannot be bundled.`);
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
  return `${[`${name} ${version} (${license})`, ...texts].join("\n\n")}\n`;
}
