import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, delimiter, dirname, isAbsolute, join } from "node:path";
import * as z from "zod";
import { isExecutable } from "../guard/command";
import { installProvider } from "../install";
import { isLost, stateAdvice } from "./backend";
import { describeNewProviders, type EngineError, firstError, readEngineErrors } from "./engine-messages";
import { baseEnvironment, engineEnvironment, limitVariables } from "./environment";
import { giveFolder, readPlainFile, sha256Of } from "./hand-over";
import type { Job } from "./job";
import { type ProgramEnd, requireSuccess, startProgram } from "./programs";
import type { PipelineSettings, PipelineStack } from "./settings";

/**
 * The stacks in a folder of their own, outside the checkout, and the engine that runs there without a key.
 */

/**
 * What engines and version managers write or read beside a configuration. It is no part of it: the lock file
 * is the committed one, a state comes from its backend only, and the engine is that of the job.
 */
const LEFT_OUT =
  /^(?:\.terraform|\.terraform\.lock\.hcl|.*\.tfstate(?:\..*)?|\.terraform-version|\.opentofu-version|\.tool-versions|\.?mise\.toml|\.envrc|\.terraformrc|\.git|node_modules)$/i;

/**
 * Installs the provider of this package into each stack that `synth` did not write. A stack of CDKTF brings
 * its own. An executable has none to install: synth installs it, or it comes from a mirror or a registry.
 *
 * @param checkout its top
 */
export function installStackProviders({ stacks, synth }: PipelineSettings, checkout: string): void {
  for (const { folder } of isExecutable() ? [] : stacks) {
    const dir = join(checkout, folder);
    if (synth !== undefined && (!existsSync(dir) || isSynthesized(dir))) continue;
    installProvider({ dir, locked: false });
  }
}

/** Runs something with a new folder that is removed afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "genauth-job-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Finds what a checkout lacks of which its stacks consist, a sentence for each. */
export function findMissingPaths(stacks: readonly PipelineStack[], checkout: string): string[] {
  return stacks.flatMap(({ name, folder, reads }) =>
    [folder, ...reads]
      .filter((path) => !existsSync(join(checkout, path)))
      .map(
        (path) =>
          `There is no folder or file ${path}, which the settings name for ${name}. Correct folder, reads or synth.`,
      ),
  );
}

/** What CDKTF and CDK Terrain write into the folder of a stack. */
const SYNTHESIZED = "cdk.tf.json";

/** Whether a folder is one that CDKTF or CDK Terrain has written. */
export function isSynthesized(folder: string): boolean {
  return existsSync(join(folder, SYNTHESIZED));
}

/** The file in a tar of stacks that says why synth failed. */
const SYNTH_FAILURE = "genauth-synth-failure.txt";

/**
 * Packs the stacks and what they read, in one tar.
 *
 * @param checkout its top
 * @param environment of tar
 * @param failure why synth failed; then the stacks are left out that it writes, and the plan says so
 * @throws Error if something of it is no file and no folder, or is missing; or if synth writes all of them,
 * and failed
 */
export async function packStacks(
  { stacks }: PipelineSettings,
  checkout: string,
  environment: Readonly<Record<string, string>>,
  tar: string,
  failure?: string,
): Promise<void> {
  // What synth wrote before it failed, or what was committed of an earlier time, is not what the checkout
  // declares.
  const isLeftOut = ({ folder }: PipelineStack): boolean =>
    !existsSync(join(checkout, folder)) || isSynthesized(join(checkout, folder));
  const packed = failure === undefined ? stacks : stacks.filter((stack) => !isLeftOut(stack));
  // Somebody must be held up by it: as long as a stack cannot be planned, no other one deletes.
  if (failure !== undefined && packed.length === stacks.length) throw new Error(failure);
  await withFolder(async (copy) => {
    const missing = findMissingPaths(packed, checkout);
    if (missing.length > 0) throw new Error(`${missing.join("\n")}\nNothing was planned.`);
    for (const { folder, reads } of packed)
      for (const path of [folder, ...reads]) copyPlain(join(checkout, path), join(copy, path));
    if (failure !== undefined) writeFileSync(join(copy, SYNTH_FAILURE), failure);
    mkdirSync(dirname(tar), { recursive: true });
    rmSync(tar, { force: true });
    await requireSuccess(["tar", "-cf", tar, "-C", copy, "."], { folder: copy, environment });
  });
}

function copyPlain(from: string, to: string): void {
  cpSync(from, to, {
    recursive: true,
    filter: (path) => {
      if (path !== from && LEFT_OUT.test(basename(path))) return false;
      const found = lstatSync(path);
      if (found.isDirectory() || found.isFile()) return true;
      throw new Error(
        `${path} is neither a file nor a folder. A stack must consist of files and folders: replace a link by what it names. Nothing was handed over.`,
      );
    },
  });
}

/**
 * Does something with the stacks of a run, in a folder of their own that is removed afterwards.
 *
 * @param tar what `packStacks` packed
 * @param work gets the stacks and the operator's limits
 * @throws Error if the tar holds a link or something else, or lacks a stack
 */
export async function withStacks<T>(
  job: Job,
  tar: Buffer,
  work: (workspace: Workspace, limits: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const workspace = new Workspace(job);
  try {
    await workspace.unpack(tar);
    return await work(workspace, limitVariables(job.settings, job.environment, workspace.folder));
  } finally {
    rmSync(workspace.folder, { recursive: true, force: true });
  }
}

/** A saved plan, and what the engine shows of it. */
export interface SavedPlan {
  readonly plan: Buffer;
  readonly json: string;
}

/** Where stacks run. */
export class Workspace {
  /** The folder of this run, which the engine's user can enter. */
  readonly folder = mkdtempSync(join("/tmp", "genauth-run-"));
  readonly #stacks = join(this.folder, "stacks");
  readonly #home = join(this.folder, "home");
  #synthFailure: string | undefined;

  /** @param job of a fresh checkout, from which the lock files are taken */
  constructor(private readonly job: Job) {
    for (const each of [this.#stacks, this.#home]) mkdirSync(each);
    chmodSync(this.folder, 0o711);
  }

  /** Unpacks the stacks. */
  async unpack(tar: Buffer): Promise<void> {
    const file = join(this.folder, "stacks.tar");
    writeFileSync(file, tar, { mode: 0o600 });
    const options = { folder: this.folder, environment: baseEnvironment(this.job.environment) };
    const listed = await requireSuccess(["tar", "-tvf", file], options);
    // A link could lead out of the folder. Hard links begin with h, in a listing.
    const other = listed.split("\n").find((line) => /^[^-d\n]/.test(line));
    if (other !== undefined)
      throw new Error(
        `The stacks must consist of files and folders, but their tar also holds: ${other}. Nothing was planned or applied.`,
      );
    // Without these, tar as root would let others write into a folder that has mode 777 in the tar.
    const own = ["--no-same-owner", "--no-same-permissions"];
    await requireSuccess(["tar", "-xf", file, ...own, "-C", this.#stacks], options);
    for (const path of readdirSync(this.#stacks, { recursive: true, encoding: "utf8" }))
      if (LEFT_OUT.test(basename(path))) rmSync(join(this.#stacks, path), { recursive: true, force: true });
    const failure = join(this.#stacks, SYNTH_FAILURE);
    if (existsSync(failure)) this.#synthFailure = readPlainFile(failure).toString("utf8");
    for (const { name, folder, lock_file: lock } of this.job.settings.stacks) {
      const copy = join(this.#stacks, folder, ".terraform.lock.hcl");
      if (!existsSync(dirname(copy))) {
        if (this.#synthFailure !== undefined) continue;
        throw new Error(`Synth wrote no folder ${folder}, which the settings name for ${name}.`);
      }
      if (this.#isCommitted(lock)) copyFileSync(join(this.job.checkout, lock), copy);
    }
    // From here on, this process writes nothing there: the engine's user could lay a link that leads to
    // another file.
    const { command } = this.job.users;
    for (const top of [this.#stacks, this.#home]) if (command) giveFolder(top, command.uid, command.gid);
  }

  #isCommitted(lock: string): boolean {
    return lstatSync(join(this.job.checkout, lock), { throwIfNoEntry: false })?.isFile() === true;
  }

  /**
   * Initializes a stack with the providers in its committed lock file, and no others.
   *
   * @returns why nothing can be done with it, and what to do; undefined: it is ready
   */
  async init(stack: PipelineStack): Promise<string | undefined> {
    const { folder, lock_file: lock, state } = stack;
    if (!existsSync(join(this.#stacks, folder)))
      return `Synth wrote no folder ${folder}. ${this.#synthFailure ?? ""}`;
    if (!this.#isCommitted(lock))
      return `There is no ${lock}, so nothing says which providers may run here. Run cdktf-genauth pipeline lock, and commit ${lock}.`;
    const own = [...this.job.settings.init_arguments, ...stack.init_arguments];
    const args = ["init", "-input=false", "-no-color", "-lockfile=readonly", ...own];
    const { code, output, errors } = await this.#run(folder, args, {}, true);
    if (code !== 0)
      return (
        `${folder} could not be initialized. ${describeNewProviders(output, lock)}${firstError(errors)}\n\n` +
        `If the reason is the version or the checksum of a provider, it is not the one that ${lock} names:\n` +
        `- after an upgrade of cdktf-genauth or of another provider, run cdktf-genauth pipeline lock, and commit ${lock};\n` +
        "- without an upgrade, do not: first find out where the files of the provider come from."
      );
    const backend = this.#backendOf(folder);
    return state === "kept" || !isLost(backend) ? undefined : stateAdvice(stack, backend);
  }

  /** The type of backend that init has chosen; empty: none. */
  #backendOf(folder: string): string {
    const file = join(this.#stacks, folder, ".terraform", "terraform.tfstate");
    if (!existsSync(file)) return "";
    return Initialized.parse(JSON.parse(readPlainFile(file).toString("utf8"))).backend?.type ?? "";
  }

  /**
   * Plans a stack.
   *
   * @param variables the limits, and how to reach the guard
   * @returns what the engine saved, with its messages; if it saved nothing, its errors
   */
  async plan(
    { folder }: PipelineStack,
    variables: Readonly<Record<string, string>>,
  ): Promise<{ saved: SavedPlan | undefined; messages?: string; errors?: EngineError[] }> {
    const file = join(this.#stacks, folder, PLAN_FILE);
    rmSync(file, { force: true });
    const args = ["plan", "-input=false", "-lock=false", "-json", `-out=${PLAN_FILE}`];
    const { code, output: messages } = await this.#run(folder, args, variables, false);
    if (lstatSync(file, { throwIfNoEntry: false })?.isFile() === true) {
      // Shown from a copy that the engine's user cannot change, so that what is reported is what is kept.
      const plan = readPlainFile(file);
      const json = await this.show(folder, plan);
      if (json !== undefined) return { saved: { plan, json }, messages };
    }
    return { saved: undefined, errors: readEngineErrors(messages, code) };
  }

  /** What the engine shows of a saved plan, or of the state. @returns undefined if it fails */
  async show(folder: string, plan?: Buffer): Promise<string | undefined> {
    const args = ["show", "-json", "-no-color"];
    if (plan) {
      const copy = this.#planOf(folder);
      writeFileSync(copy, plan, { mode: 0o600 });
      const { command } = this.job.users;
      if (command) {
        chownSync(copy, 0, command.gid);
        chmodSync(copy, 0o640);
      }
      args.push(copy);
    }
    const { code, output } = await this.#run(folder, args, {}, false);
    return code === 0 ? output : undefined;
  }

  /** Applies a saved plan that `show` has shown. */
  async apply({ folder }: PipelineStack, variables: Readonly<Record<string, string>>): Promise<ProgramEnd> {
    // A process that holds the lock for longer changes the state, so that this plan is stale.
    const args = ["apply", "-input=false", "-lock-timeout=1m", "-no-color", this.#planOf(folder)];
    return await this.#run(folder, args, variables, true);
  }

  #run(
    folder: string,
    args: readonly string[],
    variables: Readonly<Record<string, string>>,
    isShown: boolean,
  ): Promise<ProgramEnd> {
    const { settings, environment, users } = this.job;
    return startProgram([this.#engine(), ...args], {
      folder: join(this.#stacks, folder),
      environment: { ...engineEnvironment(settings, environment, this.#home), ...variables },
      ...(users.command && { user: users.command }),
      isShown,
    });
  }

  /**
   * The engine. Another user gets a copy, unless that user can start it where it is installed, and nobody but
   * root can change it. A link of another name may be one of a version manager, which goes by the name.
   */
  #engine(): string {
    const { settings, environment, users } = this.job;
    const found = findProgram(settings.engine, environment.PATH ?? "");
    if (!users.command) return found;
    const real = realpathSync(found);
    if (basename(real) === basename(found) && isReadOnly(real)) return real;
    const copy = join(this.folder, basename(found));
    if (!existsSync(copy)) {
      copyFileSync(found, copy);
      chmodSync(copy, 0o755);
    }
    return copy;
  }

  /**
   * From where a stack's saved plan is shown and applied. The engine's user can read it, and not change it.
   */
  #planOf(folder: string): string {
    return join(this.folder, `${sha256Of(folder)}.tfplan`);
  }
}

/** What `init` writes of the backend. */
const Initialized = z.object({ backend: z.object({ type: z.string() }).nullish() });

/** The name of a saved plan in the folder of its stack. */
const PLAN_FILE = "genauth.tfplan";

/**
 * @throws Error if no folder of the PATH has the program. A relative folder does not count: it could be one
 * of the checkout
 */
function findProgram(program: string, path: string): string {
  for (const folder of path.split(delimiter).filter(isAbsolute)) {
    const found = join(folder, program);
    if (existsSync(found)) return found;
  }
  throw new Error(`${program} is not on the PATH. Install it in this job. Nothing was run.`);
}

/**
 * Whether everybody can read and start a program, and nobody but root can change it, or a folder on its path.
 */
function isReadOnly(path: string): boolean {
  const { uid, mode } = statSync(path);
  return uid === 0 && (mode & 0o027) === 0o005 && (path === "/" || isReadOnly(dirname(path)));
}
