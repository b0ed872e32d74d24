import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Emulator, type PoolUser, type ReceivedCall, startEmulator } from "../../test/support/emulator";
import type { Finished } from "../../test/support/engine/child";
import { cleanEnvironment } from "../../test/support/engine/clean-environment";
import type { Engine } from "../../test/support/engine/engine";
import type { Children } from "./children";
import { people } from "./people";
import { StaffFile } from "./staff-file";
import type { DemoOutput } from "./demo-output";

/** The root folder of this project. */
const ROOT = resolve(__dirname, "..", "..");

/** The stack of the demo, relative to the root folder. */
const STACK = "scripts/demo/stack.ts";

/** The loader that lets Node.js run TypeScript, as a URL so that it is found from any folder. */
const TSX = pathToFileURL(require.resolve("tsx")).href;

/** The example's user set in the state. */
export interface SetInState {
  readonly users: Readonly<Record<string, string>>;
  /** The people who wait for their deletion, with its day. */
  readonly suspended: Readonly<Record<string, string>>;
  readonly drift: { readonly missing: readonly string[]; readonly survivors: readonly string[] } | null;
}

interface StateResource {
  readonly type: string;
  readonly values: SetInState;
}

/** The engine of the demo, with its folder, emulator and staff file. */
export class EngineContext {
  /** Contains everything that the demo writes. */
  readonly folder = mkdtempSync(join(tmpdir(), "genauth-demo-"));
  readonly staffFile = new StaffFile(join(this.folder, "staff.csv"));
  /** For how many days the stack has leavers suspended; unset, it deletes them at once. */
  suspendDays: number | undefined;
  readonly #cliConfigFile = join(this.folder, "empty.tfrc");
  #emulator: Emulator | undefined;

  constructor(
    readonly output: DemoOutput,
    readonly children: Children,
    readonly engine: Engine,
  ) {
    writeFileSync(this.#cliConfigFile, "");
  }

  /** Starts the emulator with all people in its pool. */
  async startEmulator(): Promise<Emulator> {
    this.#emulator = await startEmulator({ users: people() });
    return this.#emulator;
  }

  get emulator(): Emulator {
    if (this.#emulator === undefined) throw new Error("The emulator was not started.");
    return this.#emulator;
  }

  /** Synthesises the example stack from the staff file. */
  async synthesise(): Promise<Finished> {
    const settings = {
      STAFF_FILE: this.staffFile.path,
      ...(this.suspendDays === undefined ? {} : { SUSPEND_DAYS: String(this.suspendDays) }),
    };
    const variables = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    this.output.command(`${variables.join(" ")} npx tsx ${STACK}`);
    // Run in the demo's folder: by default, cdktf puts the state in the app's working folder. Without this project's tsconfig.json, whose
    // `paths` would lead to the source, the stack imports the package as it was built.
    return this.children.run(process.execPath, ["--import", TSX, join(ROOT, STACK)], {
      cwd: this.folder,
      env: cleanEnvironment(this.#cliConfigFile, {
        ...settings,
        CDKTF_OUTDIR: this.#outdir,
      }),
    });
  }

  /** Runs the engine in the stack's folder. */
  async run(command: string, ...args: readonly string[]): Promise<Finished> {
    this.output.command(
      `${this.engine.name === "OpenTofu" ? "tofu" : "terraform"} ${[command, ...args].join(" ")}`,
    );
    return this.#engine([command, "-no-color", ...args]);
  }

  /** Reads the user set from the state. */
  async userSet(): Promise<SetInState> {
    const { stdout } = await this.#engine(["show", "-json"]);
    const state = JSON.parse(stdout) as {
      readonly values: { readonly root_module: { readonly resources: readonly StateResource[] } };
    };
    const set = state.values.root_module.resources.find(({ type }) => type === "genauth_user_set");
    if (set === undefined) throw new Error("The state holds no genauth_user_set.");
    return set.values;
  }

  #engine(args: readonly string[]): Promise<Finished> {
    const env = cleanEnvironment(this.#cliConfigFile, this.emulator.environment());
    return this.children.run(this.engine.path, args, { cwd: this.stackFolder, env });
  }

  /** The example stack's folder, with `cdk.tf.json` and the provider. */
  get stackFolder(): string {
    const manifest = JSON.parse(readFileSync(join(this.#outdir, "manifest.json"), "utf8")) as {
      readonly stacks: Readonly<Record<string, { readonly workingDirectory: string }>>;
    };
    const [stack] = Object.values(manifest.stacks);
    if (stack === undefined) throw new Error(`${STACK} has no stack.`);
    return join(this.#outdir, stack.workingDirectory);
  }

  /** The deletions that the emulator received after its first `count` calls. */
  deletionsSince(count: number): readonly ReceivedCall[] {
    return this.emulator.calls.slice(count).filter(({ path }) => path.endsWith("/delete-users-batch"));
  }

  /** The given people who are still in the pool. */
  stillThere(those: readonly PoolUser[]): readonly PoolUser[] {
    return those.filter(({ userId }) => this.emulator.pool.find(userId) !== undefined);
  }

  /** The status of a user in the pool. */
  statusOf(userId: string): string {
    return this.emulator.pool.find(userId)?.status ?? "Activated";
  }

  /** Stops the emulator, and removes the folder unless it must be kept. */
  async close(keep: boolean): Promise<void> {
    await this.#emulator?.close();
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
  }

  get #outdir(): string {
    return join(this.folder, "cdktf.out");
  }
}
