import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "./at-end";
import { bundle } from "./bundle";
import { type Finished, runChild } from "./engine/child";
import { cleanEnvironment, ownHome } from "./engine/clean-environment";
import { type Emulator, seedUsers, startEmulator } from "./emulator";
import type { Engine } from "./engine/engines";
import { NullProviderMirror } from "./null-provider/mirror";

const ROOT = join(__dirname, "../..");
const CDKTF = join(ROOT, "node_modules/cdktf-cli/bundle/bin/cdktf");

/** A stack in a separate project, run by the real `cdktf` without a registry. */
export class CdktfProject {
  readonly folder = newFolder();
  /** Its compiled program, which starts in a quarter of the time. */
  readonly #app: string;

  private constructor(
    private readonly engine: Engine,
    readonly emulator: Emulator,
    example: Example,
  ) {
    this.#app = bundle(`stack-${example}`, STACKS[example]);
    const app = `node ${this.#app}`;
    const project = { language: "typescript", app, projectId: "test", sendCrashReports: "false" };
    writeFileSync(join(this.folder, "cdktf.json"), JSON.stringify(project));
    writeFileSync(join(this.folder, "empty.tfrc"), "");
    if (example === "staff") return;
    new NullProviderMirror().install(join(this.folder, "home/.terraform.d/plugins"));
  }

  /** @param users the number of users in the pool */
  static async open(engine: Engine, example: Example, users: number): Promise<CdktfProject> {
    return new CdktfProject(engine, await startEmulator({ users: seedUsers(users) }), example);
  }

  /** Writes the stack's user file. */
  declare(emails: readonly string[]): void {
    const rows = emails.map((email) => `${email},Somebody`);
    writeFileSync(join(this.folder, "staff.csv"), ["email,name", ...rows, ""].join("\n"));
  }

  /** Synthesises the stack by its program alone, as `cdktf synth` does, which takes ten times as long to start. */
  synth(): Promise<Finished> {
    return runChild(process.execPath, [this.#app], { cwd: this.folder, env: this.environment() });
  }

  /**
   * Runs the real `cdktf`.
   *
   * @param variables additional variables of the run
   */
  run(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Finished> {
    const env = { ...this.environment(), ...variables };
    return runChild(process.execPath, [CDKTF, ...args], { cwd: this.folder, env });
  }

  /** The environment of all that runs in it. */
  environment(): Record<string, string> {
    return cleanEnvironment(join(this.folder, "empty.tfrc"), {
      ...this.emulator.environment(),
      ...ownHome(join(this.folder, "home")),
      STAFF_FILE: "staff.csv",
      TERRAFORM_BINARY_NAME: this.engine.path,
      CI: "1",
    });
  }
}

/** CDKTF stacks named `staff` that read the user file of STAFF_FILE. */
const STACKS = { staff: "test/support/staff-stack.ts", "null-resource": "examples/null-resource/main.ts" };

type Example = keyof typeof STACKS;
