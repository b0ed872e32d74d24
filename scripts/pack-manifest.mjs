import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Makes the package.json for the package, without scripts and other parts that only this repository needs. npm runs `reduce`
 * before it packs or publishes, and `restore` after. If npm is interrupted in between, run `restore` by hand.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const manifest = join(root, "package.json");
const full = join(root, ".package.json.full");

const steps = { reduce, restore };
const [step] = process.argv.slice(2);
if (!Object.hasOwn(steps, step)) throw new Error(`Give one of ${Object.keys(steps).join(", ")}.`);
steps[step]();

function reduce() {
  restore();
  const text = readFileSync(manifest, "utf8");
  const { scripts, devDependencies, overrides, ...packed } = JSON.parse(text);
  if (!scripts || !devDependencies || !overrides) throw new Error("package.json is reduced already.");
  writeFileSync(full, text);
  writeFileSync(manifest, `${JSON.stringify(packed, null, 2)}\n`);
}

function restore() {
  if (existsSync(full)) renameSync(full, manifest);
}
