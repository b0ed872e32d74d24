import { readFileSync } from "node:fs";
import { seedUsers, startEmulator, type Emulator } from "../../../src/emulator";
import type { Engine } from "../../support/engine";
import { NullResourceWorkspace } from "../../support/null-resource-workspace";
import { NullProviderMirror } from "../../support/null-provider/mirror";
import type { ResourceType } from "../../support/scenario";
import { Template } from "../../support/template";
import { Workspace } from "../../support/workspace";
import { restoreIfTorn } from "../support/torn-state";
import { type Cut, strike } from "./strike";

/** A removal that is about to be applied, to be begun as often as wanted. */
export class PreparedRemoval {
  #struck = 0;
  #restored = 0;

  private constructor(
    private readonly resourceType: ResourceType,
    private readonly template: Template,
    private readonly state: string,
    readonly users: ReturnType<typeof seedUsers>,
    private readonly staying: number,
  ) {}

  /** Applies a set of `size` users, of whom all but `staying` are to be removed. */
  static async make(
    engine: Engine,
    size: number,
    staying: number,
    resourceType: ResourceType = "genauth_user_set",
  ): Promise<PreparedRemoval> {
    const template = await prepare(engine, resourceType);
    const users = seedUsers(size);
    const emulator = await startEmulator({ users, rateLimit: false });
    const workspace = open(resourceType, template, emulator.environment());
    try {
      workspace.write({ users: users.map(({ userId }) => userId) });
      const { code, text } = await workspace.apply();
      if (code !== 0) throw new Error(`The set could not be created:\n${text}`);
      const state = readFileSync(`${workspace.folder}/terraform.tfstate`, "utf8");
      return new PreparedRemoval(resourceType, template, state, users, staying);
    } finally {
      await workspace.close();
      await emulator.close();
    }
  }

  /** How many of the cuts so far met a process that was still running. */
  get struck(): number {
    return this.#struck;
  }

  /** After how many of the cuts the engine had left no state but its backup. */
  get restored(): number {
    return this.#restored;
  }

  /** Cuts an apply, checks what is left, runs it again undisturbed, and checks the end. @returns what is wrong */
  async cut(cut: Cut): Promise<readonly string[]> {
    const emulator = await startEmulator({ users: this.users, rateLimit: false, latencyMs: 15 });
    const workspace = this.begin(emulator);
    try {
      const child = workspace.start("apply", "-auto-approve", "-input=false");
      if (await strike(cut, child, emulator)) this.#struck += 1;
      await child.finished;
      if (restoreIfTorn(workspace.folder)) this.#restored += 1;
      const forgotten = this.forgotten(workspace, emulator);
      const { code, text } = await workspace.apply();
      return [
        ...forgotten,
        ...(code === 0 ? [] : [`the next apply fails:\n${text}`]),
        ...this.unlikeUndisturbed(workspace, emulator),
      ];
    } finally {
      await workspace.close();
      await emulator.close();
    }
  }

  /** A folder with the state of before and the configuration of after. */
  begin(emulator: Emulator, environment: Readonly<Record<string, string>> = {}): Workspace {
    const workspace = open(this.resourceType, this.template, {
      ...emulator.environment(),
      GENAUTH_CONFIRM_SECONDS: "2",
      ...environment,
    });
    workspace.writeFiles({ "terraform.tfstate": this.state });
    workspace.write({
      users: this.stayingIds(),
      max_deletions: this.users.length,
      max_deletions_percent: 100,
    });
    return workspace;
  }

  /** Users who were to be removed and are still in the pool, and of whom the state says nothing. */
  forgotten(workspace: Workspace, emulator: Emulator): string[] {
    const held = workspace.userSet()?.users ?? {};
    const leaving = this.users.slice(0, this.users.length - this.staying);
    const left = leaving.filter(
      ({ userId }) => emulator.pool.find(userId, "user_id") && !Object.hasOwn(held, userId),
    );
    return left.map(({ userId }) => `${userId} is in the pool and not in the state`);
  }

  /** How pool and state differ from the end of a run that nothing disturbed. */
  unlikeUndisturbed(workspace: Workspace, emulator: Emulator): string[] {
    const expected = String(this.stayingIds());
    const pool = String(emulator.pool.list().map(({ userId }) => userId));
    const state = String(Object.keys(workspace.userSet()?.users ?? {}).sort());
    return [
      ...(pool === expected ? [] : [`in the pool at the end: ${pool}`]),
      ...(state === expected ? [] : [`in the state at the end: ${state}`]),
    ];
  }

  /** Removes the prepared folder. */
  remove(): void {
    this.template.remove();
  }

  /** The ids that stay declared. */
  stayingIds(): string[] {
    return this.users.slice(this.users.length - this.staying).map(({ userId }) => userId);
  }
}

async function prepare(engine: Engine, resourceType: ResourceType): Promise<Template> {
  if (resourceType === "genauth_user_set") return Template.prepare(engine);
  const nullProvider = new NullProviderMirror();
  return Template.prepare(engine, nullProvider).finally(() => nullProvider.remove());
}

function open(
  resourceType: ResourceType,
  template: Template,
  environment: Readonly<Record<string, string>>,
): Workspace {
  return new (resourceType === "genauth_user_set" ? Workspace : NullResourceWorkspace)(template, environment);
}
