import type { LeavingCause } from "../reports";
import { markdownBlock } from "../reports/markdown";
import { printable } from "../text";
import { defused, requireSuccess, startProgram } from "./programs";
import type { PipelineSettings } from "./settings";

/**
 * What git says of the checkout. The platform's checkout has configured git, and no file of the tree does.
 */
export class CheckedOut {
  /**
   * @param folder its top
   * @param environment of git, without a secret
   */
  constructor(
    readonly folder: string,
    readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** The commit that is checked out. */
  async commit(): Promise<string> {
    return (await this.#git(["rev-parse", "HEAD"])).trim();
  }

  /**
   * Whether a commit holds all commits of a branch that change what the pipeline reads. The plan of one that
   * lacks some would show users who joined there as deletions.
   *
   * @param branch such as main; its newest commit must have been fetched
   * @param commit default the one that is checked out
   * @throws Error if the checkout holds only a part of the history
   */
  async isUpToDate(branch: string, paths: PipelineSettings["paths"], commit = "HEAD"): Promise<boolean> {
    await this.#refuseShallow(branch);
    const newer = await this.#git([
      ...["rev-list", "--full-history", "--max-count=1", `${commit}..${remote(branch)}`],
      ...(paths.length > 0 ? ["--", ...paths.map(globbed)] : []),
    ]);
    return newer.trim() === "";
  }

  /**
   * Finds what would let `isUpToDate` miss a commit, a sentence for each: a pattern that matches no file, and
   * a user file that no pattern matches.
   */
  async findPathFaults({ paths, stacks }: Pick<PipelineSettings, "paths" | "stacks">): Promise<string[]> {
    if (paths.length === 0) return [];
    const faults: string[] = [];
    const matched = new Set<string>();
    for (const path of paths) {
      const files = await this.#lines(["ls-files", "--", globbed(path)]);
      for (const file of files) matched.add(file);
      if (files.length === 0)
        faults.push(
          `paths: no file matches ${path}. Write patterns of Git from the top of the repository, such as users/**, or take it out.`,
        );
    }
    const committed = new Set(await this.#lines(["ls-files"]));
    for (const { name, user_files: users } of stacks)
      for (const file of users)
        if (committed.has(file) && !matched.has(file))
          faults.push(`paths: no pattern matches ${file}, a user file of ${name}. Add it.`);
    return faults;
  }

  /** Fetches a branch of origin. @throws Error if it cannot be read */
  async fetch(branch: string): Promise<void> {
    if (!(await this.#succeeds(["fetch", "-q", "origin", `+refs/heads/${branch}:${remote(branch)}`])))
      throw new Error(
        `${branch} could not be fetched, so nothing says whether this checkout is up to date. Give the job a credential that can read the repository.`,
      );
  }

  /** Whether a commit is part of a branch. A commit that only a tag names is not. */
  async isOnBranch(commit: string, branch: string): Promise<boolean> {
    await this.#refuseShallow(branch);
    return this.#isAncestor(commit, remote(branch));
  }

  /** Whether a commit is in this checkout. */
  knows(commit: string): Promise<boolean> {
    return this.#succeeds(["rev-parse", "--verify", "--quiet", `${commit}^{commit}`]);
  }

  /** A file of a commit. @returns undefined if it has none */
  async fileAt(commit: string, path: string): Promise<string | undefined> {
    const listed = await this.#git(["ls-tree", "--name-only", commit, "--", path]);
    return listed.trim() === "" ? undefined : this.#git(["show", `${commit}:${path}`]);
  }

  /** The commits right before the newest changes of a file on the first line of parents, the newest first. */
  async commitsBefore(path: string): Promise<string[]> {
    const options = ["--first-parent", "--max-count=200", "--format=%P"];
    const parents = await this.#lines(["log", ...options, "--", `:(top,literal)${path}`]);
    return parents.map((each) => each.replace(/ .*/, ""));
  }

  /**
   * The newest commit that changed how often an id stands in files: of somebody who is not in them any more,
   * the one that took the id out.
   *
   * @returns undefined if no commit did
   */
  async findRemoval(id: string, paths: readonly string[]): Promise<string | undefined> {
    const part = "[[:alnum:]_.+@-]";
    const whole = `(^|[^${part.slice(1, -1)}])${id.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}($|[^${part.slice(1, -1)}])`;
    const search = ["--pickaxe-regex", "--regexp-ignore-case", `-S${whole}`];
    const options = ["--no-show-signature", "--no-renames", "--max-count=1", "--format=%H", ...search];
    const [commit] = await this.#lines([
      "log",
      ...options,
      "--",
      ...paths.map((path) => `:(top,literal)${path}`),
    ]);
    return commit;
  }

  /**
   * Describes a commit by which people leave: its request, as the merge says that brought it, and the
   * trailers of both.
   */
  async describeCause(commit: string): Promise<LeavingCause> {
    const merge = await this.#mergeOf(commit);
    const messages = await Promise.all(
      [commit, merge].map((each) => this.#git(["log", "-1", "--no-show-signature", "--format=%B", each])),
    );
    const request = messages.map(requestOf).find((each) => each !== undefined);
    const trailers = await this.#readTrailers(["--no-walk", commit, merge]);
    return { commit, ...(request !== undefined && { request }), ...trailers };
  }

  /** The commit on the first line of parents that brought another one: a merge, or that commit itself. */
  async #mergeOf(commit: string): Promise<string> {
    const firstLine = await this.#lines(["rev-list", "--first-parent", "HEAD", "--not", `${commit}^@`]);
    if (firstLine.includes(commit)) return commit;
    const later = new Set(await this.#lines(["rev-list", "--ancestry-path", `${commit}..HEAD`]));
    return firstLine.findLast((each) => later.has(each)) ?? commit;
  }

  /**
   * The commits on the first line of parents after one commit, up to another. A branch that is new had none
   * before.
   */
  async commitsSince(before: string | undefined, commit: string): Promise<string[]> {
    if (before === undefined || !(await this.#isAncestor(before, commit))) return [commit];
    return this.#lines(["rev-list", "--first-parent", "--max-count=100", `${before}..${commit}`]);
  }

  /**
   * Reads why a change was made: the trailers `Ticket` and `Reason` of the messages of a commit, and of those
   * that it merges. They are their authors' words.
   *
   * @returns each with its values, which differ, in one line
   */
  async trailers(commit = "HEAD"): Promise<CommitTrailers> {
    const since = `${commit}^1`;
    return this.#readTrailers(
      (await this.#isAncestor(since, commit)) ? [`${since}..${commit}`] : ["-1", commit],
    );
  }

  async #readTrailers(range: readonly string[]): Promise<CommitTrailers> {
    const format = "--format=%(trailers:key=Ticket,key=Reason,unfold)";
    const lines = await this.#lines(["log", "--no-show-signature", format, ...range, "--"]);
    const valueOf = (key: string): string => {
      const values = lines.flatMap(
        (line) => new RegExp(`^${key}: *(.+)$`, "i").exec(line)?.[1]?.trim() ?? [],
      );
      const text = printable([...new Set(values)].join(", "));
      return text.length > LONGEST_TRAILER ? `${text.slice(0, LONGEST_TRAILER)}…` : text;
    };
    const ticket = valueOf("Ticket");
    const reason = valueOf("Reason");
    return { ...(ticket && { ticket }), ...(reason && { reason }) };
  }

  /**
   * What changed in files since a branch, whole. Attributes of the checkout, such as `-diff`, cannot empty
   * it, and no program of a configuration writes it.
   */
  async difference(branch: string, files: readonly string[]): Promise<string> {
    const options = ["--no-ext-diff", "--no-textconv", "--no-color", "--text", "--no-renames"];
    return this.#git([
      "diff",
      ...options,
      `${remote(branch)}...HEAD`,
      "--",
      ...files.map((file) => `:(top,literal)${file}`),
    ]);
  }

  /** Git complains about a commit that the checkout lacks, so that is asked first. */
  async #isAncestor(before: string, commit: string): Promise<boolean> {
    return (await this.knows(before)) && this.#succeeds(["merge-base", "--is-ancestor", before, commit]);
  }

  async #refuseShallow(branch: string): Promise<void> {
    if ((await this.#git(["rev-parse", "--is-shallow-repository"])).trim() === "true")
      throw new Error(
        `The checkout holds only a part of the history, so it cannot be compared with ${branch}. Fetch all of it: fetch-depth: 0, or GIT_DEPTH: "0".`,
      );
  }

  #git(args: readonly string[]): Promise<string> {
    return requireSuccess([...GIT, ...args], this);
  }

  async #succeeds(args: readonly string[]): Promise<boolean> {
    return (await startProgram([...GIT, ...args], this)).code === 0;
  }

  async #lines(args: readonly string[]): Promise<string[]> {
    return (await this.#git(args)).split("\n").filter(Boolean);
  }
}

/** A pattern of `paths`, for git. */
function globbed(path: string): string {
  return `:(top,glob)${path}`;
}

/** Without a program that a configuration of git names. */
const GIT = [
  "git",
  ...["core.fsmonitor=false", "core.hooksPath=/dev/null", "diff.external="].flatMap((each) => ["-c", each]),
];

/** Why a commit was made, as its authors say. */
export interface CommitTrailers {
  readonly ticket?: string;
  readonly reason?: string;
}

/** How the hosts of repositories name a request in the message of its merge, or of its only commit. */
const REQUESTS: readonly (readonly [RegExp, (number: string) => string])[] = [
  [/^Merge pull request #(\d+)/, (number) => `#${number}`],
  [/^.*\((?:pull request )?#(\d+)\)\s*$/m, (number) => `#${number}`],
  [/^Merged PR (\d+):/, (number) => `PR ${number}`],
  [/^See merge request \S*!(\d+)\s*$/m, (number) => `!${number}`],
];

/** The request of a commit, as its message names it. */
function requestOf(message: string): string | undefined {
  for (const [pattern, name] of REQUESTS) {
    const [, number] = pattern.exec(message) ?? [];
    if (number !== undefined) return name(number);
  }
  return undefined;
}

/** In characters; the rest is left out. */
const LONGEST_TRAILER = 200;

/** A branch of origin by its whole name: a tag of the same name is another ref. */
export function remote(branch: string): string {
  return `refs/remotes/origin/${branch}`;
}

/** How much of a difference a job's summary holds, in characters. GitHub takes 1 MiB of all steps. */
const LONGEST_DIFFERENCE = 500_000;

/**
 * Shows a difference as Markdown. Nothing in it ends its block or acts on a runner, and a difference that was
 * cut says so.
 */
export function showDifference(difference: string, files: readonly string[]): string {
  if (difference === "") return `The user files do not change: ${files.join(", ")}.\n`;
  const text = defused(difference.replaceAll("\r\n", "\n"));
  const shown = text.slice(0, LONGEST_DIFFERENCE);
  return [
    markdownBlock(shown.replace(/\n$/, ""), "diff"),
    ...(text.length > shown.length
      ? [
          `**The difference is longer, and was cut here: ${text.length - shown.length} characters are missing.** Read the files themselves.`,
        ]
      : []),
    "",
  ].join("\n");
}
