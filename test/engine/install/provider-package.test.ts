import { beforeEach, describe, expect, test } from "@jest/globals";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { newFolder } from "../../support/at-end";
import { type Finished, runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";

const ROOT = join(__dirname, "../../..");
/** Its loader: its command would start Node.js twice. */
const TSX = pathToFileURL(require.resolve("tsx")).href;

const MANIFEST = {
  name: "cdktf-genauth",
  version: "9.8.7",
  bin: { "cdktf-genauth": "dist/cdktf-genauth.js" },
};

const FILES = ["terraform-provider-genauth", "genauth-provider.js", "genauth-service.js"];

const INSTALL = 'installProvider({ dir: "stack" });';

/** Changes one file after the other, each time beside the others as they were built. */
const INSTALL_CHANGED = `import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
for (const file of ${JSON.stringify(FILES)}) {
  const path = "package/dist/" + file;
  const built = readFileSync(path);
  appendFileSync(path, "require('evil');\\n");
  try {
    ${INSTALL}
  } catch ({ message }) {
    console.log(file + ": " + message);
  }
  writeFileSync(path, built);
}`;

describe("installProvider in a separate package", () => {
  let root: string;

  beforeEach(() => void (root = newFolder()));

  /** Runs it from a folder of a package with this manifest. */
  function install(folder: string, manifest: object, script = INSTALL): Promise<Finished> {
    cpSync(join(ROOT, "src/install"), join(root, "package", folder), { recursive: true });
    for (const file of ["files.ts", "text.ts"])
      cpSync(join(ROOT, "src", file), join(root, "package", folder, "..", file));
    writeFileSync(join(root, "package/package.json"), JSON.stringify(manifest));
    const main = join(root, "package", folder, "main.ts");
    writeFileSync(main, `import { installProvider } from "./index";\n${script}`);
    return runChild(process.execPath, ["--import", TSX, main], {
      cwd: root,
      env: cleanEnvironment(""),
    });
  }

  /** Writes the provider's files and their checksums. */
  function writeBundle(): void {
    mkdirSync(join(root, "package/dist"), { recursive: true });
    const built = "#!/usr/bin/env node\n";
    const sum = createHash("sha256").update(built).digest("hex");
    for (const file of FILES) writeFileSync(join(root, "package/dist", file), built);
    writeFileSync(join(root, "package/dist/SHA256SUMS"), FILES.map((file) => `${sum}  ${file}\n`).join(""));
  }

  test.each(["src/install", "lib", "dist"])("finds the bundle and the version from %s", async (folder) => {
    writeBundle();
    // A nearer manifest that only sets the module type is skipped.
    mkdirSync(join(root, "package", folder), { recursive: true });
    writeFileSync(join(root, "package", folder, "package.json"), '{"type":"commonjs"}');
    const { code, text } = await install(folder, MANIFEST);

    expect([code, text]).toEqual([0, ""]);
    const plugins = join(root, "stack/terraform.d/plugins/terraform.local/genauth/genauth/9.8.7");
    expect(readdirSync(join(plugins, "linux_amd64")).sort()).toEqual([
      "genauth-provider.js",
      "genauth-service.js",
      "package.json",
      "terraform-provider-genauth_v9.8.7",
    ]);
  });

  test("installs nothing if one of the files was changed since the build", async () => {
    writeBundle();
    const { text } = await install("src/install", MANIFEST, INSTALL_CHANGED);

    const changed = "The GenAuth provider's file is not the one that was built";
    expect(text.trim().split("\n")).toEqual(
      FILES.map((file) => expect.stringMatching(`^${file}: ${changed}.*/${file}`)),
    );
    expect(existsSync(join(root, "stack"))).toBe(false);
  });

  test("says what to do if the bundle is missing", async () => {
    const { code, text } = await install("src/install", MANIFEST);

    expect(code).toBe(1);
    expect(text).toContain("The GenAuth provider's file is missing");
    expect(text).toContain('in a clone, run "npm run build"');
    expect(existsSync(join(root, "stack"))).toBe(false);
  });

  test("does not mistake another package for its own", async () => {
    const { code, text } = await install("src/install", { name: "bundled-into-something", version: "1.0.0" });

    expect(code).toBe(1);
    expect(text).toContain("There is no package.json of cdktf-genauth above");
  });
});
