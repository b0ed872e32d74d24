import { cpSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "./at-end";
import type { Engine } from "./engine/engines";
import type { InitialisedFolder } from "./initialise-folder";

declare global {
  /**
   * The folders initialised so far, for all files of tests in a worker, which removes them at its end: an `init` takes 150 ms of
   * processor time, and with the null provider half a second.
   */
  var initialisedFolders: Map<string, InitialisedFolder>;
}

/** An initialised folder with the provider, which each test copies. */
export class Template {
  private constructor(
    readonly engine: Engine,
    private readonly folder: string,
    /** Whether the substitute of hashicorp/null is installed beside the provider. */
    readonly hasNullSubstitute: boolean,
  ) {}

  /**
   * Takes the folder with the built provider that an earlier file of tests has initialised, or else initialises one.
   *
   * @param withNullProvider whether the null provider is installed too, for tests of the null resource
   * @throws Error with the engine's output if `init` fails
   */
  static async prepare(engine: Engine, withNullProvider = false): Promise<Template> {
    const key = `${engine.path} ${withNullProvider ? "and the null provider" : "alone"}`;
    let initialised = initialisedFolders.get(key);
    if (initialised === undefined) {
      // Only here, because it loads what installs the provider.
      const { initialiseFolder } = await import("./initialise-folder");
      initialised = await initialiseFolder(engine, withNullProvider);
      initialisedFolders.set(key, initialised);
    }
    return new Template(engine, initialised.folder, initialised.hasNullSubstitute);
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
