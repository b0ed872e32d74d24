import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Emulator, type PoolUser, type ReceivedCall, startEmulator } from "../../src/emulator";
import type { Finished } from "../engine/child";
import { cleanEnvironment } from "../engine/clean-environment";
import type { Engine } from "../engine/engine";
import type { Children } from "./children";
import { people } from "./people";
import { StaffFile } from "./staff-file";
import type { Voice } from "./voice";

/** The top of this project. */
const ROOT = resolve(__dirname, "..", "..");

/** The example stack, as a reader would start it from the top of the project. */
const STACK = "examples/staff/main.ts";

/** What lets Node.js run TypeScript, named so that it is found from any folder. */
const TSX = pathToFileURL(require.resolve("tsx")).href;

/** What the state says about the example's user set. */
export interface SetInState {
  readonly users: Readonly<Record<string, string>>;
  readonly drift: { readonly missing: readonly string[]; readonly survivors: readonly string[] } | null;
}

interface StateResource {
  readonly type: string;
  readonly values: SetInState;
}

/** The folder, the emulator and the declared file that the demo plays with. */
export class Stage {
  /** Everything that the demo writes. */
  readonly folder = mkdtempSync(join(tmpdir(), "genauth-demo-"));
  readonly staffFile = new StaffFile(join(this.folder, "staff.csv"));
  readonly #cliConfigFile = join(this.folder, "empty.tfrc");
  #emulator: Emulator | undefined;

  constructor(
    readonly voice: Voice,
    readonly children: Children,
    readonly engine: Engine,
  ) {
    writeFileSync(this.#cliConfigFile, "");
  }

  /** Starts the emulator with everybody in it. */
  async startEmulator(): Promise<Emulator> {
    this.#emulator = await startEmulator({ users: people() });
    return this.#emulator;
  }

  get emulator(): Emulator {
    if (this.#emulator === undefined) throw new Error("The emulator was not started.");
    return this.#emulator;
  }

  /** Turns the example stack and the declared file into what the engine reads. */
  async synthesise(): Promise<Finished> {
    this.voice.command(`STAFF_FILE=${this.staffFile.path} npx tsx ${STACK}`);
    // It runs in the demo's folder because cdktf's own default puts the state where the app runs.
    return this.children.run(process.execPath, ["--import", TSX, join(ROOT, STACK)], {
      cwd: this.folder,
      env: cleanEnvironment(this.#cliConfigFile, {
        STAFF_FILE: this.staffFile.path,
        CDKTF_OUTDIR: this.#outdir,
        TSX_TSCONFIG_PATH: join(ROOT, "tsconfig.json"),
      }),
    });
  }

  /** Runs the engine in the stack's folder. */
  async run(command: string, ...args: readonly string[]): Promise<Finished> {
    this.voice.command(
      `${this.engine.name === "OpenTofu" ? "tofu" : "terraform"} ${[command, ...args].join(" ")}`,
    );
    return this.#engine([command, "-no-color", ...args]);
  }

  /** The user set in the state, as the engine shows it. */
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

  /** The example stack's folder, where `cdk.tf.json` and the provider lie. */
  get stackFolder(): string {
    const manifest = JSON.parse(readFileSync(join(this.#outdir, "manifest.json"), "utf8")) as {
      readonly stacks: Readonly<Record<string, { readonly workingDirectory: string }>>;
    };
    const [stack] = Object.values(manifest.stacks);
    if (stack === undefined) throw new Error(`${STACK} has no stack.`);
    return join(this.#outdir, stack.workingDirectory);
  }

  /** The deletions that the emulator has received since it held that many calls. */
  deletionsSince(count: number): readonly ReceivedCall[] {
    return this.emulator.calls.slice(count).filter(({ path }) => path.endsWith("/delete-users-batch"));
  }

  /** Those of the given people whom the pool still holds. */
  stillThere(those: readonly PoolUser[]): readonly PoolUser[] {
    return those.filter(({ userId }) => this.emulator.pool.find(userId) !== undefined);
  }

  /** Stops the emulator, and removes the folder unless it is to be kept. */
  async close(keep: boolean): Promise<void> {
    await this.#emulator?.close();
    if (!keep) rmSync(this.folder, { recursive: true, force: true });
  }

  get #outdir(): string {
    return join(this.folder, "cdktf.out");
  }
}
