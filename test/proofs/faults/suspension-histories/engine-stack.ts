import { setTimeout as delay } from "node:timers/promises";
import type { Emulator } from "../../../support/emulator";
import { decodeMemory, isReadable } from "../../../../src/provider/user-set/memory-codec";
import { NO_MEMORY } from "../../../../src/users/change/memory";
import type { Template } from "../../../support/template";
import { Workspace } from "../../../support/workspace";
import { cutRun } from "../kills/send-signals";
import { restoreIfTorn } from "../support/torn-state";
import {
  type Applied,
  blockOf,
  environmentOf,
  NOTHING,
  type Plan,
  protectedBy,
  type SetInPlan,
  type SetInState,
  SETS,
  type Stack,
  typeOf,
  type StackConfiguration,
} from "./stack";
import type { Step } from "./steps";

/** A stack on a real engine. */
export class EngineStack implements Stack {
  readonly #workspace: Workspace;

  constructor(
    template: Template,
    private readonly emulator: Emulator,
  ) {
    this.#workspace = new Workspace(template, environmentOf(emulator));
  }

  get folder(): string {
    return this.#workspace.folder;
  }

  write({ sets, isStack, isOpen }: StackConfiguration): void {
    const blocks = SETS.flatMap((name, index) => {
      const its = sets[index];
      return its ? [[name, blockOf(its)] as const] : [];
    });
    const protectedUsers = protectedBy(sets);
    // Replaced in each plan, so its output is known only at apply.
    const late = { input: protectedUsers, triggers_replace: "${timestamp()}" };
    this.#workspace.writeConfiguration({
      sets: Object.fromEntries(blocks),
      ...(isStack && {
        provider: { protected_users: isOpen ? "${terraform_data.late.output}" : protectedUsers },
      }),
      ...(isStack && isOpen && { blocks: { resource: { terraform_data: { late } } } }),
    });
  }

  setVariables(variables: Readonly<Record<string, string>>): void {
    this.#workspace.setVariables(variables);
  }

  async plan(how: Step["run"]): Promise<Plan> {
    const { code, text } = await this.#workspace.plan("-out=plan", ...PLAN_OPTIONS[how]);
    const sets = code === 2 ? endingsIn(await this.#workspace.planJson("plan")) : SETS.map(() => NOTHING);
    return { code, text, sets };
  }

  async apply(cut: Step["cut"]): Promise<Applied> {
    const called = this.emulator.calls.length;
    const child = this.#workspace.start("apply", "-auto-approve", "-input=false", "plan");
    const isCut = cut !== null && (await cutRun({ ...cut, call: called + cut.call }, child, this.emulator));
    const { code, text } = await child.finished;
    // A provider finishes the calls in flight until it notices that its engine is gone. What a killed one has sent arrives, too: with two sets,
    // the call of one may be under way when that of the other is cut.
    if (isCut) await delay(cut.victim === "engine" ? 1_500 : 500);
    restoreIfTorn(this.folder);
    return { code, text, isCut };
  }

  held(): readonly (SetInState | undefined)[] {
    const { resources } = this.#workspace.state();
    return SETS.map((name) => {
      const instance = resources.find((its) => its.name === name)?.instances[0];
      if (!instance) return undefined;
      const { users, user_id_type: type, suspended, drift } = instance.attributes;
      const data = Buffer.from(instance.private ?? "", "base64");
      const memory = isReadable(data) ? decodeMemory(data, Object.keys(users)) : NO_MEMORY;
      return {
        type: typeOf(type),
        users: new Set(Object.keys(users)),
        survivors: new Set(drift?.survivors ?? []),
        bindings: memory.bindings,
        suspended: new Map(Object.entries(suspended ?? {})),
        waiting: memory.waiting,
        lockedOut: new Set(drift?.locked_out ?? []),
      };
    });
  }

  async close(): Promise<void> {
    await this.#workspace.close();
  }
}

const PLAN_OPTIONS: Readonly<Record<Step["run"], readonly string[]>> = {
  apply: [],
  saved: [],
  "no refresh": ["-refresh=false"],
  "refresh only": ["-refresh-only"],
};

interface PlanJson {
  readonly resource_changes?: readonly {
    readonly name: string;
    readonly change: {
      /** Without the unknown values. Null if the set is taken away. */
      readonly after: Readonly<Record<string, unknown>> | null;
      readonly after_unknown: Readonly<Record<string, unknown>>;
    };
  }[];
}

function endingsIn({ resource_changes: changes = [] }: PlanJson): SetInPlan[] {
  return SETS.map((name) => {
    const change = changes.find((its) => its.name === name)?.change;
    const unknown = change?.after_unknown ?? {};
    return {
      deleted: unknownIn(unknown["removals"]),
      suspended: unknownIn(unknown["suspensions"]),
      named: new Set(
        ["removals", "suspensions", "reactivations"].flatMap((attribute) =>
          [change?.after?.[attribute], unknown[attribute]].flatMap((map) => idsIn(map)),
        ),
      ),
    };
  });
}

function idsIn(map: unknown): string[] {
  return typeof map === "object" && map !== null ? Object.keys(map) : [];
}

function unknownIn(map: unknown): Set<string> {
  // Such a plan lets nobody be deleted or suspended.
  if (map === true) return new Set();
  const elements = typeof map === "object" && map !== null ? Object.entries(map) : [];
  return new Set(elements.flatMap(([id, isUnknown]) => (isUnknown === true ? [id] : [])));
}
