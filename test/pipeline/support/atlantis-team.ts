import { chmodSync, cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { type Finished, runChild } from "../../../scripts/engine/child";
import type { Engine } from "../../../scripts/engine/engine";
import { type AtlantisStep, atlantisText, serverConfiguration } from "./atlantis";
import { Repository } from "./repository";
import { PIPELINES } from "./workflow";

/** A team whose repository is planned and applied by an Atlantis server, which is started with `repos.yaml`. */
export class AtlantisTeam extends Repository {
  /** What the documented folders of the server are here: its scripts, its secrets, and the digests that it keeps. */
  readonly #places = {
    "/opt/genauth": join(this.folder, "opt"),
    "/run/secrets": join(this.folder, "secrets"),
    "/var/lib/genauth": join(this.folder, "digests"),
  };
  readonly #checkout = join(this.folder, "atlantis");
  readonly #environment: Readonly<Record<string, string>>;

  /** @param pool the variables that reach the user pool, with the key that both of the server's files hold */
  constructor(engine: Engine, pool: Readonly<Record<string, string>>) {
    super(engine);
    const { GENAUTH_HOST = "", GENAUTH_ACCESS_KEY_ID = "", GENAUTH_ACCESS_KEY_SECRET = "" } = pool;
    const { "/opt/genauth": scripts, "/run/secrets": secrets, "/var/lib/genauth": digests } = this.#places;
    cpSync(join(PIPELINES, "ci", "genauth"), scripts, { recursive: true });
    mkdirSync(join(scripts, "node_modules", ".bin"), { recursive: true });
    cpSync(
      join(this.folder, "tools", "genauth-users"),
      join(scripts, "node_modules", ".bin", "genauth-users"),
    );
    chmodSync(join(scripts, "node_modules", ".bin", "genauth-users"), 0o755);
    for (const key of ["genauth-read", "genauth-delete"]) {
      mkdirSync(join(secrets, key), { recursive: true });
      writeFileSync(join(secrets, key, "id"), `${GENAUTH_ACCESS_KEY_ID}\n`);
      writeFileSync(join(secrets, key, "secret"), `${GENAUTH_ACCESS_KEY_SECRET}\n`);
    }
    this.#environment = {
      ...this.shell,
      GENAUTH_HOST,
      GENAUTH_ALLOWED_HOSTS: GENAUTH_HOST,
      GENAUTH_MAX_DELETIONS: "50",
      GENAUTH_DIGESTS: digests,
    };
  }

  /** What the server does when a pull request is opened: it checks the merge result out, and plans it. */
  async plan(number: number, branch: string): Promise<Finished> {
    rmSync(this.#checkout, { recursive: true, force: true });
    await this.git(this.folder, "clone", "--quiet", "origin.git", this.#checkout);
    await this.pull(branch);
    return this.#run("plan", number);
  }

  /** Brings the server's checkout up to date with a branch, without a plan of it. */
  async pull(branch: string): Promise<void> {
    await this.git(this.#checkout, "fetch", "--quiet", "origin", branch);
    await this.git(this.#checkout, "merge", "--quiet", "--no-edit", "FETCH_HEAD");
  }

  /** What the server does for the comment `atlantis apply`, in the checkout of the plan. */
  apply(number: number): Promise<Finished> {
    return this.#run("apply", number);
  }

  /** Runs the steps of a stage one after the other; one that fails ends them. Its output is that of the comment. */
  async #run(stage: "plan" | "apply", number: number): Promise<Finished> {
    let text = atlantisText("repos.yaml");
    for (const [place, here] of Object.entries(this.#places)) text = text.replaceAll(place, here);
    const steps = serverConfiguration.parse(parse(text)).workflows?.["genauth"]?.[stage]?.steps ?? [];
    const env = { ...this.#environment, ...this.#variables(number) };
    const shown: string[] = [];
    let last: Finished = { code: 0, stdout: "", stderr: "", text: "" };
    for (const step of steps) {
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

/** What a step runs, and where what it prints goes: into a variable, nowhere, or into the comment. */
function readStep(step: AtlantisStep): { command: string; variable?: string; hidden?: boolean } {
  if (typeof step === "string")
    throw new Error(`The step ${step} is the server's own and cannot be run here.`);
  if ("run" in step) {
    if (typeof step.run === "string") return { command: step.run };
    return { command: step.run.command, hidden: step.run.output === "hide" };
  }
  if ("command" in step.env) return { command: step.env.command, variable: step.env.name };
  throw new Error(`The variable ${step.env.name} has a value that is written out.`);
}
