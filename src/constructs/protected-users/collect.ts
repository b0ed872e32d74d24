import { TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { UserIdType } from "../../users";
import { UserSet } from "../generated/user-set";
import type { ManagedUserSetProps } from "../managed-user-set-props";
import { nullUserSetOf } from "../null-engine/null-user-set";
import { resolve } from "../resolve";
import { escapeAroundTokens } from "../template-text";
import { fillIn, type Instance, instancesOf, valueIn } from "./instance";
import { ProtectedIds } from "./protected-ids";
import { References } from "./references";
import { isTemplate, soleExpression } from "./template";

/** Everybody whom a stack's sets declare or retain, and the sets of which some cannot be named at synth. */
export interface CollectedUsers {
  /** By id type. */
  readonly ids: ReadonlyMap<string, ProtectedIds>;
  readonly leftOut: ReadonlyMap<UserSet, LeftOut>;
}

/** `cycle`: read from the GenAuth provider itself; `instance`: made by an iterator whose items only Terraform knows. */
export type LeftOut = "cycle" | "instance";

/**
 * Collects the ids that no removal of any set of the stack may delete. It reads the resources, not the
 * constructs, so a set that was written as a bare `UserSet` counts too.
 *
 * @param given ids by type, as `cdk.tf.json` holds them, or an expression for a type's list: what the team protects
 * @param except the resource of a set that is left out
 */
export function collectUsers(
  stack: TerraformStack,
  given: Readonly<Record<string, readonly string[] | string>>,
  except?: IConstruct,
): CollectedUsers {
  const collector = new Collector(stack);
  for (const [type, ids] of Object.entries(given)) collector.addGiven(type, ids);
  for (const node of stack.node.findAll()) {
    if (node === except || TerraformStack.of(node) !== stack) continue;
    const nullUserSet = nullUserSetOf(node);
    if (nullUserSet) collector.addNullUserSet(nullUserSet);
    else if (node instanceof UserSet) collector.addSet(node);
  }
  return collector;
}

class Collector implements CollectedUsers {
  public readonly ids = new Map<string, ProtectedIds>();
  public readonly leftOut = new Map<UserSet, LeftOut>();
  private readonly references: References;

  public constructor(private readonly stack: TerraformStack) {
    this.references = new References(stack);
  }

  public addGiven(type: string, ids: readonly string[] | string): void {
    const into = this.idsOf(type);
    if (typeof ids === "string") into.addList(soleExpression(ids) ?? ids);
    else for (const id of ids) into.addId(id);
  }

  public addSet(set: UserSet): void {
    const into = this.idsOf(set.userIdTypeInput ?? UserIdType.USER_ID);
    const users = resolve(this.stack, set.usersInput);
    const retained = resolve(this.stack, set.retainedUserIdsInput);
    for (const instance of instancesOf(set.forEach, (value) => resolve(this.stack, value))) {
      this.add(set, into, instance, users, (expression) => `keys(${expression})`);
      this.add(set, into, instance, retained, (expression) => expression);
    }
  }

  /** What only Terraform knows is refused in such a set, by its own checks. */
  public addNullUserSet({
    users,
    userIdType = UserIdType.USER_ID,
    retainedUserIds = [],
  }: ManagedUserSetProps): void {
    const into = this.idsOf(userIdType);
    const retained = Token.isUnresolved(retainedUserIds) ? [] : retainedUserIds.map(escapeAroundTokens);
    for (const id of [...idsIn(resolve(this.stack, users.toMap())), ...retained]) into.addId(id);
  }

  /** @param declared a map with ids as keys, a list of ids, or a string that is an expression of either */
  private add(
    set: UserSet,
    into: ProtectedIds,
    instance: Instance,
    declared: unknown,
    listOf: (expression: string) => string,
  ): void {
    if (typeof declared === "string") {
      const expression = soleExpression(declared) ?? "";
      const value = valueIn(instance, expression);
      if (value !== undefined) this.add(set, into, {}, value, listOf);
      else if (this.isKnowable(set, expression)) into.addList(listOf(expression));
      return;
    }
    for (const id of idsIn(declared)) {
      const text = fillIn(instance, id);
      if (!isTemplate(text) || this.isKnowable(set, text)) into.addId(text);
    }
  }

  /** Whether the provider's configuration may refer to what the text refers to; the set is noted where it may not. */
  private isKnowable(set: UserSet, text: string): boolean {
    if (/\b(?:each|count)\./.test(text)) this.leftOut.set(set, "instance");
    else if (this.references.reachProvider(text)) this.leftOut.set(set, "cycle");
    else return true;
    return false;
  }

  private idsOf(type: string): ProtectedIds {
    const found = this.ids.get(type) ?? new ProtectedIds();
    this.ids.set(type, found);
    return found;
  }
}

function idsIn(declared: unknown): string[] {
  if (Array.isArray(declared)) return declared.map(String);
  return typeof declared === "object" && declared !== null ? Object.keys(declared) : [];
}
