import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isNativeError } from "node:util/types";
import { type Child, type Finished, startChild } from "./engine/child";
import { cleanEnvironment } from "./engine/clean-environment";
import { type Configuration, type UserSetBlock, renderConfiguration } from "./configuration";
import { type ServedProviders, serveProviders } from "./served-providers";
import { EMPTY_STATE, type StateFile, type UserSetAttributes } from "./state-file";
import type { Template } from "./template";

export type { Child, Finished };

/**
 * How an engine reaches the provider. `process`: it starts the installed one. `served`: it connects to the source, in the process
 * of the tests, which takes a sixth of the CPU time.
 */
export type ProviderAccess = "process" | "served";

/**
 * An initialised folder in which an engine runs with the real provider, independent of the user's Terraform settings.
 */
export class Workspace {
  readonly folder: string;
  readonly #template: Template;
  #environment: Readonly<Record<string, string>>;
  readonly #children = new Set<Child>();
  readonly #access: ProviderAccess;

  /**
   * @param template the prepared folder that is copied, so that a test does not pay for `init`
   * @param environment variables of the runs, such as those of the emulator
   */
  constructor(
    template: Template,
    environment: Readonly<Record<string, string>>,
    access: ProviderAccess = "process",
  ) {
    this.#template = template;
    this.#access = access;
    this.folder = template.copy();
    this.#environment = cleanEnvironment(join(this.folder, "empty.tfrc"), environment);
  }

  /** Replaces the configuration with one user set, `genauth_user_set.staff`. */
  write(set: UserSetBlock, provider: Configuration["provider"] = {}): void {
    this.writeConfiguration({ sets: { staff: set }, provider });
  }

  /** Replaces the configuration. */
  writeConfiguration(configuration: Configuration): void {
    this.writeFiles({ "main.tf.json": renderConfiguration(configuration) });
  }

  /** Writes files into the folder, by name. */
  writeFiles(files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(this.folder, name), content);
  }

  /** Writes a module of one file, `./name`, for the configuration. */
  writeModule(name: string, content: string): void {
    mkdirSync(join(this.folder, name), { recursive: true });
    writeFileSync(join(this.folder, name, "main.tf"), content);
  }

  /** Sets variables of the further runs; an empty one is as if it were absent. */
  setVariables(variables: Readonly<Record<string, string>>): void {
    this.#environment = { ...this.#environment, ...variables };
  }

  /** Plans. The exit code is 0 for no change, 2 for changes, 1 for an error. */
  plan(...args: readonly string[]): Promise<Finished> {
    return this.run("plan", "-input=false", "-detailed-exitcode", ...args);
  }

  /** Applies without asking; a saved plan's file may be the last argument. */
  apply(...args: readonly string[]): Promise<Finished> {
    return this.run("apply", "-input=false", "-auto-approve", ...args);
  }

  /** Destroys without asking. */
  destroy(...args: readonly string[]): Promise<Finished> {
    return this.run("destroy", "-input=false", "-auto-approve", ...args);
  }

  /** Runs the engine to its end. */
  run(command: string, ...args: readonly string[]): Promise<Finished> {
    return this.start(command, ...args).finished;
  }

  /** Starts the engine, to be signalled or ended while it runs. */
  start(command: string, ...args: readonly string[]): Child {
    const [program, its] = this.#engineCommand(command, args);
    return this.#track(program, its, this.#access);
  }

  /** Starts the engine, which starts the installed provider, whatever the other commands do. */
  startInstalled(command: string, ...args: readonly string[]): Child {
    const [program, its] = this.#engineCommand(command, args);
    return this.#track(program, its, "process");
  }

  /**
   * Starts a program that gets the engine's command line after its own arguments, such as the guard. The engine starts the installed
   * provider.
   */
  startUnder(line: readonly string[], command: string, ...args: readonly string[]): Child {
    return this.#startUnder(line, command, args, "process");
  }

  /**
   * The same, but the engine connects to the source.
   *
   * @param given variables that the program gives the engine, empty ones for those that it takes
   */
  startServedUnder(
    given: Readonly<Record<string, string>>,
    line: readonly string[],
    command: string,
    ...args: readonly string[]
  ): Child {
    return this.#startUnder(line, command, args, "served", given);
  }

  #startUnder(
    [program = "", ...own]: readonly string[],
    command: string,
    args: readonly string[],
    access: ProviderAccess,
    given: Readonly<Record<string, string>> = {},
  ): Child {
    const [engine, its] = this.#engineCommand(command, args);
    return this.#track(program, [...own, engine, ...its], access, given);
  }

  #engineCommand(command: string, args: readonly string[]): [string, string[]] {
    const colours = HAS_COLOURS.has(command) ? ["-no-color"] : [];
    return [this.#template.engine.path, [command, ...colours, ...args]];
  }

  #track(
    program: string,
    args: readonly string[],
    access: ProviderAccess,
    given: Readonly<Record<string, string>> = {},
  ): Child {
    const served = access === "served" ? this.#serve(given, () => child.pid) : undefined;
    const child = startChild(program, args, {
      cwd: this.folder,
      env: { ...this.#environment, ...served?.variables },
    });
    this.#children.add(child);
    const forget = () => {
      this.#children.delete(child);
      served?.close();
    };
    void child.finished.then(forget, forget);
    return child;
  }

  #serve(given: Readonly<Record<string, string>>, pid: () => number): ServedProviders {
    return serveProviders({
      environment: { ...this.#environment, ...given },
      folder: this.folder,
      withNullProvider: this.#template.hasNullSubstitute,
      pid,
    });
  }

  /** A saved plan in the engine's JSON. */
  async planJson(file: string): Promise<Readonly<Record<string, unknown>>> {
    const { code, stdout, text } = await this.run("show", "-json", file);
    if (code !== 0) throw new Error(`The plan ${file} cannot be shown:\n${text}`);
    return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  }

  /** The state on disk; empty before the first apply. */
  state(): StateFile {
    try {
      const text = readFileSync(join(this.folder, "terraform.tfstate"), "utf8");
      // The engine creates an empty file to lock it, and leaves it if it is killed before the first state.
      return text === "" ? EMPTY_STATE : (JSON.parse(text) as StateFile);
    } catch (error) {
      if (isNativeError(error) && "code" in error && error.code === "ENOENT") return EMPTY_STATE;
      throw error;
    }
  }

  /**
   * A user set's attributes in the state.
   *
   * @param name the block's name
   * @param key which one, for a block with `for_each` or `count`
   * @returns undefined if the state has no such set
   */
  userSet(name = "staff", key?: string | number): UserSetAttributes | undefined {
    return this.state()
      .resources.find((resource) => resource.type === "genauth_user_set" && resource.name === name)
      ?.instances.find((instance) => instance.index_key === key && instance.deposed === undefined)
      ?.attributes;
  }

  /** Ends the remaining processes, and removes the folder. */
  async close(): Promise<void> {
    const running = [...this.#children];
    for (const child of running) child.signal("SIGKILL");
    await Promise.allSettled(running.map(({ finished }) => finished));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The commands with the option `-no-color`. */
const HAS_COLOURS = new Set([
  "init",
  "plan",
  "apply",
  "destroy",
  "show",
  "validate",
  "refresh",
  "import",
  "output",
]);
