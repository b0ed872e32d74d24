import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "./at-end";
import { runChild } from "./engine/child";
import { cleanEnvironment } from "./engine/clean-environment";
import { installProvider, type ProviderPackage } from "../../src/install";
import { version } from "../../package.json";
import type { Engine } from "./engine/engines";
import { NULL_PROVIDER } from "./null-provider/null-provider";
import type { NullProviderMirror } from "./null-provider/mirror";
import { FORM, programPath } from "./provider-form";
import { REQUIRED_PROVIDERS } from "./configuration";

/** An initialised folder with the provider, which each test copies. */
export class Template {
  private constructor(
    readonly engine: Engine,
    private readonly folder: string,
    /** Whether the substitute of hashicorp/null is installed beside the provider. */
    readonly hasNullSubstitute: boolean,
  ) {}

  /**
   * Installs the built provider in a folder, and initialises it.
   *
   * @param nullProvider also installed, for tests of the null resource
   * @throws Error with the engine's output if `init` fails
   */
  static async prepare(engine: Engine, nullProvider?: NullProviderMirror): Promise<Template> {
    const folder = newFolder();
    const cliConfigFile = join(folder, "empty.tfrc");
    writeFileSync(cliConfigFile, "");
    const required = { ...REQUIRED_PROVIDERS.required_providers, ...(nullProvider && NULL_PROVIDER) };
    writeFileSync(
      join(folder, "main.tf.json"),
      JSON.stringify({ terraform: { required_providers: required } }),
    );
    installProvider({ dir: folder, ...(FORM === "executable" && { provider: executableProvider() }) });
    nullProvider?.install(join(folder, "terraform.d/plugins"));
    const env = cleanEnvironment(cliConfigFile);
    const { code, text } = await runChild(engine.path, ["init", "-input=false", "-no-color"], {
      cwd: folder,
      env,
    });
    if (code !== 0) throw new Error(`${engine.name} cannot initialise a folder with the provider:\n${text}`);
    return new Template(engine, folder, nullProvider?.isSubstitute ?? false);
  }

  /** Copies the folder. The provider itself is linked, not copied. */
  copy(): string {
    const copy = newFolder();
    for (const name of [".terraform", ".terraform.lock.hcl", "empty.tfrc"]) {
      cpSync(join(this.folder, name), join(copy, name), { recursive: true, verbatimSymlinks: true });
    }
    return copy;
  }
}

function executableProvider(): ProviderPackage {
  return { executable: programPath("terraform-provider-genauth"), modules: [], version };
}
