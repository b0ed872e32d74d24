import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

/**
 * The licences of the packages whose code ended up in a bundle: most of them ask for their text to go where the code goes.
 *
 * @param {string} root the project's folder
 * @param {string[]} inputs the files that were bundled, relative to it, as esbuild's metafile names them
 * @returns {string} one section a package, by name
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
  if (!license) throw new Error(`${folder} says nothing of its licence, so it cannot be bundled.`);
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
  return `${[`${name} ${version} (${license})`, ...texts].join("\n\n")}\n`;
}
