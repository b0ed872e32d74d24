import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import type { Engine } from "../../support/engine/engine";
import { LOCK_FILE, lockOf } from "./lock-file";
import { installTools } from "./tools";
import { PIPELINES } from "../../support/pipelines/workflow";

const ROOT = resolve(__dirname, "../../..");

/** A team's repository and its state, on this machine. Subclasses add the pipeline of a host. */
export class Repository {
  readonly folder = mkdtempSync(join(tmpdir(), "genauth-team-"));
  /** The environment of every shell of the pipeline. It contains no key. */
  protected readonly shell: Readonly<Record<string, string>>;

  constructor(engine: Engine) {
    installTools(join(this.folder, "tools"), engine.path);
    writeFileSync(join(this.folder, "empty.tfrc"), "");
    this.shell = cleanEnvironment(join(this.folder, "empty.tfrc"), {
      PATH: `${join(this.folder, "tools")}:${process.env.PATH ?? ""}`,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "Team",
      GIT_AUTHOR_EMAIL: "team@example.com",
      GIT_COMMITTER_NAME: "Team",
      GIT_COMMITTER_EMAIL: "team@example.com",
      // The team's stack is this project's example, and its state is beside the checkouts.
      SYNTH: join(this.folder, "tools", "synth"),
      TSX_TSCONFIG_PATH: join(ROOT, "tsconfig.json"),
      STAFF_FILE: "staff.csv",
      INIT_ARGS: `-backend-config=path=${join(this.folder, "state.tfstate")}`,
    });
  }

  /** Creates the repository, with the pipeline, the user file and the provider's lock file in the first commit. */
  async create(users: string): Promise<void> {
    await this.git(this.folder, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git");
    const clone = await this.clone();
    cpSync(join(PIPELINES, "ci"), join(clone, "ci"), { recursive: true });
    writeFileSync(join(clone, "staff.csv"), users);
    writeFileSync(join(clone, LOCK_FILE), lockOf("shipped"));
    await this.publish(clone, "main");
  }

  /** Commits another lock file to the default branch, or removes it. */
  async commitLockFile(text: string | undefined): Promise<void> {
    const clone = await this.clone();
    if (text === undefined) rmSync(join(clone, LOCK_FILE));
    else writeFileSync(join(clone, LOCK_FILE), text);
    await this.publish(clone, "main");
  }

  /** Renews the lock file in a clone without a key, as after an upgrade. @returns the new lock file, not committed */
  async renewLock(): Promise<string> {
    const clone = await this.clone();
    const { code, text } = await runChild("sh", ["-c", "npm ci && ci/genauth/lock.sh"], {
      cwd: clone,
      env: this.shell,
    });
    if (code !== 0) throw new Error(`The lock was not renewed:\n${text}`);
    return readFileSync(join(clone, LOCK_FILE), "utf8");
  }

  /** Changes the user file in a new branch, and adds programs. */
  async propose(
    branch: string,
    change: (users: string) => string,
    { from = "main", programs = {} }: Proposal = {},
  ): Promise<void> {
    const clone = await this.clone(from);
    const file = join(clone, "staff.csv");
    writeFileSync(file, change(readFileSync(file, "utf8")));
    for (const [name, text] of Object.entries(programs)) {
      mkdirSync(dirname(join(clone, name)), { recursive: true });
      writeFileSync(join(clone, name), text, { mode: 0o755 });
    }
    await this.publish(clone, branch);
  }

  /** Gives the stack `suspend_days` from now on. */
  suspendLeavers(days: number): void {
    const synth = join(this.folder, "tools", "synth");
    renameSync(synth, `${synth}-without-suspensions`);
    const stack = "cdktf.out/stacks/staff/cdk.tf.json";
    const script = `#!/bin/sh
set -e
"${synth}-without-suspensions"
jq '.resource.genauth_user_set[].suspend_days = ${days}' ${stack} > changed.json
mv changed.json ${stack}
`;
    writeFileSync(synth, script, { mode: 0o755 });
  }

  async merge(branch: string): Promise<void> {
    const clone = await this.clone();
    await this.git(clone, "merge", "--quiet", "--no-edit", `origin/${branch}`);
    await this.git(clone, "push", "--quiet", "origin", "HEAD:main");
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  protected async clone(ref = "main"): Promise<string> {
    const clone = mkdtempSync(join(this.folder, "clone-"));
    await this.git(this.folder, "clone", "--quiet", "origin.git", clone);
    if (ref !== "main") await this.git(clone, "checkout", "--quiet", "-B", ref, `origin/${ref}`);
    return clone;
  }

  /** @returns the output of git */
  async git(cwd: string, ...args: readonly string[]): Promise<string> {
    const { code, stdout, text } = await runChild("git", args, { cwd, env: this.shell });
    if (code !== 0) throw new Error(`git ${args.join(" ")} failed:\n${text}`);
    return stdout.trim();
  }

  private async publish(clone: string, branch: string): Promise<void> {
    await this.git(clone, "add", "--all");
    await this.git(clone, "commit", "--quiet", "--message", `Change ${branch}`);
    await this.git(clone, "push", "--quiet", "origin", `HEAD:${branch}`);
  }
}

interface Proposal {
  /** The branch that it starts from; default main. */
  readonly from?: string;
  /** Executable files, by path. */
  readonly programs?: Readonly<Record<string, string>>;
}
