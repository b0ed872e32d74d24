import type { DeclaredSet } from "../../reports";
import { position, readUserFile, UserFileError } from "../../user-files";
import { checkUserId, type UserIdType } from "../../users";

/** A user file, and how it is read. */
export interface UserFileSource {
  readonly file: string;
  readonly userIdType: UserIdType;
  /** The column or property of the id; default `id`. */
  readonly id?: string;
  /** The one of the label; default `label`, where there is one. */
  readonly label?: string;
  /** Default `,`. */
  readonly delimiter?: string;
}

/**
 * What a user file declares, as a set that nothing is known of yet.
 *
 * @throws UserFileError with file and line, for a file or an id that cannot be used
 */
export function declaredSetOf({ file, userIdType, id, label, delimiter }: UserFileSource): DeclaredSet {
  const rows = readUserFile(file, {
    ...(id !== undefined && { id }),
    ...(label !== undefined && { label }),
    ...(delimiter !== undefined && { delimiter }),
  });
  const declared = new Map<string, string>();
  for (const row of rows) {
    const problem = checkUserId(row.id, userIdType);
    if (problem) throw new UserFileError(file, row.line, problem);
    if (declared.has(row.id))
      throw new Error(`${position(file, row.line)}: this id is there twice. Take one out.`);
    declared.set(row.id, row.label);
  }
  return {
    name: file,
    userIdType,
    declared,
    survivors: new Map(),
    missingBefore: new Set(),
    sensitive: false,
  };
}
