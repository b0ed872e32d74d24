import type { Declaration } from "./declaration";
import { compress, PIECES, split } from "./pieces";

/** The environment variables by which the provisioner hands a set to the command. */
export const Variable = {
  /** The script that starts the command. */
  COMMAND: "GENAUTH_SET_COMMAND",
  /** The id of the `null_resource` that held the set as it was: so a saved plan can be asked what becomes of it. */
  OBJECT: "GENAUTH_SET_OBJECT",
  /** The set as it is declared, in pieces: `…_0`, `…_1` and so on. */
  DECLARED: "GENAUTH_SET_DECLARED",
  /** The triggers of the set as it was, in pieces. */
  PRIOR: "GENAUTH_SET_PRIOR",
} as const;

/** The names of the variables that hold the pieces of one text. */
export function pieceNames(variable: typeof Variable.DECLARED | typeof Variable.PRIOR): string[] {
  return Array.from({ length: PIECES }, (_, index) => `${variable}_${index}`);
}

/** The declared set as variables. Base64, so Terraform finds nothing to evaluate in it. */
export function declaredVariables(declaration: Declaration): Record<string, string> {
  const pieces = split(compress(JSON.stringify(declaration)));
  return Object.fromEntries(pieceNames(Variable.DECLARED).map((name, index) => [name, pieces[index] ?? ""]));
}
