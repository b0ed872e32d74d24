import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parse } from "yaml";
import type { Emulator } from "../../support/emulator";
import { type Finished, runChild } from "../../support/engine/child";
import type { Engine } from "../../support/engine/engine";
import { type AtlantisStep, atlantisText, serverConfiguration } from "./atlantis";
import { Repository } from "./repository";
import { SETTINGS_FILE } from "../../../src/pipeline";

/** A team whose repository an Atlantis server, started with `repos.yaml`, plans and applies. */
export class AtlantisTeam extends Repository {
  /** The documented folders of the server in this test. */
  readonly #folders = {
    "/opt/genauth": join(this.folder, "opt"),
    "/run/secrets": join(this.folder, "secrets"),
    "/var/log/genauth": join(this.folder, "logs"),
  };
  readonly #checkout = join(this.folder, "atlantis");
  readonly #environment: Readonly<Record<string, string>>;
  /** The newest commit of the pull request that is checked out. */
  head = "";

  constructor(engine: Engine, emulator: Emulator) {
    super(engine, emulator.url);
    const { GENAUTH_ACCESS_KEY_ID: id, GENAUTH_ACCESS_KEY_SECRET: secret } = emulator.environment();
    const { accessKeyId, accessKeySecret } = emulator.readKey;
    for (const [path, text] of Object.entries({
      "genauth-read/id": accessKeyId,
      "genauth-read/secret": accessKeySecret,
      "genauth/id": id,
      "genauth/secret": secret,
      "genauth-plan/key": "5f".repeat(32),
    })) {
      const file = join(this.#folders["/run/secrets"], path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${text}\n`, { mode: 0o600 });
    }
    this.#environment = {
      ...this.shell,
      HOME: this.folder,
    };
  }

  /** Installs the tool and the settings on the server, beside the repository. */
  override async create(users: string): Promise<void> {
    await super.create(users);
    const { "/opt/genauth": folder } = this.#folders;
    const clone = await this.clone();
    cpSync(join(this.folder, "tool"), folder, { recursive: true, verbatimSymlinks: true });
    cpSync(join(clone, SETTINGS_FILE), join(folder, SETTINGS_FILE));
    const examples = join(folder, "node_modules", "cdktf-genauth", "examples", "pipelines", "atlantis");
    mkdirSync(examples, { recursive: true });
    writeFileSync(join(examples, "step.sh"), this.#textHere("step.sh"));
  }

  /** A file with the folders of this test. */
  #textHere(name: "repos.yaml" | "step.sh"): string {
    let text = atlantisText(name);
    for (const [place, here] of Object.entries(this.#folders)) text = text.replaceAll(place, here);
    // Only root can start a process of another user.
    return process.getuid?.() === 0 ? text : text.replaceAll("--user nobody --guard-user daemon", "");
  }

  /** Changes the settings on the server. */
  changeSettings(change: (text: string) => string): void {
    const file = join(this.#folders["/opt/genauth"], SETTINGS_FILE);
    writeFileSync(file, change(readFileSync(file, "utf8")));
  }

  /** The file of the server that holds the secret of the key which deletes. */
  get deletingSecret(): string {
    return join(this.#folders["/run/secrets"], "genauth", "secret");
  }

  /** Checks out and plans the merge result, as the server does when a pull request is opened. */
  async plan(number: number, branch: string): Promise<Finished> {
    rmSync(this.#checkout, { recursive: true, force: true });
    await this.git(this.folder, "clone", "--quiet", "origin.git", this.#checkout);
    await this.pull(branch);
    return this.#run("plan", number);
  }

  /** Updates the server's checkout to a branch, without a plan. */
  async pull(branch: string): Promise<void> {
    await this.git(this.#checkout, "fetch", "--quiet", "origin", branch);
    this.head = await this.git(this.#checkout, "rev-parse", "FETCH_HEAD");
    await this.git(this.#checkout, "merge", "--quiet", "--no-edit", "FETCH_HEAD");
  }

  /** Runs the steps for a comment such as `atlantis apply`, in the checkout of the plan. */
  comment(number: number, operation: "plan" | "apply"): Promise<Finished> {
    return this.#run(operation, number);
  }

  /** Runs the steps of a workflow until one fails. Returns the output for the comment. */
  async #run(operation: "plan" | "apply", number: number): Promise<Finished> {
    const { workflows } = serverConfiguration.parse(parse(this.#textHere("repos.yaml")));
    const env = { ...this.#environment, ...this.#variables(number), HEAD_COMMIT: this.head };
    const shown: string[] = [];
    let last: Finished = { code: 0, stdout: "", stderr: "", text: "" };
    for (const step of workflows.genauth[operation].steps) {
      const { command, variable, hidden } = readStep(step);
      last = await runChild("sh", ["-c", command], { cwd: this.#checkout, env });
      if (last.code !== 0) return last;
      if (variable) Object.assign(env, { [variable]: last.stdout.trimEnd() });
      else if (!hidden) shown.push(last.text);
    }
    return { ...last, text: shown.join("") };
  }

  /** Source of the names: runatlantis.io/docs/custom-workflows, "Native Environment Variables". */
  #variables(number: number): Record<string, string> {
    return {
      WORKSPACE: "default",
      DIR: this.#checkout,
      PLANFILE: join(this.#checkout, "people-default.tfplan"),
      SHOWFILE: join(this.#checkout, "people-default.json"),
      BASE_REPO_OWNER: "example",
      BASE_REPO_NAME: "people",
      BASE_BRANCH_NAME: "main",
      PROJECT_NAME: "people",
      PULL_NUM: String(number),
      REPO_REL_DIR: ".",
    };
  }
}

/** The command of a step, and the destination of its output: a variable, nowhere, or the comment. */
function readStep(step: AtlantisStep): { command: string; variable?: string; hidden?: boolean } {
  if ("run" in step) {
    if (typeof step.run === "string") return { command: step.run };
    return { command: step.run.command, hidden: step.run.output === "hide" };
  }
  return { command: step.env.command, variable: step.env.name };
}
