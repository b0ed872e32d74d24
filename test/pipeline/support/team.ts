import type { Engine } from "../../../scripts/engine/engine";
import { type Environment, GitHubService, type PullRequest } from "./github-service";
import { GitHubRun, type Trigger } from "./github-run";
import { Repository } from "./repository";
import { workflow, type WorkflowName } from "./workflow";

const PLAN_KEY = "a-key-for-saved-plans-of-64-characters-0123456789abcdef01234567";

/** A team with a repository on GitHub. Ada opens pull requests, Olga owns the pool and merges, Otto owns it, too. */
export class Team extends Repository {
  readonly service = new GitHubService();
  /** Values of the workflows that a team changes, by the name of the variable. */
  readonly literals: Record<string, string>;
  readonly variables: Record<string, string> = {
    GENAUTH_PROTECTED_USERS: JSON.stringify({ email: ["user010@example.com"] }),
  };
  readonly #artifacts = new Map<number, Set<string>>();
  #runs = 0;
  #pushed = "0".repeat(40);

  /**
   * @param pool the variables of the user pool, with the deleting key
   * @param readKey the key that can only read; default the same
   */
  constructor(
    engine: Engine,
    pool: Readonly<Record<string, string>>,
    readKey: { readonly id: string; readonly secret: string } = {
      id: pool["GENAUTH_ACCESS_KEY_ID"] ?? "",
      secret: pool["GENAUTH_ACCESS_KEY_SECRET"] ?? "",
    },
  ) {
    super(engine);
    const { GENAUTH_HOST = "", GENAUTH_ACCESS_KEY_ID = "", GENAUTH_ACCESS_KEY_SECRET = "" } = pool;
    this.literals = {
      GENAUTH_HOST,
      GENAUTH_ALLOWED_HOSTS: GENAUTH_HOST,
      SYNTH: this.shell["SYNTH"] ?? "",
    };
    const read = {
      GENAUTH_READ_KEY_ID: readKey.id,
      GENAUTH_READ_KEY_SECRET: readKey.secret,
      GENAUTH_PLAN_KEY: PLAN_KEY,
    };
    const environments: Record<string, Environment> = {
      "genauth-read": { secrets: read },
      "genauth-state": { secrets: read, branches: ["main"] },
      genauth: {
        secrets: { GENAUTH_ACCESS_KEY_ID, GENAUTH_ACCESS_KEY_SECRET, GENAUTH_PLAN_KEY: PLAN_KEY },
        reviewers: ["olga", "otto"],
        preventSelfReview: true,
        branches: ["main"],
      },
    };
    for (const [name, environment] of Object.entries(environments))
      this.service.environments.set(name, environment);
  }

  /** Starts GitHub. Must be called first. */
  open(): Promise<void> {
    return this.service.open();
  }

  /** Stops GitHub, and removes the team's files. */
  async stop(): Promise<void> {
    await this.service.close();
    this.close();
  }

  /** The newest commit of a branch. */
  head(branch = "main"): Promise<string> {
    return this.git(this.folder, "--git-dir=origin.git", "rev-parse", branch);
  }

  /** Merges a branch by a pull request. The author opened it, and Olga merges. */
  async mergeRequest(branch: string, number: number, author = "ada"): Promise<void> {
    const before = await this.head();
    await this.merge(branch);
    await this.record(before, author);
    this.service.pulls.set(await this.head(), [{ number, user: author } satisfies PullRequest]);
  }

  /** Tells GitHub about the commits since one. */
  async record(before: string, author: string | undefined): Promise<void> {
    const log = await this.git(
      this.folder,
      "--git-dir=origin.git",
      "log",
      "--reverse",
      "--format=%H",
      `${before}..main`,
    );
    for (const sha of log.split("\n").filter(Boolean))
      this.service.commits.push({ sha, ...(author !== undefined && { author, committer: author }) });
  }

  /** Runs the workflow of a push to main, until a job waits for an approval or all have ended. */
  async push(actor = "olga"): Promise<GitHubRun> {
    const before = this.#pushed;
    this.#pushed = await this.head();
    return this.start("genauth", {
      event: "push",
      ref: "refs/heads/main",
      sha: this.#pushed,
      actor,
      payload: { before },
    });
  }

  /** Runs the nightly workflow. */
  async night(): Promise<GitHubRun> {
    return this.start("genauth", {
      event: "schedule",
      ref: "refs/heads/main",
      sha: await this.head(),
      actor: "github",
    });
  }

  /** Runs a workflow until a job waits for an approval, or all have ended. */
  start(name: WorkflowName, trigger: Trigger): Promise<GitHubRun> {
    this.#runs += 1;
    const { folder, service, shell, variables, literals } = this;
    const setting = { folder, origin: `${folder}/origin.git`, service, shell, variables, literals };
    return new GitHubRun(this.#runs, workflow(name), trigger, setting, this.#artifacts).proceed();
  }
}
