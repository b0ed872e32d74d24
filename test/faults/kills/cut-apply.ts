import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { seedUsers, startEmulator, type Emulator } from "../../../src/emulator";
import type { Engine } from "../../support/engine";
import { Template } from "../../support/template";
import { Workspace, type Child } from "../../support/workspace";
import { childrenOf } from "../support/processes";

/** How and where an apply is cut. */
export interface Cut {
  /** The call at which it happens, counted from 1 over the whole run: refresh, look-up, deletion, read-back. */
  readonly call: number;
  /** Whether that call has been answered by then, or only received. */
  readonly answered: boolean;
  readonly victim: "provider" | "engine" | "both";
  /** What the victim gets, one after the other; default one SIGKILL. */
  readonly signals?: readonly NodeJS.Signals[];
}

/** A removal that is about to be applied, to be begun as often as wanted. */
export class PreparedRemoval {
  private constructor(
    private readonly template: Template,
    private readonly state: string,
    private readonly users: ReturnType<typeof seedUsers>,
    private readonly staying: number,
  ) {}

  /** Applies a set of `size` users, of whom all but `staying` are to be removed. */
  static async make(engine: Engine, size: number, staying: number): Promise<PreparedRemoval> {
    const template = await Template.prepare(engine);
    const users = seedUsers(size);
    const emulator = await startEmulator({ users, rateLimit: false });
    const workspace = new Workspace(template, emulator.environment());
    try {
      workspace.write({ users: users.map(({ userId }) => userId) });
      const { code, text } = await workspace.apply();
      if (code !== 0) throw new Error(`The set could not be created:\n${text}`);
      const state = readFileSync(`${workspace.folder}/terraform.tfstate`, "utf8");
      return new PreparedRemoval(template, state, users, staying);
    } finally {
      await workspace.close();
      await emulator.close();
    }
  }

  /** How many calls an undisturbed apply makes: one for each 50 of the set, and three for each 50 who leave. */
  get calls(): number {
    const leaving = this.users.length - this.staying;
    return Math.ceil(this.users.length / 50) + 3 * Math.ceil(leaving / 50);
  }

  /** Cuts an apply, checks what is left, runs it again undisturbed, and checks the end. @returns what is wrong */
  async cut(cut: Cut): Promise<readonly string[]> {
    const emulator = await startEmulator({ users: this.users, rateLimit: false, latencyMs: 15 });
    const workspace = this.begin(emulator);
    try {
      const child = workspace.start("apply", "-auto-approve", "-input=false");
      await strike(cut, child, emulator);
      await child.finished;
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
  begin(emulator: Emulator): Workspace {
    const workspace = new Workspace(this.template, {
      ...emulator.environment(),
      GENAUTH_CONFIRM_SECONDS: "2",
    });
    workspace.writeFiles({ "terraform.tfstate": this.state });
    workspace.write({ users: this.stayingIds(), max_deletions: this.users.length });
    return workspace;
  }

  /** Users who were to be removed and are still in the pool, and of whom the state says nothing. */
  forgotten(workspace: Workspace, emulator: Emulator): string[] {
    const held = workspace.userSet()?.users ?? {};
    const left = emulator.pool.list().filter(({ userId }) => !Object.hasOwn(held, userId));
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

/** Waits for the call, then strikes; or for the end, where the run makes fewer calls. */
export async function strike(
  { call, answered, victim, signals = ["SIGKILL"] }: Cut,
  child: Child,
  emulator: Emulator,
) {
  const end = child.finished.then(() => "ended" as const);
  const isDue = (): boolean => {
    const due = emulator.calls[call - 1];
    return due !== undefined && (!answered || due.statusCode !== undefined);
  };
  let happened: unknown;
  while (happened !== "ended" && !isDue()) happened = await Promise.race([delay(1), end]);
  for (const signal of signals) {
    for (const pid of victims(victim, child.pid)) tell(pid, signal);
    // A second signal counts as such only once the first one has been taken.
    if (signals.length > 1) await delay(50);
  }
}

function victims(victim: Cut["victim"], engine: number): number[] {
  const provider = victim === "engine" ? [] : childrenOf(engine);
  return victim === "provider" ? provider : [engine, ...provider];
}

function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended by itself.
  }
}
