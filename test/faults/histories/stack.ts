import type { Emulator } from "../../../src/emulator";
import type { DeclaredSet, HeldSet } from "../../support/histories/fates";
import type { ResourceType } from "../../support/scenario";
import { NullResourceWorkspace } from "../../support/null-resource-workspace";
import type { Template } from "../../support/template";
import { Workspace } from "../../support/workspace";
import type { People } from "./people";
import { SIZE, type History, type Step } from "./steps";

/** The blocks of the two sets. */
const NAMES = ["first", "second"] as const;

/** A stack of two sets in a workspace. */
export class Stack {
  readonly workspace: Workspace;

  constructor(
    readonly resourceType: ResourceType,
    private readonly types: History["types"],
    template: Template,
    emulator: Emulator,
  ) {
    this.workspace = new (resourceType === "genauth_user_set" ? Workspace : NullResourceWorkspace)(template, {
      ...emulator.environment(),
      GENAUTH_CONFIRM_SECONDS: "0.2",
      GENAUTH_MAX_ATTEMPTS: "2",
      // Others may well have deleted all of a set here.
      GENAUTH_ACCEPT_EMPTY_POOL: "1",
    });
  }

  /** Writes what a step declares. @returns that, set by set */
  declare(step: Step, people: People): DeclaredSet[] {
    const declared = NAMES.map((_, index) => declaredSet(step, index, this.types, people));
    const sets = declared.map(({ type, users, retained }) => ({
      users: Object.fromEntries(users),
      user_id_type: type,
      max_deletions: SIZE,
      retained_user_ids: retained,
    }));
    this.workspace.writeConfiguration({
      sets: Object.fromEntries(NAMES.map((name, index) => [name, sets[index] ?? { users: [] }])),
      // What the construct fills in by itself: everybody whom the stack declares or retains.
      ...(this.resourceType === "genauth_user_set" && {
        provider: { protected_users: protectedBy(declared) },
      }),
    });
    return declared;
  }

  /** What the state holds, set by set; undefined where it holds no such set. */
  held(): (Pick<HeldSet, "type" | "users"> | undefined)[] {
    return NAMES.map((name) => {
      const set = this.workspace.userSet(name);
      return set && { type: set.user_id_type, users: new Map(Object.entries(set.users)) };
    });
  }
}

function declaredSet(step: Step, index: number, types: History["types"], people: People): DeclaredSet {
  const isSecond = index === 1;
  const type = step.retyped?.set === index ? step.retyped.type : types[isSecond ? 1 : 0];
  const idOf = (person: number): string => people.idOf(person, type, step.names);
  const label = (person: number): string =>
    step.labels === "own" ? people.labelOf(person) : step.labels === "alike" ? "Staff" : "";
  const its = step.declared.filter((person) => step.inSecondSet.includes(person) === isSecond);
  return {
    type,
    users: new Map(its.map((person) => [idOf(person), label(person)])),
    retained: step.retained.map(idOf),
  };
}

function protectedBy(sets: readonly DeclaredSet[]): Record<string, string[]> {
  const byType: Record<string, string[]> = {};
  for (const { type, users, retained } of sets) (byType[type] ??= []).push(...users.keys(), ...retained);
  return byType;
}
