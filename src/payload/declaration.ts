import { gunzipSync, gzipSync } from "node:zlib";
import type { DeleteBy, UserIdType } from "../users";

/**
 * The data that a stack passes to the command at apply. The previous set comes from the triggers of its
 * `null_resource`, and the declared set is a literal in the provisioner. Both are passed in environment
 * variables, compressed and split into pieces, because Linux limits the size of a variable.
 */

/** Incremented when an older command cannot read the payload of a newer stack. */
export const DECLARATION_FORMAT = 1;

/** A declared set, with everything that decides which removed users may be deleted. */
export interface Declaration {
  readonly format: typeof DECLARATION_FORMAT;
  /** The construct's path in the stack, for messages and the report. */
  readonly set: string;
  readonly userIdType: UserIdType;
  /** Id and label of each user. Pairs, so that no id is mistaken for a property of an object. */
  readonly users: readonly (readonly [id: string, label: string])[];
  /** Ids that may be removed from the set without being deleted. */
  readonly retainedIds: readonly string[];
  /**
   * Ids that are never deleted, by id type: declared or retained by the stack's other sets, or protected by
   * its providers.
   */
  readonly protectedUsers: Readonly<Partial<Record<UserIdType, readonly string[]>>>;
  readonly maxDeletions?: number;
  readonly maxDeletionsPercent?: number;
  readonly deleteBy?: DeleteBy;
  /** The file for the drift report, relative to the folder where Terraform runs. Absent: no report. */
  readonly driftReportFile?: string;
}

/** The environment variables that pass a set from the provisioner to the command. */
export const Variable = {
  /** The script that starts the command. */
  COMMAND: "GENAUTH_SET_COMMAND",
  /** The id of the previous `null_resource`, which identifies it in a saved plan. */
  OBJECT: "GENAUTH_SET_OBJECT",
  /** The declared set, in pieces: `…_0`, `…_1` and so on. */
  DECLARED: "GENAUTH_SET_DECLARED",
  /** The triggers of the previous set, in pieces. */
  PRIOR: "GENAUTH_SET_PRIOR",
} as const;

/** A variable whose text is split into pieces. */
export type PieceVariable = typeof Variable.DECLARED | typeof Variable.PRIOR;

/**
 * Linux allows at most 128 KiB for a variable, including its name and the equals sign (source:
 * `MAX_ARG_STRLEN`).
 */
export const PIECE_LENGTH = 120_000;

/**
 * Pieces for one text. Twice as many, beside an ordinary environment, stay below Linux's 2 MiB for all
 * variables.
 */
export const PIECES = 6;

/**
 * The longest compressed text that a stack may pass, in characters. Less than the pieces can hold, because
 * Terraform's compression of the previous set is slightly less effective.
 */
export const LARGEST_TEXT = 0.95 * PIECES * PIECE_LENGTH;

/** The names of the variables that hold the pieces of one text. */
export function pieceNames(variable: PieceVariable): string[] {
  return Array.from({ length: PIECES }, (_, index) => `${variable}_${index}`);
}

/** The declared set as variables. Base64, so that Terraform finds nothing to evaluate in it. */
export function declaredVariables(declaration: Declaration): Record<string, string> {
  const pieces = split(compress(JSON.stringify(declaration)));
  return Object.fromEntries(pieceNames(Variable.DECLARED).map((name, index) => [name, pieces[index] ?? ""]));
}

/**
 * The previous triggers as variables, split by Terraform: a destroy-time provisioner may refer to its own
 * object only.
 */
export function priorVariables(): Record<string, string> {
  return Object.fromEntries(
    pieceNames(Variable.PRIOR).map((name, index) => [
      name,
      `\${substr(base64gzip(jsonencode(self.triggers)), ${index * PIECE_LENGTH}, ${PIECE_LENGTH})}`,
    ]),
  );
}

/** Gzip and base64, as Terraform's `base64gzip` does. */
export function compress(text: string): string {
  return gzipSync(text, { level: 9 }).toString("base64");
}

/**
 * More than the largest set has: 500 bytes for each of 250,000 users. A text of few bytes can stand for
 * gigabytes.
 */
const LARGEST_DECLARATION = 128 * 1024 * 1024;

/**
 * @throws Error if the text is not a result of `compress` or `base64gzip`, for example because it is
 *   truncated, or stands for more than 128 MiB
 */
export function decompress(compressed: string): string {
  const bytes = Buffer.from(compressed, "base64");
  return gunzipSync(bytes, { maxOutputLength: LARGEST_DECLARATION }).toString("utf8");
}

/** Splits a compressed text into `PIECES` pieces. The last ones may be empty. */
export function split(compressed: string): string[] {
  return Array.from({ length: PIECES }, (_, index) =>
    compressed.slice(index * PIECE_LENGTH, (index + 1) * PIECE_LENGTH),
  );
}
