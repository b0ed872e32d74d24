import { TerraformStack, Token } from "cdktf";
import type { IConstruct } from "constructs";
import { isUserIdType, type UserIdType } from "../../users";
import { GenAuthProvider } from "../genauth-provider";
import { collectUsers } from "../protected-users/collect";
import { isTemplate } from "../protected-users/template";
import { unescapeTemplate } from "../template-text";

/** Whom a set of the null engine must not delete, besides those whom it declares itself. */
export interface StackUsers {
  /** Sorted, by id type: what the stack's other sets declare or retain, and what its GenAuth providers protect. */
  readonly ids: Readonly<Partial<Record<UserIdType, readonly string[]>>>;
  /** What among that only Terraform will know, as expressions or paths of sets: it cannot be a literal. */
  readonly unknown: readonly string[];
}

/** @param set the set's resource */
export function stackUsersOf(set: IConstruct): StackUsers {
  const stack = TerraformStack.of(set);
  const collected = collectUsers(stack, {}, set);
  const unknown = new Set([...collected.leftOut.keys()].map(({ node }) => node.path));
  const ids = new Map<UserIdType, Set<string>>();
  const add = (type: string, id: string): void => {
    if (isUserIdType(type)) ids.set(type, (ids.get(type) ?? new Set()).add(id));
  };
  for (const [type, found] of collected.ids) {
    for (const expression of found.listExpressions) unknown.add(expression);
    for (const text of found.ids) {
      if (isTemplate(text)) unknown.add(text);
      else add(type, unescapeTemplate(text));
    }
  }
  for (const [type, list] of stack.node.findAll().flatMap(protectedBy)) {
    if (Token.isUnresolved(list)) unknown.add(`protectedUsers of ${type}`);
    else
      for (const id of list)
        if (Token.isUnresolved(id)) unknown.add(`protectedUsers of ${type}`);
        else add(type, id);
  }
  const sorted = [...ids].map(([type, its]) => [type, [...its].sort()]);
  return { ids: Object.fromEntries(sorted) as StackUsers["ids"], unknown: [...unknown].sort() };
}

function protectedBy(node: IConstruct): [string, string[]][] {
  const given = node instanceof GenAuthProvider ? (node.protectedUsersInput ?? {}) : {};
  return Object.entries(given) as [string, string[]][];
}
