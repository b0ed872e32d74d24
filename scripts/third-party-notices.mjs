// Tools for licences list what is installed; only the bundler knows what is in a bundle.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import licenses from "spdx-license-list/full.js";

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
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (!license) throw new Error(`${folder} does not state its licence, so it cannot be bundled.`);
  const texts = readdirSync(folder)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .sort()
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
  const parts = texts.length > 0 ? texts : [`Author: ${authorOf(author)}`, textOf(folder, license)];
  return `${[`${name} ${version} (${license})`, ...parts].join("\n\n")}\n`;
}

/** @param {string | { name: string } | undefined} author */
function authorOf(author) {
  return (typeof author === "object" ? author.name : author) ?? "the contributors";
}

/** The texts of the licences that a package names, such as `(Apache-2.0 AND BSD-3-Clause)`, and does not hold. */
function textOf(folder, license) {
  const ids = license.match(/[\w.+-]+/g).filter((word) => word !== "AND" && word !== "OR");
  return ids
    .map((id) => {
      const text = licenses[id]?.licenseText;
      if (text === undefined)
        throw new Error(`${folder} holds no licence text, and SPDX has none for ${id}.`);
      return text.trim();
    })
    .join("\n\n");
}
