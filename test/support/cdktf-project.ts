import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "./at-end";
import { type Finished, runChild } from "./engine/child";
import { cleanEnvironment } from "./engine/clean-environment";
import { type Emulator, seedUsers, startEmulator } from "./emulator";
import type { Engine } from "./engine/engines";
import { NullProviderMirror } from "./null-provider/mirror";

const ROOT = join(__dirname, "../..");
const MODULES = join(ROOT, "node_modules");

/** A stack in a separate project, run by the real `cdktf` without a registry. */
export class CdktfProject {
  readonly folder = newFolder();

  private constructor(
    private readonly engine: Engine,
    readonly emulator: Emulator,
    example: Example,
  ) {
    const main = join(ROOT, STACKS[example]);
    const app = `node ${MODULES}/tsx/dist/cli.mjs --tsconfig ${ROOT}/tsconfig.json ${main}`;
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

  /** @param variables additional variables of the run */
  run(args: readonly string[], variables: Readonly<Record<string, string>> = {}): Promise<Finished> {
    const env = cleanEnvironment(join(this.folder, "empty.tfrc"), {
      ...this.emulator.environment(),
      HOME: join(this.folder, "home"),
      STAFF_FILE: "staff.csv",
      TERRAFORM_BINARY_NAME: this.engine.path,
      CI: "1",
      ...variables,
    });
    const cdktf = `${MODULES}/cdktf-cli/bundle/bin/cdktf`;
    return runChild(process.execPath, [cdktf, ...args], { cwd: this.folder, env });
  }
}

/** CDKTF stacks named `staff` that read the user file of STAFF_FILE. */
const STACKS = { staff: "test/support/staff-stack.ts", "null-resource": "examples/null-resource/main.ts" };

type Example = keyof typeof STACKS;
