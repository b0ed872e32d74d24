import "./check-platform.mjs";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { thirdPartyNotices } from "./third-party-notices.mjs";

/**
 * Builds what the package ships: `lib/` (what a stack imports) and `dist/` (the provider and the
 * command, with every dependency inside, and the licences of these). Runs at `npm ci`, `npm test` and `npm run demo`, so
 * nobody has to think of it.
 *
 * Each folder is made aside, and put in place when it is complete: a failed build leaves the former one, and whatever
 * uses that one at the moment hardly notices.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const aside = mkdtempSync(join(root, ".build-"));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  logLevel: "warning",
  legalComments: "none",
  metafile: true,
};
/** What dependencies name but never load here. Parsing it would cost each start of the provider a twentieth of its time. */
const leftOut = {
  "@grpc/proto-loader": "./scripts/left-out.cjs", // for gRPC's own channelz service, which nobody registers
  "web-streams-polyfill/dist/ponyfill.es2018.js": "./scripts/left-out.cjs", // for Node.js before 18
};
const shipped = { ...common, minifySyntax: true, alias: leftOut };

const outputs = [
  {
    ...shipped,
    entryPoints: ["src/provider/main.ts"],
    outfile: join(aside, "dist", "genauth-provider.js"),
    // A file of its own beside this one: it takes longer to read than all that is done before it is loaded.
    external: ["./genauth-service"],
    supported: { "dynamic-import": false },
  },
  {
    ...shipped,
    entryPoints: ["src/provider/genauth-service.ts"],
    outfile: join(aside, "dist", "genauth-service.js"),
  },
  {
    ...shipped,
    entryPoints: ["src/cli/main.ts"],
    outfile: join(aside, "dist", "genauth-users.js"),
    banner: { js: "#!/usr/bin/env node" },
  },
  {
    ...common,
    entryPoints: ["src/index.ts"],
    outfile: join(aside, "lib", "index.js"),
    external: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
  },
];

/**
 * A stack installs what package.json declares, and nothing else: `packages: "external"` would leave in an import of a
 * package that only this tree has. What else the code of a stack needed would be bundled, and would owe its licence.
 */
function requireDeclaredOnly({ outputs: made }) {
  const { inputs } = made[Object.keys(made).find((file) => file.endsWith("lib/index.js"))];
  const bundled = Object.keys(inputs).filter(
    (file) => file.includes("node_modules/") && inputs[file].bytesInOutput > 0,
  );
  if (bundled.length === 0) return;
  throw new Error(
    `lib/ would bundle ${bundled.join(", ")}. Do not import that from what a stack imports, or declare its package in ` +
      `"dependencies" of package.json.`,
  );
}

/** Writes the type declarations of what a stack imports, which esbuild does not make; gives the compiler's exit code. */
function declareTypes() {
  const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const args = [compiler, "-p", "tsconfig.build.json", "--outDir", join(aside, "lib")];
  return spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status ?? 1;
}

/** One line a file, as `sha256sum` writes and checks them; synth holds what it lays against them. */
function checksums(folder) {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const hash = createHash("sha256").update(readFileSync(join(folder, name)));
      return `${hash.digest("hex")}  ${name}\n`;
    })
    .join("");
}

function putInPlace(folder) {
  const place = join(root, folder);
  const former = join(aside, `former-${folder}`);
  try {
    renameSync(place, former);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  renameSync(join(aside, folder), place);
}

const tidy = () => rmSync(aside, { recursive: true, force: true });
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.once(signal, () => {
    tidy();
    process.exit(1);
  });
}

try {
  const bundles = await Promise.all(outputs.map((options) => build(options)));
  requireDeclaredOnly(bundles.at(-1).metafile);
  copyFileSync(
    join(root, "src/provider/terraform-provider-genauth"),
    join(aside, "dist", "terraform-provider-genauth"),
  );
  for (const name of ["terraform-provider-genauth", "genauth-users.js"])
    chmodSync(join(aside, "dist", name), 0o755);
  const inputs = bundles.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  writeFileSync(join(aside, "dist", "THIRD-PARTY-NOTICES.txt"), thirdPartyNotices(root, inputs));
  writeFileSync(join(aside, "dist", "SHA256SUMS"), checksums(join(aside, "dist")));
  putInPlace("dist");
  process.exitCode = declareTypes();
  if (process.exitCode === 0) putInPlace("lib");
} finally {
  tidy();
}
