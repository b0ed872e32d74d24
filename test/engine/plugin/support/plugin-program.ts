import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleProvider } from "../../../support/bundle-provider";

/** The test provider as one executable file, bundled like the real one. */
export class PluginProgram {
  readonly folder = mkdtempSync(join(tmpdir(), "plugin-program-"));
  readonly path = join(this.folder, "terraform-provider-test_v1.0.0");

  constructor() {
    bundleProvider(join(__dirname, "test-provider.ts"), this.path);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
