import { join } from "node:path";
import { newFolder } from "../../../support/at-end";
import { bundleProvider } from "../../../support/bundle-provider";

/** The test provider as one executable file, bundled like the real one. */
export class PluginProgram {
  readonly folder = newFolder();
  readonly path = join(this.folder, "terraform-provider-test_v1.0.0");

  constructor() {
    bundleProvider(join(__dirname, "test-provider.ts"), this.path);
  }
}
