import { TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { caller } from "../caller";
import { isUserIdType, UserIdType } from "../users";
import { fillIn, type Instance, instancesOf, valueIn } from "./framework";
import type { GenauthProvider } from "./generated/provider";
import type { UserSet } from "./generated/user-set";
import { isUserSetNode, SharedNote } from "./identity";
import { References, resolve } from "./references";
import {
  escapeAroundTokens,
  isTemplate,
  soleExpression,
  templateParts,
  unescapeTemplate,
} from "./template-text";
import { nullUserSetOf, type UserSetProps } from "./user-set";
import { writtenAttributes } from "./written-set";

/** The users that a stack's sets declare or retain, and the sets with ids that are not known at synth. */
export interface CollectedUsers {
  /** By id type. */
  readonly ids: ReadonlyMap<string, ProtectedIds>;
  readonly leftOut: ReadonlyMap<UserSet, LeftOut>;
}

/**
 * `cycle`: the ids come from the GenAuth provider; `instance`: from an iterator whose items only Terraform
 * knows.
 */
export type LeftOut = "cycle" | "instance";

/**
 * Collects the ids that no removal in the stack may delete. It reads resources, not constructs, so that a
 * plain `UserSet` is included.
 *
 * @param given lists that a provider protects: the id type, and ids in the form of `cdk.tf.json` or an
 *   expression of the list
 * @param except the resource of a set to leave out
 * @param concerns whether a set is of the pool; default all. A `null_resource` is always: it does not say
 *   which pool its command reaches
 */
export function collectUsers(
  stack: TerraformStack,
  given: readonly (readonly [type: string, ids: readonly string[] | string])[],
  { except, concerns = () => true }: { except?: IConstruct; concerns?: (set: UserSet) => boolean } = {},
): CollectedUsers {
  const collector = new Collector(stack);
  for (const [type, ids] of given) collector.addGiven(type, ids);
  for (const node of stack.node.findAll()) {
    if (node === except || TerraformStack.of(node) !== stack) continue;
    const nullUserSet = nullUserSetOf(node);
    if (nullUserSet) collector.addNullUserSet(nullUserSet);
    else if (isUserSetNode(node) && concerns(node)) collector.addSet(node);
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
    if (typeof ids === "string") into.lists.add(soleExpression(ids) ?? ids);
    else for (const id of ids) into.ids.add(id);
  }

  public addSet(set: UserSet): void {
    const { user_id_type: type, users, retained_ids: retained, for_each: items } = writtenAttributes(set);
    const into = this.idsOf(typeof type === "string" ? type : UserIdType.USER_ID);
    for (const instance of instancesOf(items)) {
      this.add(set, into, instance, users, (expression) => `keys(${expression})`);
      this.add(set, into, instance, retained, (expression) => expression);
    }
  }

  /** Needs no handling of unknown values: the checks of this set refuse them. */
  public addNullUserSet({ users, userIdType, retainedIds = [] }: UserSetProps): void {
    const into = this.idsOf(userIdType);
    const retained = Token.isUnresolved(retainedIds) ? [] : retainedIds.map(escapeAroundTokens);
    for (const id of [...idsIn(resolve(this.stack, users.toMap())), ...retained]) into.ids.add(id);
  }

  /** @param declared a map with ids as keys, a list of ids, or an expression of either as a string */
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
      else if (this.isKnowable(set, expression)) into.lists.add(listOf(expression));
      return;
    }
    for (const id of idsIn(declared)) {
      const text = fillIn(instance, id);
      if (!isTemplate(text) || this.isKnowable(set, expressionsIn(text))) into.ids.add(text);
    }
  }

  /** Whether the provider's configuration may contain what expressions refer to. Notes the set if not. */
  private isKnowable(set: UserSet, expressions: string): boolean {
    if (/\b(?:each|count)\./.test(expressions)) this.leftOut.set(set, "instance");
    else if (this.references.reachProvider(expressions)) this.leftOut.set(set, "cycle");
    else return true;
    return false;
  }

  private idsOf(type: string): ProtectedIds {
    const found = this.ids.get(type) ?? { ids: new Set<string>(), lists: new Set<string>() };
    this.ids.set(type, found);
    return found;
  }
}

/** Without the text around them: the `each.example` of `${var.name}@each.example` is no reference. */
function expressionsIn(template: string): string {
  return templateParts(template)
    .filter((_part, index) => index % 2 === 1)
    .join(" ");
}

function idsIn(declared: unknown): string[] {
  if (Array.isArray(declared)) return declared.map(String);
  return typeof declared === "object" && declared !== null ? Object.keys(declared) : [];
}

/** The ids of one id type that are never deleted. */
interface ProtectedIds {
  /** In the form of `cdk.tf.json`: escaped, or a template that Terraform evaluates. */
  readonly ids: Set<string>;
  /** Terraform expressions of lists of ids. */
  readonly lists: Set<string>;
}

/** The warnings at synth about a set with ids that `protected_users` cannot contain. */
export const LEFT_OUT_WARNINGS: Readonly<Record<LeftOut, string>> = {
  cycle:
    "Some ids of this set come from the GenAuth provider itself, so its protected_users cannot name them: that would be a " +
    "cycle. If another set of this stack removes these users, the plan fails, unless it does not compare the two sets " +
    "(-target, or another provider). They are then deleted although this set declares them. Declare " +
    `them as text, or add them to that set's ${caller.property("retainedIds")}.`,
  instance:
    "Some ids of this set differ by instance in a way that only Terraform knows, so the provider's protected_users cannot " +
    "name them. If another set of this stack removes these users, the plan fails, unless it does not compare the two sets " +
    "(-target, or another provider). They are then deleted although this set declares them. Use " +
    `a ${caller.property("forEach")} map that is known at synth, or add them to that set's ${caller.property("retainedIds")}.`,
};

/** `protected_users` for `cdk.tf.json`: for each id type a list, or an expression of one. */
export function renderProtectedUsers(collected: CollectedUsers): Record<string, string[] | string> {
  return Object.fromEntries(
    sorted(collected).map(({ type, ids, lists }) => [
      type,
      lists.length === 0 ? ids : `\${${listExpression(ids, lists)}}`,
    ]),
  );
}

/** `protected_users` as one expression, for `cdk.tf`: CDKTF's HCL writer does not support lists in maps. */
export function protectedUsersExpression(collected: CollectedUsers): string {
  const all = sorted(collected).map(({ type, ids, lists }) => `${type} = ${listExpression(ids, lists)}`);
  return `\${{ ${all.join(", ")} }}`;
}

/** What each id type has, without those that have nothing. */
function sorted({ ids }: CollectedUsers) {
  return [...ids]
    .map(([type, found]) => ({ type, ids: [...found.ids].sort(), lists: [...found.lists].sort() }))
    .filter((found) => found.ids.length + found.lists.length > 0)
    .sort((one, other) => (one.type < other.type ? -1 : 1));
}

function listExpression(ids: readonly string[], lists: readonly string[]): string {
  const literal = `[${ids.map(quote).join(", ")}]`;
  return lists.length === 0 ? literal : `distinct(concat(${[literal, ...lists].join(", ")}))`;
}

/** Converts a string of `cdk.tf.json` into a quoted string of an expression. Templates in it are kept. */
function quote(text: string): string {
  const parts = templateParts(text).map((part, index) =>
    index % 2 === 1 ? part : JSON.stringify(part).slice(1, -1),
  );
  return `"${parts.join("")}"`;
}

/** The users in the rest of a stack: users of other sets, and users that GenAuth providers protect. */
export interface StackUsers {
  /** Sorted, by id type. */
  readonly ids: Readonly<Partial<Record<UserIdType, readonly string[]>>>;
  /** Ids that only Terraform will know, as expressions or paths of sets. */
  readonly unknown: readonly string[];
}

/**
 * Collects literals for the users in the rest of a stack, for a set that is a `null_resource`: users that
 * other sets declare or retain, and users that GenAuth providers protect.
 *
 * @param set the set's resource
 */
export function collectUsersOfOthers(set: IConstruct): StackUsers {
  const stack = TerraformStack.of(set);
  const collected = collectUsers(stack, [], { except: set });
  const unknown = new Set([...collected.leftOut.keys()].map(({ node }) => node.path));
  const ids = new Map<UserIdType, Set<string>>();
  const add = (type: string, id: string): void => {
    if (isUserIdType(type)) ids.set(type, (ids.get(type) ?? new Set()).add(id));
  };
  for (const [type, found] of collected.ids) {
    for (const expression of found.lists) unknown.add(expression);
    for (const text of found.ids) {
      if (isTemplate(text)) unknown.add(text);
      else add(type, unescapeTemplate(text));
    }
  }
  for (const [type, list] of stack.node.findAll().flatMap(protectedBy))
    for (const id of Token.isUnresolved(list) ? [list] : list)
      if (Token.isUnresolved(id)) unknown.add(`${caller.property("protect")} of ${type}`);
      else add(type, String(id));
  const its = [...ids].map(([type, set]) => [type, [...set].sort()]);
  return { ids: Object.fromEntries(its) as StackUsers["ids"], unknown: [...unknown].sort() };
}

/** An id type, and ids or a token of a list of ids. */
type ProtectedList = readonly [type: UserIdType, ids: string[]];

const lists = new SharedNote<readonly ProtectedList[]>("protected");

/** Makes a provider protect a list of ids, in addition to those before. */
export function protectList(provider: GenauthProvider, list: ProtectedList): void {
  lists.set(provider, [...protectedBy(provider), list]);
}

/** The lists that a node protects if it is a GenAuth provider, as they were given. */
export function protectedBy(node: IConstruct): readonly ProtectedList[] {
  return lists.of(node) ?? [];
}
