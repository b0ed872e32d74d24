import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { dump, load } from "js-yaml";
import { newFolder } from "../../support/at-end";
import { SETTINGS_FILE } from "../../../src/pipeline";
import { runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import type { Engine } from "../../support/engine/engine";
import { PIPELINES } from "../../support/pipelines/workflow";
import { LOCK_FILE, lockOf } from "./lock-file";
import { prepareTool } from "./prepared-tool";
import { installTools } from "./tools";

/** A team's repository and its state, on this machine, with the real npm and git. Subclasses add the pipeline of a host. */
export class Repository {
  readonly folder = newFolder();
  /** Changes of the settings, by the name of the setting. Commit them by `commitSettings`, or before `create`. */
  readonly settings: Record<string, unknown>;
  /** Whether no stack was applied yet. */
  isNew = true;
  /** The environment of every shell of the pipeline. It contains no key. */
  protected readonly shell: Readonly<Record<string, string>>;

  /** @param host the address of GenAuth */
  constructor(engine: Engine, host: string) {
    // The engine of a pipeline runs as another user, who writes the state.
    chmodSync(this.folder, 0o755);
    mkdirSync(join(this.folder, "states"));
    chmodSync(join(this.folder, "states"), 0o777);
    const name = engine.name === "OpenTofu" ? "tofu" : "terraform";
    installTools(join(this.folder, "tools"), { name, path: engine.path });
    writeFileSync(join(this.folder, "empty.tfrc"), "");
    // The tool's archive is compressed already, and each of hundreds of checkouts gets it as the pack that git sends.
    const gitSettings =
      "[core]\n\tcompression = 0\n[fetch]\n\tunpackLimit = 1\n[maintenance]\n\tauto = false\n";
    writeFileSync(join(this.folder, "gitconfig"), gitSettings);
    const { limits } = load(readFileSync(join(PIPELINES, SETTINGS_FILE), "utf8")) as { limits: object };
    this.settings = {
      engine: name,
      // The team's stack is this project's example, and its state is beside the checkouts.
      synth: "synth",
      limits: { ...limits, host, allowed_hosts: [host] },
      init_arguments: [`-backend-config=path=${join(this.folder, "states", "staff.tfstate")}`],
    };
    this.shell = cleanEnvironment(join(this.folder, "empty.tfrc"), {
      PATH: `${join(this.folder, "tools")}:${process.env.PATH ?? ""}`,
      GIT_CONFIG_GLOBAL: join(this.folder, "gitconfig"),
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "Team",
      GIT_AUTHOR_EMAIL: "team@example.com",
      GIT_COMMITTER_NAME: "Team",
      GIT_COMMITTER_EMAIL: "team@example.com",
      // npm asks no registry.
      npm_config_registry: "http://127.0.0.1:9",
      npm_config_update_notifier: "false",
      npm_config_userconfig: join(this.folder, "empty.tfrc"),
      STAFF_FILE: "staff.csv",
    });
  }

  /** Creates the repository, with the settings, the tool, the user file and the lock file of the provider in the first commit. */
  async create(users: string): Promise<void> {
    await this.git(this.folder, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git");
    const clone = await this.clone();
    await this.writeSettings(clone);
    const { installed, project } = await prepareTool(
      (folder, dependencies) => this.install(folder, dependencies),
      (folder) => this.#installTool(folder),
    );
    cpSync(project, clone, { recursive: true });
    const isCommitted = (path: string) => basename(path) !== "node_modules";
    cpSync(installed, join(clone, "ci", "genauth"), { recursive: true, filter: isCommitted });
    cpSync(installed, join(this.folder, "tool"), { recursive: true, verbatimSymlinks: true });
    writeFileSync(join(clone, ".gitignore"), "node_modules\ncdktf.out\ngenauth-run\n");
    writeFileSync(join(clone, "staff.csv"), users);
    writeFileSync(join(clone, LOCK_FILE), lockOf("shipped"));
    await this.publish(clone, "main");
  }

  /** Installs the tool. A test whose subject is npm runs the step of the pipeline instead. */
  async #installTool(folder: string): Promise<void> {
    const args = ["ci", "--ignore-scripts", "--omit=peer", "--no-audit", "--no-fund"];
    const { code, text } = await runChild("npm", args, {
      cwd: folder,
      env: { ...this.shell, HOME: this.folder },
    });
    if (code !== 0) throw new Error(`The tool was not installed:\n${text}`);
  }

  /** The command that takes the place of `npm ci --prefix ci/genauth`. */
  protected get linkTool(): string {
    return `ln -sfn ${join(this.folder, "tool", "node_modules")} ci/genauth/node_modules`;
  }

  /** Writes a manifest and the lock file that npm makes of it. */
  async install(
    folder: string,
    dependencies: Readonly<Record<string, string>>,
    more: object = {},
  ): Promise<void> {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, ...more, dependencies }));
    const args = ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"];
    const { code, text } = await runChild("npm", args, {
      cwd: folder,
      env: { ...this.shell, HOME: this.folder },
    });
    if (code !== 0) throw new Error(`npm made no lock file:\n${text}`);
  }

  /** Says in the settings that each stack was applied. */
  async endFirstApply(): Promise<void> {
    this.isNew = false;
    await this.commitSettings();
  }

  /** Commits the settings as they are now. */
  async commitSettings(): Promise<void> {
    const clone = await this.clone();
    await this.writeSettings(clone);
    await this.publish(clone, "main");
  }

  /** Writes the settings as they are now into a clone. */
  writeSettings(clone: string): Promise<void> {
    const example = load(readFileSync(join(PIPELINES, SETTINGS_FILE), "utf8")) as object;
    const settings = { ...example, ...this.settings } as { readonly stacks: readonly object[] };
    // Its backend is a file, on the one machine of these jobs.
    const stacks = settings.stacks.map((stack) => ({
      state: "kept",
      ...stack,
      ...(this.isNew ? { new: true } : { new: undefined }),
    }));
    writeFileSync(join(clone, SETTINGS_FILE), dump({ ...settings, stacks }, { skipInvalid: true }));
    return Promise.resolve();
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
    await this.lockProviders(clone);
    return readFileSync(join(clone, LOCK_FILE), "utf8");
  }

  /** Writes the lock files of all stacks in a clone. */
  async lockProviders(clone: string): Promise<void> {
    const command = `${this.linkTool} && ci/genauth/node_modules/.bin/cdktf-genauth pipeline lock`;
    const { code, text } = await runChild("sh", ["-c", command], {
      cwd: clone,
      env: { ...this.shell, HOME: this.folder },
    });
    if (code !== 0) throw new Error(`The lock was not renewed:\n${text}`);
  }

  /** Changes the user file in a new branch, and adds programs. */
  async propose(
    branch: string,
    change: (users: string) => string,
    { from = "main", programs = {}, message, prepare }: Proposal = {},
  ): Promise<void> {
    const clone = await this.clone(from);
    const file = join(clone, "staff.csv");
    writeFileSync(file, change(readFileSync(file, "utf8")));
    for (const [name, text] of Object.entries(programs)) {
      mkdirSync(dirname(join(clone, name)), { recursive: true });
      writeFileSync(join(clone, name), text, { mode: 0o755 });
    }
    await prepare?.(clone);
    await this.publish(clone, branch, message);
  }

  /** Gives the stack `suspend_days` from now on. */
  suspendLeavers(days: number): void {
    const synth = join(this.folder, "tools", "synth");
    renameSync(synth, `${synth}-without-suspensions`);
    const stack = "cdktf.out/stacks/staff/cdk.tf.json";
    const change = `const f = require("node:fs"); const s = JSON.parse(f.readFileSync("${stack}")); for (const set of Object.values(s.resource.genauth_user_set)) set.suspend_days = ${days}; f.writeFileSync("${stack}", JSON.stringify(s));`;
    writeFileSync(
      synth,
      `#!/bin/sh\nset -e\n"${synth}-without-suspensions"\n"${process.execPath}" -e '${change}'\n`,
      { mode: 0o755 },
    );
  }

  /** @param request whose merge it is, as its host names it */
  async merge(branch: string, request = `branch ${branch}`): Promise<void> {
    const clone = await this.clone();
    await this.git(clone, "merge", "--quiet", "--no-ff", "--message", `Merge ${request}`, `origin/${branch}`);
    await this.git(clone, "push", "--quiet", "origin", "HEAD:refs/heads/main");
  }

  /**
   * Copies the repository and the state, for `restore`.
   *
   * @param copy an empty folder; default a new one
   * @returns that folder
   */
  save(copy = newFolder()): string {
    for (const each of SAVED) cpSync(join(this.folder, each), join(copy, each), COPYING);
    return copy;
  }

  /** Begins with the repository and the state that another team saved, and with its own settings. */
  async restore(copy: string): Promise<void> {
    for (const each of SAVED) cpSync(join(copy, each), join(this.folder, each), COPYING);
    // The engine's user writes the states, and a copy is this user's.
    for (const file of readdirSync(join(this.folder, "states")))
      chmodSync(join(this.folder, "states", file), 0o666);
    await this.endFirstApply();
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

  private async publish(clone: string, branch: string, message = `Change ${branch}`): Promise<void> {
    await this.git(clone, "add", "--all");
    await this.git(clone, "commit", "--quiet", "--message", message);
    await this.git(clone, "push", "--quiet", "origin", `HEAD:refs/heads/${branch}`);
  }
}

/** A link to a file beside it stays one. */
const COPYING = { recursive: true, verbatimSymlinks: true } as const;

const SAVED = ["origin.git", "states", "tool"];

/** What a proposal holds beside a change of the user file. */
export interface Proposal {
  /** The branch that it starts from; default main. */
  readonly from?: string;
  /** Executable files, by path. */
  readonly programs?: Readonly<Record<string, string>>;
  /** Of the commit. */
  readonly message?: string;
  /** Changes the clone before it is committed. */
  readonly prepare?: (clone: string) => Promise<void>;
}
