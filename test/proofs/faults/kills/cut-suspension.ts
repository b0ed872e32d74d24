import { readFileSync } from "node:fs";
import { type Emulator, type PoolUser, seedUsers, startEmulator } from "../../../support/emulator";
import type { Engine } from "../../../support/engine/engines";
import { Template } from "../../../support/template";
import { Workspace } from "../../../support/workspace";
import { restoreIfTorn } from "../support/torn-state";
import { type Cut, cutRun } from "./send-signals";

/** What the run does that is cut. */
export type SuspensionRun = "suspends" | "reactivates" | "deletes who is due";

/** How many calls each run makes if nobody cuts it, with all users of the set in one refresh. */
export const CALLS_OF: Readonly<Record<SuspensionRun, number>> = {
  suspends: 17,
  reactivates: 14,
  "deletes who is due": 13,
};

/** 60 leave in one apply, 5 of them later than the others; 20 stay, and 3 were never in the set. */
const users = seedUsers(83);
const idsOf = (some: readonly PoolUser[]): string[] => some.map(({ userId }) => userId);
const leaving = idsOf(users.slice(0, 60));
const earlier = leaving.slice(0, 55);
const later = leaving.slice(55);
/** Suspended by an administrator before they left: the set must never reactivate them. */
const notOurs = earlier.slice(0, 3);
const staying = idsOf(users.slice(60, 80));
const strangers = idsOf(users.slice(80));

/** The days that have passed since the first left, when the run is cut. */
const DAY_OF: Readonly<Record<SuspensionRun, number>> = {
  suspends: 0,
  reactivates: 6,
  "deletes who is due": 16,
};

/** A state and a pool that a run begins with. */
interface Beginning {
  readonly state: string;
  readonly pool: readonly PoolUser[];
}

/** Sets that are ready to suspend, to reactivate and to delete who is due, any number of times. */
export class PreparedSuspension {
  #effective = 0;

  private constructor(
    private readonly template: Template,
    private readonly beginnings: Readonly<Record<"whole" | "waiting", Beginning>>,
  ) {}

  static async make(engine: Engine): Promise<PreparedSuspension> {
    const template = await Template.prepare(engine);
    const emulator = await startEmulator({ users, rateLimit: false });
    const workspace = new Workspace(template, emulator.environment());
    try {
      const apply = async (ids: readonly string[]): Promise<Beginning> => {
        workspace.write(blockOf(ids));
        const { code, text } = await workspace.apply();
        if (code !== 0) throw new Error(`The set could not be prepared:\n${text}`);
        const state = readFileSync(`${workspace.folder}/terraform.tfstate`, "utf8");
        return { state, pool: emulator.pool.list() };
      };
      const whole = await apply([...leaving, ...staying]);
      for (const userId of notOurs) emulator.pool.update(userId, { status: "Suspended" });
      await apply([...later, ...staying]);
      emulator.letDaysPass(5);
      return new PreparedSuspension(template, { whole, waiting: await apply(staying) });
    } finally {
      await workspace.close();
      await emulator.close();
    }
  }

  /** How many cuts so far met a running process. */
  get effective(): number {
    return this.#effective;
  }

  /** Cuts a run, checks the result, applies again without a cut, and checks the end. @returns the problems */
  async cut(run: SuspensionRun, cut: Cut): Promise<readonly string[]> {
    const { emulator, workspace } = await this.#begin(run, 15);
    try {
      const child = workspace.start("apply", "-auto-approve", "-input=false");
      if (await cutRun(cut, child, emulator)) this.#effective += 1;
      await child.finished;
      restoreIfTorn(workspace.folder);
      const after = new Ending(run, emulator, workspace);
      const problems = after.broken().map((problem) => `after the cut: ${problem}`);
      const { code, text } = await workspace.apply();
      return [
        ...problems,
        ...(code === 0 ? [] : [`the next apply fails:\n${text}`]),
        ...new Ending(run, emulator, workspace).broken(),
        ...new Ending(run, emulator, workspace).unfinished(text, after),
      ];
    } finally {
      await workspace.close();
      await emulator.close();
    }
  }

  /** How many calls the run makes if nobody cuts it. */
  async countCalls(run: SuspensionRun): Promise<number> {
    const { emulator, workspace } = await this.#begin(run, 0);
    try {
      const { code, text } = await workspace.apply();
      if (code !== 0) throw new Error(text);
      return emulator.calls.length;
    } finally {
      await workspace.close();
      await emulator.close();
    }
  }

  async #begin(
    run: SuspensionRun,
    latencyMs: number,
  ): Promise<{ readonly emulator: Emulator; readonly workspace: Workspace }> {
    const { state, pool } = this.beginnings[run === "suspends" ? "whole" : "waiting"];
    const emulator = await startEmulator({ users: pool, rateLimit: false, latencyMs });
    emulator.letDaysPass(DAY_OF[run]);
    const workspace = new Workspace(this.template, {
      ...emulator.environment(),
      GENAUTH_CONFIRM_SECONDS: "2",
    });
    workspace.writeFiles({ "terraform.tfstate": state });
    workspace.write(blockOf(run === "reactivates" ? [...earlier, ...staying] : staying));
    return { emulator, workspace };
  }
}

function blockOf(ids: readonly string[]) {
  return { suspend_days: 14, users: [...ids], max_deletions: 100, max_deletions_percent: 100 };
}

const DAY_MS = 24 * 3600 * 1000;

/** The pool and the state after a run. */
class Ending {
  readonly #statuses: ReadonlyMap<string, string | undefined>;
  readonly #held: ReadonlySet<string>;
  readonly #suspended: ReadonlyMap<string, string>;
  readonly #suspensions: ReadonlyMap<string, unknown>;
  readonly #lockedOut: ReadonlySet<string>;

  constructor(
    private readonly run: SuspensionRun,
    emulator: Emulator,
    workspace: Workspace,
  ) {
    this.#statuses = new Map(users.map(({ userId }) => [userId, emulator.pool.find(userId)?.status]));
    const { users: held = {}, suspended, suspensions, drift } = workspace.userSet() ?? {};
    this.#held = new Set(Object.keys(held));
    this.#suspended = new Map(Object.entries((suspended ?? {}) as Record<string, string>));
    this.#suspensions = new Map(Object.entries(suspensions ?? {}));
    this.#lockedOut = new Set(drift?.locked_out);
  }

  /** The promises that hold wherever the run is cut. */
  broken(): string[] {
    const { run } = this;
    const stayed = run === "suspends" ? [] : [...later, ...(run === "reactivates" ? notOurs : [])];
    const mayBeGone = new Set(run === "deletes who is due" ? earlier : []);
    const forgotten = leaving.filter(
      (id) => this.#statuses.get(id) === "Suspended" && !this.#held.has(id) && !this.#suspended.has(id),
    );
    const waits = run === "suspends" ? leaving : later;
    const early = waits.filter((id) => {
      const date = this.#suspended.get(id);
      return date !== undefined && Date.parse(date) < Date.now() + 14 * DAY_MS;
    });
    return [
      ...this.#others([...staying, ...strangers], "Activated"),
      ...this.#others(stayed, "Suspended"),
      ...users.flatMap(({ userId }) =>
        this.#statuses.get(userId) === undefined && !mayBeGone.has(userId) ? [`${userId} is gone`] : [],
      ),
      ...(run === "deletes who is due" ? this.#activated(earlier) : []),
      ...early.map((id) => `${id} is deleted too early`),
      // After the private data was lost, the next apply releases those who wait, and says so.
      ...(run === "suspends" ? forgotten.map((id) => `${id} is suspended and forgotten`) : []),
    ];
  }

  /**
   * What an undisturbed run would have done and is not done.
   *
   * @param text what the last apply said
   * @param before how it was after the cut
   */
  unfinished(text: string, before: Ending): string[] {
    const isLost = text.includes("its private data is missing");
    const released = (ids: readonly string[]): string[] => ids.filter((id) => !this.#suspended.has(id));
    switch (this.run) {
      case "suspends":
        return [
          ...this.#others(leaving, "Suspended"),
          ...released(leaving).map((id) => `${id} does not wait`),
          ...leaving
            .filter((id) => this.#suspensions.get(id) === "suspended" && before.wasSuspended(id))
            .map((id) => `${id} counts as suspended by the last apply`),
        ];
      case "reactivates":
        return [
          ...(isLost ? [] : this.#others(earlier.slice(notOurs.length), "Activated")),
          ...earlier
            .filter((id) => this.#statuses.get(id) === "Suspended" && !this.#lockedOut.has(id))
            .map((id) => `${id} is declared, suspended and not named`),
          ...[...this.#suspended.keys()].filter((id) => !later.includes(id)).map((id) => `${id} still waits`),
          ...(isLost ? [] : released(later).map((id) => `${id} does not wait any more`)),
        ];
      case "deletes who is due": {
        const there = earlier.filter((id) => this.#statuses.get(id) !== undefined);
        const unseen = earlier.filter((id) => this.#suspended.has(id));
        return [
          ...(isLost ? [] : there.map((id) => `${id} is still there`)),
          ...(isLost ? [] : released(later).map((id) => `${id} does not wait any more`)),
          ...(unseen.length === 0 || text.includes("Not shown") ? [] : [`${String(unseen)} wait in silence`]),
        ];
      }
    }
  }

  /** Whether an earlier run suspended the user, and the state does not hold that. */
  wasSuspended(id: string): boolean {
    return this.#statuses.get(id) === "Suspended" && !this.#suspended.has(id);
  }

  #others(ids: readonly string[], status: string): string[] {
    return ids.flatMap((id) => {
      const now = this.#statuses.get(id);
      return now === status ? [] : [`${id} is ${now ?? "gone"} and not ${status}`];
    });
  }

  #activated(ids: readonly string[]): string[] {
    return ids.flatMap((id) => (this.#statuses.get(id) === "Activated" ? [`${id} was activated`] : []));
  }
}
