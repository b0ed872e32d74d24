// npm packs package.json and README as they are, with scripts and links that only a clone has.
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { filesAddress, type Manifest, packedManifest } from "./manifest";
import { packedPage } from "./packed-page";

/**
 * Puts package.json and the pages in the form that the package holds. npm runs `reduce` before it packs or publishes, and
 * `restore` after. After an interruption in between, package.json has no scripts: run `restore` by hand.
 */
const root = fileURLToPath(new URL("../..", import.meta.url));
const originals = join(root, ".packing");

const steps: Readonly<Record<string, () => void>> = { reduce, restore };
const step = steps[process.argv[2] ?? ""];
if (step === undefined) throw new Error(`Give one of ${Object.keys(steps).join(", ")}.`);
step();

function reduce(): void {
  // Git may have given the originals back meanwhile, and they may have changed since.
  if (existsSync(originals)) {
    throw new Error(
      "An earlier npm pack was cut off, and left the originals of your files in .packing. Compare package.json and the " +
        'pages with them. Then delete .packing, or run "node --import tsx scripts/pack/main.ts restore" to take them back.',
    );
  }
  const manifest = packedManifest(
    JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest,
    process.env,
  );
  const files = new Set(filesOfPackage());
  const repository = filesAddress(manifest);
  const pages = [...files].filter((file) => file.endsWith(".md"));
  const packed = new Map(
    pages.map((page) => [
      page,
      packedPage(page, readFileSync(join(root, page), "utf8"), { files, ...(repository && { repository }) }),
    ]),
  ).set("package.json", `${JSON.stringify(manifest, null, 2)}\n`);

  for (const file of packed.keys()) {
    mkdirSync(dirname(join(originals, file)), { recursive: true });
    cpSync(join(root, file), join(originals, file), { preserveTimestamps: true });
  }
  for (const [file, text] of packed) writeFileSync(join(root, file), text);
}

function restore(): void {
  if (!existsSync(originals)) return;
  for (const entry of readdirSync(originals, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const from = join(entry.parentPath, entry.name);
    renameSync(from, join(root, from.slice(originals.length)));
  }
  rmSync(originals, { recursive: true });
}

/** The files that npm packs, by npm itself. */
function filesOfPackage(): string[] {
  const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
  });
  const [{ files = [] } = {}] = JSON.parse(output) as [{ files?: { path: string }[] }?];
  return files.map(({ path }) => path);
}
