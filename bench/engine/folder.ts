import { randomUUID } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { runChild } from "../../test/support/engine/child";
import { cleanEnvironment } from "../../test/support/engine/clean-environment";
import type { Engine } from "../../test/support/engine/engine";
import { type Cost, timedRun } from "../measure/timed-run";

/** A provider for the engine to find: `terraform.local/bench/<name>`. */
export interface BenchProvider {
  readonly name: string;
  readonly executable: string;
  /** The paths of the files that the executable loads from its own folder. */
  readonly modules: readonly string[];
}

/** An instance of a resource in a state. */
export interface Instance {
  /** Its key, for a resource with `for_each`. */
  readonly index_key?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A folder in which an engine runs with at most one provider. */
export class EngineFolder {
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(
    readonly path: string,
    private readonly engine: Engine,
  ) {
    const cliConfigFile = join(path, "empty.tfrc");
    writeFileSync(cliConfigFile, "");
    this.#environment = cleanEnvironment(cliConfigFile);
    process.once("exit", this.close);
  }

  /** Creates a folder, and installs and initialises the provider in it. @throws Error if `init` fails */
  static async open(engine: Engine, provider?: BenchProvider): Promise<EngineFolder> {
    const folder = new EngineFolder(mkdtempSync(join(tmpdir(), "genauth-bench-")), engine);
    if (!provider) return folder;
    const plugins = join(
      folder.path,
      "terraform.d/plugins/terraform.local/bench",
      provider.name,
      "0.1.0",
      PLATFORM,
    );
    mkdirSync(plugins, { recursive: true });
    copyFileSync(provider.executable, join(plugins, `terraform-provider-${provider.name}_v0.1.0`));
    for (const path of provider.modules) copyFileSync(path, join(plugins, basename(path)));
    writeFileSync(join(plugins, "package.json"), '{"type":"commonjs"}');
    folder.write({ terraform: requiredProviders(provider.name) });
    const { code, text } = await runChild(engine.path, ["init", "-no-color"], {
      cwd: folder.path,
      env: folder.#environment,
    });
    if (code !== 0) throw new Error(`${engine.name} cannot use ${provider.executable}:\n${text}`);
    return folder;
  }

  /** Writes the configuration. */
  write(configuration: Readonly<Record<string, unknown>>): void {
    writeFileSync(join(this.path, "main.tf.json"), JSON.stringify(configuration));
  }

  /** Saves a plan in the file `plan`. @throws Error if it fails */
  plan(environment: Readonly<Record<string, string>> = {}, args: readonly string[] = []): Promise<Cost> {
    return this.#run(environment, "plan", "-out=plan", ...args);
  }

  /**
   * Applies the file `plan`, or the configuration if `args` is empty.
   *
   * @param under what starts the engine; default nothing
   * @throws Error if it fails
   */
  apply(
    environment: Readonly<Record<string, string>> = {},
    args: readonly string[] = ["plan"],
    under: readonly string[] = [],
  ): Promise<Cost> {
    const line = [...under, this.engine.path, "apply", "-input=false", "-no-color", "-auto-approve", ...args];
    const [program = "", ...options] = line;
    return timedRun(program, options, this.path, { ...this.#environment, ...environment });
  }

  /** The file `plan` as JSON. @throws Error if the engine cannot show it */
  async show(): Promise<string> {
    const { code, stdout, text } = await runChild(this.engine.path, ["show", "-json", "plan"], {
      cwd: this.path,
      env: this.#environment,
    });
    if (code !== 0) throw new Error(`${this.engine.name} cannot show the plan:\n${text}`);
    return stdout;
  }

  /**
   * Writes a state with these instances, for a provider that keeps no data besides the attributes. Applying thousands of
   * instances first would take the engine longer than the measurement.
   */
  writeState(provider: string, type: string, instances: readonly Instance[]): void {
    const resource = {
      mode: "managed",
      type,
      name: "set",
      provider: `provider["${sourceOf(provider)}"]`,
      instances: instances.map((instance) => ({ schema_version: 0, ...instance })),
    };
    const state = {
      version: 4,
      terraform_version: this.engine.version,
      serial: 1,
      lineage: randomUUID(),
      outputs: {},
      resources: [resource],
    };
    writeFileSync(join(this.path, "terraform.tfstate"), JSON.stringify(state));
  }

  /** Copies the state, for the start of each round. */
  keepState(): void {
    copyFileSync(join(this.path, "terraform.tfstate"), join(this.path, "kept.tfstate"));
  }

  /** The size of state and configuration together. */
  inputBytes(): number {
    return ["terraform.tfstate", "main.tf.json"].reduce(
      (sum, name) => sum + statSync(join(this.path, name)).size,
      0,
    );
  }

  restoreState(): void {
    copyFileSync(join(this.path, "kept.tfstate"), join(this.path, "terraform.tfstate"));
  }

  /** Removes the folder; also called when the process exits early. */
  readonly close = (): void => {
    process.off("exit", this.close);
    rmSync(this.path, { recursive: true, force: true });
  };

  #run(
    environment: Readonly<Record<string, string>>,
    command: string,
    ...args: readonly string[]
  ): Promise<Cost> {
    return timedRun(this.engine.path, [command, "-input=false", "-no-color", ...args], this.path, {
      ...this.#environment,
      ...environment,
    });
  }
}

/** The `required_providers` block of a configuration. */
export function requiredProviders(name: string): Readonly<Record<string, unknown>> {
  return { required_providers: { [name]: { source: sourceOf(name) } } };
}

function sourceOf(name: string): string {
  return `terraform.local/bench/${name}`;
}

/** This machine's platform, in the engine's folder names. */
const PLATFORM = `${process.platform}_${process.arch === "x64" ? "amd64" : process.arch}`;
