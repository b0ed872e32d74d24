import { readFileSync } from "node:fs";
import { seedUsers, startEmulator, type Emulator } from "../../../support/emulator";
import type { Engine } from "../../../support/engine/engines";
import { NullResourceWorkspace } from "../../../support/null-resource-workspace";
import type { ResourceType } from "../../../support/scenario";
import { Template } from "../../../support/template";
import { Workspace } from "../../../support/workspace";
import { restoreIfTorn } from "../support/torn-state";
import { type Cut, cutRun } from "./send-signals";

/** A removal that is ready to be applied, any number of times. */
export class PreparedRemoval {
  #effective = 0;
  #restored = 0;

  private constructor(
    private readonly resourceType: ResourceType,
    private readonly template: Template,
    private readonly state: string,
    readonly users: ReturnType<typeof seedUsers>,
    private readonly staying: number,
  ) {}

  /** Creates a set of `size` users, of which all but `staying` will be removed. */
  static async make(
    engine: Engine,
    size: number,
    staying: number,
    resourceType: ResourceType = "genauth_user_set",
  ): Promise<PreparedRemoval> {
    const template = await Template.prepare(engine, resourceType === "null_resource");
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

  /** How many cuts so far met a running process. */
  get effective(): number {
    return this.#effective;
  }

  /** After how many cuts the engine left only a backup of its state. */
  get restored(): number {
    return this.#restored;
  }

  /** Cuts an apply, checks the result, applies again without a cut, and checks the end. @returns the problems */
  async cut(cut: Cut): Promise<readonly string[]> {
    const emulator = await startEmulator({ users: this.users, rateLimit: false, latencyMs: 15 });
    const workspace = this.begin(emulator);
    try {
      const child = workspace.start("apply", "-auto-approve", "-input=false");
      if (await cutRun(cut, child, emulator)) this.#effective += 1;
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

  /** Opens a folder with the state before the removal and the configuration after it. */
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

  /** Removed users who are still in the pool and not in the state. */
  forgotten(workspace: Workspace, emulator: Emulator): string[] {
    const held = workspace.userSet()?.users ?? {};
    const leaving = this.users.slice(0, this.users.length - this.staying);
    const left = leaving.filter(
      ({ userId }) => emulator.pool.find(userId, "user_id") && !Object.hasOwn(held, userId),
    );
    return left.map(({ userId }) => `${userId} is in the pool and not in the state`);
  }

  /** How pool and state differ from those after an undisturbed run. */
  unlikeUndisturbed(workspace: Workspace, emulator: Emulator): string[] {
    const expected = String(this.stayingIds());
    const pool = String(emulator.pool.list().map(({ userId }) => userId));
    const state = String(Object.keys(workspace.userSet()?.users ?? {}).sort());
    return [
      ...(pool === expected ? [] : [`in the pool at the end: ${pool}`]),
      ...(state === expected ? [] : [`in the state at the end: ${state}`]),
    ];
  }

  /** The ids that remain declared. */
  stayingIds(): string[] {
    return this.users.slice(this.users.length - this.staying).map(({ userId }) => userId);
  }
}

function open(
  resourceType: ResourceType,
  template: Template,
  environment: Readonly<Record<string, string>>,
): Workspace {
  return new (resourceType === "genauth_user_set" ? Workspace : NullResourceWorkspace)(template, environment);
}
