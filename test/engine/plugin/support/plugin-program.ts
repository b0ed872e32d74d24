import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startChild, type Child, type Finished } from "../../../support/engine/child";
import { cleanEnvironment } from "../../../support/engine/clean-environment";
import { bundleProvider, goPlatform } from "../../../support/bundle-provider";
import type { Engine } from "../../../support/engine/engines";

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

/** An initialised folder with the test provider. */
export class PluginWorkspace {
  readonly #engine: Engine;
  readonly #folder = mkdtempSync(join(tmpdir(), "plugin-workspace-"));
  /** The temporary folder for sockets, which must be empty at the end. */
  readonly temporary = join(this.#folder, "tmp");

  readonly #children: Child[] = [];

  private constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** @throws Error with the engine's output if `init` fails */
  static async open(engine: Engine, program: PluginProgram): Promise<PluginWorkspace> {
    const workspace = new PluginWorkspace(engine);
    const provider = "terraform.d/plugins/terraform.local/test/test/1.0.0";
    cpSync(program.folder, join(workspace.#folder, provider, goPlatform()), { recursive: true });
    mkdirSync(workspace.temporary);
    workspace.#write("empty.tfrc", "");
    workspace.declare("");
    const { code, text } = await workspace.run("init");
    if (code !== 0) throw new Error(text);
    return workspace;
  }

  /** Replaces the configuration, except for the provider's block. */
  declare(configuration: string): void {
    this.#write(
      "main.tf",
      `terraform {
  required_providers {
    test = { source = "terraform.local/test/test" }
  }
}
${configuration}`,
    );
  }

  run(...args: readonly string[]): Promise<Finished> {
    return this.start(...args).finished;
  }

  start(...args: readonly string[]): Child {
    const child = startChild(this.#engine.path, args, this.#options());
    this.#children.push(child);
    return child;
  }

  /** Ends the remaining processes, and removes the folder. */
  close(): void {
    for (const child of this.#children) child.signal("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #options() {
    const variables = { TF_CLI_ARGS: "-no-color", TF_LOG_PROVIDER: "DEBUG", TMPDIR: this.temporary };
    return { cwd: this.#folder, env: cleanEnvironment(join(this.#folder, "empty.tfrc"), variables) };
  }

  #write(name: string, content: string): void {
    writeFileSync(join(this.#folder, name), content);
  }
}
