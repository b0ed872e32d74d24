import type { UserIdType } from "../../users";
import { parseState, type StateResourceJson } from "../../terraform-json";
import { readUserSet } from "../terraform/user-set";

/** A set as it is declared somewhere, to be held against the pool. */
export interface DeclaredSet {
  /** Its address in Terraform, or the name of a user file. */
  readonly name: string;
  readonly userIdType: UserIdType;
  /** Id to label. */
  readonly declared: ReadonlyMap<string, string>;
  /** Removed from the set, and still in the pool when that was last looked at; id to label. */
  readonly survivors: ReadonlyMap<string, string>;
  /** Declared ids that were not in the pool when that was last looked at. */
  readonly missingBefore: ReadonlySet<string>;
  /** Whether the configuration hides its users. */
  readonly sensitive: boolean;
}

/**
 * The user sets of a state, of all modules and of both engines.
 *
 * @param text what `terraform show -json` printed
 * @throws Error where it is no state
 */
export function declaredSetsOf(text: string): DeclaredSet[] {
  return parseState(text)
    .filter(({ mode, deposed_key }) => mode === "managed" && deposed_key === undefined)
    .flatMap(declaredSetOf);
}

function declaredSetOf({ address, type, values, sensitive_values }: StateResourceJson): DeclaredSet[] {
  const set = values ? readUserSet(type, { values, sensitive: sensitive_values }) : undefined;
  if (!set) return [];
  const survivors = new Set(set.drift.survivors);
  return [
    {
      name: address,
      userIdType: set.userIdType,
      // The provider keeps whom it could not delete among the users, so that they are not forgotten.
      declared: new Map([...set.users].filter(([id]) => !survivors.has(id))),
      survivors: new Map([...set.users].filter(([id]) => survivors.has(id))),
      missingBefore: new Set(set.drift.missing),
      sensitive: set.sensitive,
    },
  ];
}
