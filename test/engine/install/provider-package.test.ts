import { beforeEach, describe, expect, test } from "@jest/globals";
import { createHash } from "node:crypto";
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../support/at-end";

const ROOT = join(__dirname, "../../..");

const MANIFEST = {
  name: "cdktf-genauth",
  version: "9.8.7",
  bin: { "cdktf-genauth": "dist/cdktf-genauth.js" },
};

const FILES = ["terraform-provider-genauth", "genauth-provider.js", "genauth-service.js"];
const BUILT = "#!/usr/bin/env node\n";

describe("installProvider in a separate package", () => {
  let root: string;
  let stack: string;
  beforeEach(() => {
    root = newFolder();
    stack = join(root, "stack");
  });

  /** Loads it from a folder of a package with this manifest, and runs it. */
  async function install(folder: string, manifest: object = MANIFEST): Promise<void> {
    const code = join(root, "package", folder);
    cpSync(join(ROOT, "src/install"), code, { recursive: true });
    for (const file of ["files.ts", "text.ts"]) cpSync(join(ROOT, "src", file), join(code, "..", file));
    writeFileSync(join(root, "package/package.json"), JSON.stringify(manifest));
    const { installProvider } = (await import(
      join(code, "index.ts")
    )) as typeof import("../../../src/install");
    installProvider({ dir: stack });
  }

  /** Writes the provider's files and their checksums. */
  function writeBundle(): void {
    mkdirSync(join(root, "package/dist"), { recursive: true });
    const sum = createHash("sha256").update(BUILT).digest("hex");
    for (const file of FILES) writeFileSync(join(root, "package/dist", file), BUILT);
    writeFileSync(join(root, "package/dist/SHA256SUMS"), FILES.map((file) => `${sum}  ${file}\n`).join(""));
  }

  test.each(["src/install", "lib", "dist"])("finds the bundle and the version from %s", async (folder) => {
    writeBundle();
    // A nearer manifest that only sets the module type is skipped.
    mkdirSync(join(root, "package", folder), { recursive: true });
    writeFileSync(join(root, "package", folder, "package.json"), '{"type":"commonjs"}');
    await install(folder);

    const plugins = join(stack, "terraform.d/plugins/terraform.local/genauth/genauth/9.8.7");
    expect(readdirSync(join(plugins, "linux_amd64")).sort()).toEqual([
      "genauth-provider.js",
      "genauth-service.js",
      "package.json",
      "terraform-provider-genauth_v9.8.7",
    ]);
  });

  test.each(FILES)("installs nothing if %s was changed since the build", async (file) => {
    writeBundle();
    appendFileSync(join(root, "package/dist", file), "require('evil');\n");
    await expect(install("src/install")).rejects.toThrow(
      new RegExp(`^The GenAuth provider's file is not the one that was built.*/${file}`),
    );
    expect(existsSync(stack)).toBe(false);
  });

  test("says what to do if the bundle is missing", async () => {
    await expect(install("src/install")).rejects.toThrow(
      /The GenAuth provider's file is missing.*in a clone, run "npm run build"/s,
    );
    expect(existsSync(stack)).toBe(false);
  });

  test("does not mistake another package for its own", async () => {
    await expect(
      install("src/install", { name: "bundled-into-something", version: "1.0.0" }),
    ).rejects.toThrow("There is no package.json of cdktf-genauth above");
  });
});
