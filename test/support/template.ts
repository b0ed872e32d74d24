import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runChild } from "../../scripts/engine/child";
import { cleanEnvironment } from "../../scripts/engine/clean-environment";
import { installProvider } from "../../src/install";
import { REQUIRED_PROVIDERS } from "./configuration";
import type { Engine } from "./engine";
import { NULL_PROVIDER, type NullProviderMirror } from "./null-provider/mirror";

/** A folder in which `init` has found the provider, to be copied once a test. */
export class Template {
  private constructor(
    readonly engine: Engine,
    private readonly folder: string,
  ) {}

  /**
   * Lays the built provider and initialises a folder with it.
   *
   * @param nullProvider laid beside it, where a test wants the null resource
   * @throws Error with the engine's output where `init` fails
   */
  static async prepare(engine: Engine, nullProvider?: NullProviderMirror): Promise<Template> {
    const folder = mkdtempSync(join(tmpdir(), "genauth-template-"));
    try {
      const cliConfigFile = join(folder, "empty.tfrc");
      writeFileSync(cliConfigFile, "");
      const required = { ...REQUIRED_PROVIDERS.required_providers, ...(nullProvider && NULL_PROVIDER) };
      writeFileSync(
        join(folder, "main.tf.json"),
        JSON.stringify({ terraform: { required_providers: required } }),
      );
      installProvider({ dir: folder });
      nullProvider?.lay(join(folder, "terraform.d/plugins"));
      const env = cleanEnvironment(cliConfigFile);
      const { code, text } = await runChild(engine.path, ["init", "-input=false", "-no-color"], {
        cwd: folder,
        env,
      });
      if (code !== 0)
        throw new Error(`${engine.name} cannot initialise a folder with the provider:\n${text}`);
      return new Template(engine, folder);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Makes a new folder like it. The provider itself is linked to, not copied. */
  copy(): string {
    const copy = mkdtempSync(join(tmpdir(), "genauth-workspace-"));
    for (const name of [".terraform", ".terraform.lock.hcl", "empty.tfrc"]) {
      cpSync(join(this.folder, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
    }
    return copy;
  }

  /** Removes the folder; its copies cannot run any longer. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
