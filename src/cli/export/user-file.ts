import { stringify } from "csv-stringify/sync";
import { findDuplicates, type UserIdType } from "../../users";
import type { ExportEntry } from "./export-entry";

/**
 * Writes entries as the CSV file that `Users.fromFile` reads, sorted by id, so that a later export differs only
 * where the pool does.
 *
 * @throws Error where two users have the same id: nobody could say whom a removal means
 */
export function userFileOf(entries: readonly ExportEntry[], type: UserIdType): string {
  const sorted = [...entries].sort((one, other) => (one.id < other.id ? -1 : 1));
  const [duplicate] = findDuplicates(
    sorted.map(({ id }) => id),
    type,
  );
  if (duplicate) {
    throw new Error(
      `Two users have the ${type} ${duplicate.join(" and ")}: nobody could say whom a removal means. Correct them in GenAuth, or export another id type.`,
    );
  }
  return stringify(
    sorted.map(({ id, label }) => [id, label]),
    // A blank at an edge is cut off by the reader unless it is quoted.
    { header: true, columns: ["id", "label"], quoted_match: /^\s|\s$/ },
  );
}
