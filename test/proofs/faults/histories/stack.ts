import type { Emulator } from "../../../support/emulator";
import { NullResourceWorkspace } from "../../../support/null-resource-workspace";
import type { Template } from "../../../support/template";
import type { NameType } from "../../../support/histories/generators";
import type { DeclaredSet, UserSet } from "./model";
import type { People } from "../suspension-histories/people";
import { SIZE } from "../suspension-histories/steps";
import type { History, Step } from "./steps";

/** The blocks of the two sets. */
const NAMES = ["first", "second"] as const;

/** A stack of two null resources in a workspace. */
export class Stack {
  readonly workspace: NullResourceWorkspace;

  constructor(
    private readonly types: History["types"],
    template: Template,
    emulator: Emulator,
  ) {
    this.workspace = new NullResourceWorkspace(template, {
      ...emulator.environment(),
      GENAUTH_CONFIRM_SECONDS: "0.2",
      GENAUTH_MAX_ATTEMPTS: "2",
      // Others may have deleted all users of a set.
      GENAUTH_ACCEPT_EMPTY_POOL: "1",
    });
  }

  /** Writes the declaration of a step. @returns the declared sets */
  declare(step: Step, people: People): DeclaredSet[] {
    const { retyped } = step;
    const declared = this.types.map((own, index) =>
      declaredSet(step, index === 1, retyped?.set === index ? retyped.type : own, people),
    );
    const sets = declared.map(({ type, users, retained }) => ({
      users: Object.fromEntries(users),
      user_id_type: type,
      max_deletions: SIZE,
      max_deletions_percent: 100,
      retained_user_ids: retained,
    }));
    this.workspace.writeConfiguration({
      sets: Object.fromEntries(NAMES.map((name, index) => [name, sets[index] ?? { users: [] }])),
    });
    return declared;
  }

  /** The sets in the state; undefined for a set that is not there. */
  held(): (UserSet | undefined)[] {
    return NAMES.map((name) => {
      const set = this.workspace.userSet(name);
      return set && { type: set.user_id_type, users: new Map(Object.entries(set.users)) };
    });
  }
}

function declaredSet(step: Step, isSecond: boolean, type: NameType, people: People): DeclaredSet {
  const idOf = (person: number): string => people.idOf(person, type, step.spelling);
  const label = (person: number): string =>
    step.saved !== null && step.saved.length > 0
      ? ""
      : step.labels === "own"
        ? people.labelOf(person)
        : step.labels === "alike"
          ? "Staff"
          : "";
  const its = step.declared.filter((person) => step.inSecondSet.includes(person) === isSecond);
  return {
    type,
    users: new Map(its.map((person) => [idOf(person), label(person)])),
    retained: step.retained.map(idOf),
  };
}
