import { gunzipSync, gzipSync } from "node:zlib";
import type { DeleteBy, UserIdType } from "../users";

/**
 * What a stack passes to the command at apply. The set as it was comes from the triggers of its `null_resource`; the set as
 * it is declared is a literal in the provisioner. Both travel in environment variables: compressed, and cut into pieces,
 * because Linux limits the size of one.
 */

/** Increases when an older command could no longer read what a newer stack passes. */
export const DECLARATION_FORMAT = 1;

/** A set as it is declared, with everything that decides who of those removed from it may be deleted. */
export interface Declaration {
  readonly format: typeof DECLARATION_FORMAT;
  /** The construct's path in the stack, for messages and the report. */
  readonly set: string;
  readonly userIdType: UserIdType;
  /** Id and label of each user. Pairs, because no id can then be taken for a property of an object. */
  readonly users: readonly (readonly [id: string, label: string])[];
  /** Ids that may leave the set without being deleted. */
  readonly retainedUserIds: readonly string[];
  /** Ids that are never deleted, by id type: those that the stack's other sets declare or retain, and those the team protects. */
  readonly protectedUsers: Readonly<Partial<Record<UserIdType, readonly string[]>>>;
  readonly maxDeletions?: number;
  readonly maxDeletionsPercent?: number;
  readonly deleteBy?: DeleteBy;
  /** The file to write the drift report to, as JSON, relative to the folder in which Terraform runs. Absent: none. */
  readonly driftReportFile?: string;
}

/** The trigger that holds the set's id type. No user's trigger can have its name. */
export const ID_TYPE_TRIGGER = "user_id_type";

/** What precedes the id in the name of a user's trigger. */
export const USER_TRIGGER = "user:";

/**
 * A set as the triggers of its `null_resource`: one for each user, so that a plan shows each removed user on a line of their
 * own.
 *
 * @param users id -> label, escaped as their destination requires
 */
export function triggersOf(
  type: UserIdType,
  users: Readonly<Record<string, string>>,
): Record<string, string> {
  const triggers = Object.entries(users).map(([id, label]) => [USER_TRIGGER + id, label]);
  return Object.fromEntries([[ID_TYPE_TRIGGER, type], ...triggers]) as Record<string, string>;
}

/** The environment variables by which the provisioner passes a set to the command. */
export const Variable = {
  /** The script that starts the command. */
  COMMAND: "GENAUTH_SET_COMMAND",
  /** The id of the `null_resource` that held the set as it was, which identifies it in a saved plan. */
  OBJECT: "GENAUTH_SET_OBJECT",
  /** The set as it is declared, in pieces: `…_0`, `…_1` and so on. */
  DECLARED: "GENAUTH_SET_DECLARED",
  /** The triggers of the set as it was, in pieces. */
  PRIOR: "GENAUTH_SET_PRIOR",
} as const;

/** A variable whose text is cut into pieces. */
export type PieceVariable = typeof Variable.DECLARED | typeof Variable.PRIOR;

/** Linux takes at most 128 KiB in one variable, including its name and the equals sign (source: `MAX_ARG_STRLEN`). */
export const PIECE_LENGTH = 120_000;

/** Pieces for one text. Twice as many, beside an ordinary environment, stay below Linux's 2 MiB for all variables. */
export const PIECES = 6;

/**
 * The longest compressed text that a stack may pass, in characters. Less than the pieces hold, because Terraform's own
 * compression, of the set as it was, produces slightly more than ours.
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

/** The old triggers as variables, cut by Terraform: a destroy-time provisioner may refer to its own object only. */
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

/** @throws Error where it is not what `compress` or `base64gzip` made, for example because its end was cut off */
export function decompress(compressed: string): string {
  return gunzipSync(Buffer.from(compressed, "base64")).toString("utf8");
}

/** Cuts a compressed text into `PIECES` pieces; the last ones are empty where it is short. */
export function split(compressed: string): string[] {
  return Array.from({ length: PIECES }, (_, index) =>
    compressed.slice(index * PIECE_LENGTH, (index + 1) * PIECE_LENGTH),
  );
}
