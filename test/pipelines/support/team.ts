import { join } from "node:path";
import type { Emulator } from "../../support/emulator";
import { type Finished, runChild } from "../../support/engine/child";
import type { Engine } from "../../support/engine/engine";
import { Artifacts } from "./github/artifacts";
import { GitHubRun, type Trigger } from "./github/run";
import { GitHubService } from "./github/service";
import { type Proposal, Repository } from "./repository";
import { workflow } from "../../support/pipelines/workflow";

/** GENAUTH_PLAN_KEY. */
export const PLAN_KEY = "a-key-for-saved-plans-of-64-characters-0123456789abcdef01234567";

/** A team with a repository on GitHub. Ada opens pull requests, Olga owns the pool and merges, Otto owns it, too. */
export class Team extends Repository {
  readonly service = new GitHubService();
  /** Values of the workflows that a team changes, by the name of the variable. */
  readonly literals: Record<string, string>;
  /** Variables of every shell, beside those of the workflows. */
  readonly extra: Record<string, string> = {};
  /** Variables of the repository. */
  readonly variables: Record<string, string> = {};
  /** What an event starts. */
  workflow = workflow();
  readonly #artifacts: Artifacts;
  #runs = 0;
  #pushed = "0".repeat(40);

  constructor(engine: Engine, emulator: Emulator) {
    const { GENAUTH_HOST, GENAUTH_ACCESS_KEY_ID, GENAUTH_ACCESS_KEY_SECRET } = emulator.environment();
    super(engine, GENAUTH_HOST);
    this.#artifacts = new Artifacts(join(this.folder, "artifacts"));
    const GENAUTH_PLAN_KEY = PLAN_KEY;
    Object.assign(this.settings["limits"] as object, { protected_users: { email: ["user010@example.com"] } });
    // The rest is as in the workflow.
    this.literals = { OWNERS: "Olga otto", INSTALL_TOOL: this.linkTool };
    const read = {
      GENAUTH_READ_KEY_ID: emulator.readKey.accessKeyId,
      GENAUTH_READ_KEY_SECRET: emulator.readKey.accessKeySecret,
    };
    this.service.environments.set("genauth-read", { secrets: read });
    for (const name of ["genauth-plan", "genauth-state"])
      this.service.environments.set(name, { secrets: { ...read, GENAUTH_PLAN_KEY }, branches: ["main"] });
    this.service.environments.set("genauth", {
      secrets: { GENAUTH_ACCESS_KEY_ID, GENAUTH_ACCESS_KEY_SECRET, GENAUTH_PLAN_KEY },
      reviewers: ["ada", "olga", "otto"],
      preventSelfReview: true,
      branches: ["main"],
    });
  }

  /** Starts GitHub. Must be called first. */
  open(): Promise<void> {
    return this.service.open();
  }

  /** The newest commit of a branch. */
  head(branch = "main"): Promise<string> {
    return this.git(this.folder, "--git-dir=origin.git", "rev-parse", branch);
  }

  /** Merges a branch by a pull request. */
  async mergeRequest(branch: string, number: number, author = "ada"): Promise<void> {
    const before = await this.head();
    await this.merge(branch, `pull request #${number} from team/${branch}`);
    const log = await this.git(
      this.folder,
      "--git-dir=origin.git",
      "log",
      "--reverse",
      "--format=%H",
      `${before}..main`,
    );
    for (const sha of log.split("\n")) {
      this.service.commits.push({ sha, author, committer: author });
      this.service.pulls.set(sha, [{ number, user: author }]);
    }
  }

  /** Proposes a change of the user file in a branch, and merges it by a pull request. */
  async mergeProposal(
    branch: string,
    number: number,
    change: (users: string) => string,
    proposal?: Proposal,
  ): Promise<void> {
    await this.propose(branch, change, proposal);
    await this.mergeRequest(branch, number);
  }

  /** Runs the workflow of a pull request, on the merge of its branch with the commit of main on which it is based. */
  async openRequest(
    branch: string,
    number: number,
    { isFork = false, author = "ada" }: { readonly isFork?: boolean; readonly author?: string } = {},
  ): Promise<GitHubRun> {
    const onOrigin = (...args: readonly string[]) => this.git(this.folder, "--git-dir=origin.git", ...args);
    const head = await this.head(branch);
    const base = await onOrigin("merge-base", "main", head);
    const parents = ["-p", base, "-p", head];
    const sha = await onOrigin("commit-tree", `${head}^{tree}`, ...parents, "-m", "Merge the branch");
    await onOrigin("update-ref", `refs/pull/${number}/merge`, sha);
    const pull_request = {
      number,
      base: { ref: "main" },
      user: { login: author },
      head: { sha: head, repo: { full_name: isFork ? "mallory/people" : "team/people" } },
    };
    return this.start({
      event: "pull_request",
      ref: `refs/pull/${number}/merge`,
      sha,
      actor: author,
      payload: { pull_request },
    });
  }

  /** Runs the workflow of a push to main, until a job waits for an approval or all have ended. */
  async push({ actor = "olga", before }: { actor?: string; before?: string } = {}): Promise<GitHubRun> {
    const payload = { before: this.#pushed };
    this.#pushed = await this.head();
    return this.start({ event: "push", ref: "refs/heads/main", sha: this.#pushed, actor, payload }, before);
  }

  /** Runs the nightly workflow, until a job waits for an approval or all have ended. @param before a job to stop before */
  async night(before?: string): Promise<GitHubRun> {
    const sha = await this.head();
    return this.start({ event: "schedule", ref: "refs/heads/main", sha, actor: "github" }, before);
  }

  /** Lets somebody start the workflow that applies the plan of a run. @param before a job to stop before */
  async dispatch(
    actor: string,
    inputs: { readonly run: string; readonly sha256: string },
    before?: string,
  ): Promise<GitHubRun> {
    const sha = await this.head();
    return this.start({ event: "workflow_dispatch", ref: "refs/heads/main", sha, actor, inputs }, before);
  }

  /** Checks the rules of the repository by hand. */
  async runSettings(): Promise<Pick<Finished, "code" | "text">> {
    const tool = join(this.folder, "tool", "node_modules", ".bin", "cdktf-genauth");
    const options = { cwd: await this.clone(), env: { ...this.#owner(), HOME: this.folder } };
    const { code, text } = await runChild(tool, ["pipeline", "settings"], options);
    return { code, text };
  }

  /** The environment of an owner who checks the rules with a token of their own. */
  #owner(): Record<string, string> {
    return {
      ...this.shell,
      GITHUB_API_URL: this.service.url,
      GITHUB_REPOSITORY: "team/people",
      GH_TOKEN: this.service.token({ actions: "read", contents: "read" }),
    };
  }

  /** Runs a workflow until a job waits for an approval, or all have ended. @param before a job to stop before */
  start(trigger: Trigger, before?: string): Promise<GitHubRun> {
    this.#runs += 1;
    const { folder, service, literals, variables } = this;
    // A job that runs again reads what the variables are then.
    const shell = () => ({ ...this.shell, ...this.extra });
    const setting = {
      folder,
      origin: join(folder, "origin.git"),
      service,
      artifacts: this.#artifacts,
      shell,
      variables,
      literals,
    };
    return new GitHubRun(this.#runs, this.workflow, trigger, setting).proceed(before);
  }

  /** Begins with the repository and the state that another team saved. */
  override async restore(copy: string): Promise<void> {
    await super.restore(copy);
    this.#pushed = await this.head();
    this.service.commits.push({ sha: this.#pushed, author: "ada", committer: "ada" });
    const path = ".github/workflows/genauth.yml";
    // The ids of later runs are greater.
    this.#runs = 900;
    const run = {
      id: 900,
      name: "genauth",
      path,
      event: "push",
      head_branch: "main",
      head_sha: this.#pushed,
    };
    const created_at = new Date().toISOString();
    this.service.runs.set(900, { ...run, actor: { login: "ada" }, run_attempt: 1, created_at });
    this.service.jobs.set(900, new Map([["apply", "success"]]));
  }
}
