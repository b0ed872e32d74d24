// esbuild bundles, but writes neither declarations nor notices nor checksums, and does not replace a folder at once.
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
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { rollUpTypes } from "./roll-up-types.mjs";
import { thirdPartyNotices } from "./third-party-notices.mjs";

/**
 * Builds the package's content: `lib/` (the code that a stack imports) and `dist/` (the provider and the command, with
 * all dependencies and their licences). Runs automatically at `npm ci`, `npm test` and `npm run demo`.
 *
 * Each folder is built elsewhere and replaced when complete. So a failed build keeps the previous one, and a running
 * process is hardly disturbed.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const aside = mkdtempSync(join(root, ".build-"));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "cjs",
  charset: "ascii",
  target: "node20",
  logLevel: "warning",
  legalComments: "none",
  metafile: true,
};
const replaced = {
  // Modules that dependencies import but never use here. Parsing them would take 5 % of each start of the provider.
  "@grpc/proto-loader": "./scripts/left-out.cjs", // for gRPC's channelz service, which is not registered
  "web-streams-polyfill/dist/ponyfill.es2018.js": "./scripts/left-out.cjs", // for Node.js before 18
  "string-width": "./scripts/string-width-on-demand.cjs",
};
const shipped = { ...common, minifySyntax: true, alias: replaced };

const outputs = [
  {
    ...shipped,
    entryPoints: ["src/provider/main.ts"],
    outfile: join(aside, "dist", "genauth-provider.js"),
    // A separate file, because loading it takes longer than everything before.
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
    outfile: join(aside, "dist", "cdktf-genauth.js"),
    banner: { js: "#!/usr/bin/env node" },
    // A file of its own, as `src/cli/commands.ts` says.
    external: ["./emulator"],
    supported: { "dynamic-import": false },
    define: { PROJECT_TEMPLATES: JSON.stringify(textsIn(join(root, "templates/project"))) },
  },
  {
    ...shipped,
    entryPoints: ["src/cli/emulator.ts"],
    outfile: join(aside, "dist", "emulator.js"),
  },
  {
    ...shipped,
    entryPoints: ["src/cli/null-resource-main.ts"],
    outfile: join(aside, "dist", "apply-null-resource.js"),
  },
];

/** The files in a folder: path in it to text. */
function textsIn(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(files.map((file) => [relative(folder, file), readFileSync(file, "utf8")]));
}

/** What a stack imports: one source, for CDKTF and for CDK Terrain. */
const entries = [
  {
    name: "index",
    cdk: "cdktf",
    advice:
      'Run: npm install cdktf@0.21 constructs@~10.7.2. For CDK Terrain, import from "cdktf-genauth/cdktn".',
    replace: {},
  },
  {
    name: "cdktn",
    cdk: "cdktn",
    advice: 'Run: npm install cdktn@0.24 constructs@~10.7.2. For CDKTF, import from "cdktf-genauth".',
    replace: {
      cdktf: "cdktn",
      "@cdktf/provider-null/lib/resource": "./src/constructs/null-resource/null-provider.ts",
    },
  },
];
const imported = entries.map(({ name, cdk, advice, replace }) => ({
  ...common,
  entryPoints: [`src/${name}.ts`],
  outfile: join(aside, "lib", `${name}.js`),
  external: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
  alias: replace,
  banner: { js: requireCdk(cdk, advice) },
}));

/** Code that names the CDK to install if it is missing. All CDKs are optional, so npm does not say so. */
function requireCdk(cdk, advice) {
  const message = `The package ${cdk} is not installed, and this import of cdktf-genauth needs it. ${advice}`;
  return [
    `try { require("${cdk}"); } catch (cause) {`,
    `  if (!cause || cause.code !== "MODULE_NOT_FOUND" || !String(cause.message).split("\\n")[0].includes("${cdk}")) throw cause;`,
    `  throw new Error(${JSON.stringify(message)}, { cause });`,
    `}`,
  ].join("\n");
}

/**
 * Refuses dependencies of `lib/` that package.json does not declare. `packages: "external"` would hide an import of a package
 * that a stack does not install. Without it, such a package would be bundled, and its licence would have to be included.
 */
function requireDeclaredOnly({ outputs: made }) {
  const [{ inputs }] = Object.values(made);
  const bundled = Object.keys(inputs).filter(
    (file) => file.includes("node_modules/") && inputs[file].bytesInOutput > 0,
  );
  if (bundled.length === 0) return;
  throw new Error(
    `lib/ would bundle ${bundled.join(", ")}. Do not import it in code that a stack imports, or declare its package in ` +
      `"dependencies" of package.json.`,
  );
}

/** Writes the type declarations of `lib/`, which esbuild does not support. Returns the compiler's exit code. */
async function declareTypes() {
  const declarations = join(aside, "types");
  const compiler = join(root, "node_modules/typescript-native/bin/tsc");
  const args = [compiler, "-p", "tsconfig.build.json", "--outDir", declarations];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) return status ?? 1;
  for (const { name, replace } of entries) {
    await rollUpTypes(join(declarations, `${name}.d.ts`), join(aside, "lib", `${name}.d.ts`), replace);
  }
  return 0;
}

/** One line per file, in the format of `sha256sum`. Synth checks the files that it installs against them. */
function checksums(folder) {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const hash = createHash("sha256").update(readFileSync(join(folder, name)));
      return `${hash.digest("hex")}  ${name}\n`;
    })
    .join("");
}

/**
 * Leaves only ASCII in the built scripts: one other character makes V8 take two bytes for each, which costs 6 % of a small plan's
 * CPU time. esbuild's `charset: "ascii"` escapes strings, but neither regular expressions nor comments.
 */
function escapeNonAscii(folder) {
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".js"))) {
    const file = join(folder, name);
    writeFileSync(file, readFileSync(file, "utf8").replace(/[\u0080-\uffff]/g, escaped));
  }
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
  const bundles = await Promise.all([...outputs, ...imported].map((options) => build(options)));
  for (const { metafile } of bundles.slice(outputs.length)) requireDeclaredOnly(metafile);
  for (const folder of ["dist", "lib"]) escapeNonAscii(join(aside, folder));
  copyFileSync(
    join(root, "src/provider/terraform-provider-genauth"),
    join(aside, "dist", "terraform-provider-genauth"),
  );
  for (const name of ["terraform-provider-genauth", "cdktf-genauth.js"])
    chmodSync(join(aside, "dist", name), 0o755);
  const inputs = bundles.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  writeFileSync(join(aside, "dist", "THIRD-PARTY-NOTICES.txt"), thirdPartyNotices(root, inputs));
  writeFileSync(join(aside, "dist", "SHA256SUMS"), checksums(join(aside, "dist")));
  putInPlace("dist");
  process.exitCode = await declareTypes();
  if (process.exitCode === 0) putInPlace("lib");
} finally {
  tidy();
}
