// A runner of tasks with a cache, such as turbo, is larger than all that it would run here.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Builds like `build.mjs`, unless `dist/` and `lib/` are what the last build made of the same sources. Tests, the demo and the installation
 * of a clone start with it. A package is always built anew.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const stamp = join(root, "node_modules", ".cache", "cdktf-genauth", "build.sha256");
const INPUTS = [
  ...["src", "scripts", "templates/project", "package.json", "tsconfig.json", "tsconfig.build.json"],
  // What is installed: the bundled code, the compilers, the licences.
  "node_modules/.package-lock.json",
];
const OUTPUTS = ["dist", "lib"];

function filesOf(path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  if (!found?.isDirectory()) return found ? [path] : [];
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => filesOf(join(path, name)));
}

/** One hash over the paths and contents of what is built, and of what it is built from. */
function currentState() {
  const hash = createHash("sha256").update(process.version);
  for (const path of [...INPUTS, ...OUTPUTS].flatMap(filesOf)) {
    const content = readFileSync(join(root, path));
    hash.update(`\0${path}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

function lastState() {
  return statSync(stamp, { throwIfNoEntry: false }) ? readFileSync(stamp, "utf8") : undefined;
}

if (lastState() !== currentState()) {
  await import("./build.mjs");
  if (process.exitCode === 0) {
    mkdirSync(dirname(stamp), { recursive: true });
    writeFileSync(stamp, currentState());
  }
}
