import { error, UNKNOWN, type AttributePath, type Diagnostic } from "../plugin";
import { printable } from "../text";
import { findDuplicates, type UserIdType } from "../users";

/** An error about the value of an attribute. */
export function invalid(attribute: string, detail: string): Diagnostic {
  return error(`Invalid ${attribute}`, detail, [{ attribute }]);
}

/**
 * Finds what is wrong with an element of a list of ids; `undefined` if nothing is, or if it is not known yet.
 *
 * @param check checks an id
 */
export function problemOfId(
  id: string | null | typeof UNKNOWN,
  check: (id: string) => string | undefined,
): string | undefined {
  if (id === UNKNOWN) return undefined;
  return id === null ? "The id is null. Give an id, or remove the entry." : check(id);
}

/** Errors about ids that name the same user as an earlier one. */
export function refuseTwins(
  ids: readonly string[],
  type: UserIdType,
  pathOf: (id: string) => AttributePath,
): Diagnostic[] {
  return findDuplicates(ids, type).map(([first, second]) => {
    const twins = `"${printable(second)}" and "${printable(first)}"`;
    return error(
      "The same user twice",
      `GenAuth treats ${twins} as the same user. Keep one of them.`,
      pathOf(second),
    );
  });
}
