import "./check-platform.mjs";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/**
 * Builds what the package ships: `lib/` (what a stack imports) and `dist/` (the provider and the command, one file
 * each, with every dependency inside). Runs at `npm ci`, `npm test` and `npm run demo`, so nobody has to think of it.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const require = createRequire(import.meta.url);

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  logLevel: "warning",
  legalComments: "none",
};
const executable = { banner: { js: "#!/usr/bin/env node" }, minifySyntax: true };

const outputs = [
  {
    ...common,
    ...executable,
    entryPoints: ["src/provider/main.ts"],
    outfile: "dist/terraform-provider-genauth",
  },
  { ...common, ...executable, entryPoints: ["src/cli/main.ts"], outfile: "dist/genauth-users.js" },
  { ...common, entryPoints: ["src/index.ts"], outfile: "lib/index.js", packages: "external" },
];

for (const folder of ["dist", "lib"]) rmSync(`${root}/${folder}`, { recursive: true, force: true });
for (const options of outputs.filter(({ entryPoints }) => existsSync(`${root}/${entryPoints[0]}`))) {
  await build(options);
  if (options.banner) chmodSync(`${root}/${options.outfile}`, 0o755);
}
if (existsSync(`${root}/src/index.ts`)) {
  execFileSync(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
}
