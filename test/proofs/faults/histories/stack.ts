import type { Emulator } from "../../../support/emulator";
import type { Seen } from "../../../support/histories/checks";
import { type DeclaredSet, pendingIn } from "../../../support/histories/expected-outcomes";
import type { ResourceType } from "../../../support/scenario";
import { NullResourceWorkspace } from "../../../support/null-resource-workspace";
import type { Template } from "../../../support/template";
import { Workspace } from "../../../support/workspace";
import type { NameType } from "../../../support/histories/generators";
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
      // Others may have deleted all users of a set.
      GENAUTH_ACCEPT_EMPTY_POOL: "1",
    });
  }

  /** The id types of the two sets in a step. */
  typesIn({ retyped }: Step): NameType[] {
    return this.types.map((own, index) => (retyped?.set === index ? retyped.type : own));
  }

  /** Writes the declaration of a step, by these id types. @returns the declared sets */
  declare(step: Step, people: People, types = this.typesIn(step)): DeclaredSet[] {
    const declared = types.map((type, index) => declaredSet(step, index === 1, type, people));
    const sets = declared.map(({ type, users, retained }) => ({
      users: Object.fromEntries(users),
      user_id_type: type,
      max_deletions: SIZE,
      max_deletions_percent: 100,
      retained_user_ids: retained,
      // A declared name may not exist yet, or no longer.
      ...(this.binds && { allow_missing_users: true }),
    }));
    this.workspace.writeConfiguration({
      sets: Object.fromEntries(NAMES.map((name, index) => [name, sets[index] ?? { users: [] }])),
      // As the construct fills it: all users that the stack declares or retains.
      ...(this.binds && step.isStack && { provider: { protected_users: protectedBy(declared) } }),
    });
    return declared;
  }

  /** Writes the configuration of a step's mistake. @param copy a copy of the pool */
  declareMistake(step: Step, people: People, copy: Emulator): void {
    if (step.mistake === "copy of the pool") {
      const { GENAUTH_HOST, GENAUTH_ACCESS_KEY_ID, GENAUTH_ACCESS_KEY_SECRET } = copy.environment();
      const declared = this.declare(step, people);
      const provider = {
        host: GENAUTH_HOST,
        access_key_id: GENAUTH_ACCESS_KEY_ID,
        access_key_secret: GENAUTH_ACCESS_KEY_SECRET,
      };
      const sets = declared.map(({ type, users }) => ({
        users: Object.fromEntries(users),
        user_id_type: type,
        max_deletions_percent: 100,
        allow_missing_users: true,
      }));
      const named = Object.fromEntries(NAMES.map((name, index) => [name, sets[index] ?? { users: [] }]));
      this.workspace.writeConfiguration({ sets: named, provider });
      return;
    }
    const everybody = Array.from({ length: SIZE }, (_, person) =>
      people.idOf(person, "email", "as in the pool"),
    );
    const first =
      step.mistake === "null users"
        ? { users: "${null}", user_id_type: this.types[0] }
        : { users: everybody, user_id_type: "external_id" };
    // The other sets do not matter: only the new block is planned.
    this.workspace.writeConfiguration({ sets: { mistaken: first } });
  }

  /** Whether the sets have bindings. */
  get binds(): boolean {
    return this.resourceType === "genauth_user_set";
  }

  /** The sets in the state; undefined for a set that is not there. */
  held(): Seen["sets"] {
    return NAMES.map((name) => {
      const set = this.workspace.userSet(name);
      if (!set) return undefined;
      const pending = this.binds ? pendingIn(set.drift?.survivors) : undefined;
      return { type: set.user_id_type, users: new Map(Object.entries(set.users)), pending };
    });
  }
}

function declaredSet(step: Step, isSecond: boolean, type: NameType, people: People): DeclaredSet {
  const idOf = (person: number): string => people.idOf(person, type, step.names);
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

function protectedBy(sets: readonly DeclaredSet[]): Record<string, string[]> {
  const byType: Record<string, string[]> = {};
  for (const { type, users, retained } of sets) (byType[type] ??= []).push(...users.keys(), ...retained);
  return byType;
}
