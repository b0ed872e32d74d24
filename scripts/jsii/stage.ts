import { copyFileSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";
import type { Manifest } from "../pack/manifest";
import { thirdPartyNotices } from "../third-party-notices.mjs";
import { type Edition, editionManifest, ENTRY, NULL_PROVIDER } from "./editions";

/**
 * What only the command runs, nearly half of `dist/`. The package for Python has it beside the one that jsii loads; see
 * languages.ts.
 */
const OF_THE_COMMAND: ReadonlySet<string> = new Set(["cdktf-genauth.js", "emulator.js"]);

/**
 * Makes the package that jsii's runtimes load: the compiled code as one file with all it needs, because they install no
 * dependencies; the assembly; and the provider's files, which the constructs write beside a stack.
 *
 * @param root the project's folder, built
 * @param compiled the folder of `compileEdition`
 * @param folder the folder to write
 */
export async function stageEdition(
  root: string,
  compiled: string,
  folder: string,
  edition: Edition,
): Promise<void> {
  mkdirSync(join(folder, "lib"), { recursive: true });
  const { metafile } = await build({
    // The code names its files relative to it, so that another temporary folder gives the same bytes.
    absWorkingDir: compiled,
    entryPoints: [join(compiled, "build/src", `${ENTRY}.js`)],
    outfile: join(folder, "lib/index.js"),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    legalComments: "none",
    logLevel: "warning",
    metafile: true,
    external: Object.keys(edition.peers),
    alias: {
      ...edition.replaced,
      [NULL_PROVIDER.name]: join(compiled, "build", `${NULL_PROVIDER.file}.js`),
    },
  });
  writeFileSync(
    join(folder, "lib/THIRD-PARTY-NOTICES.txt"),
    thirdPartyNotices(compiled, Object.keys(metafile.inputs)),
  );
  const isRead = (path: string) => !OF_THE_COMMAND.has(basename(path));
  cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true, filter: isRead });
  for (const name of [".jsii", "LICENSE", "README.md"])
    copyFileSync(join(compiled, name), join(folder, name));
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  writeFileSync(
    join(folder, "package.json"),
    `${JSON.stringify(editionManifest(edition, manifest), null, 2)}\n`,
  );
  // jsii reads the assemblies of the peers.
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
}
