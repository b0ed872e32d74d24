import { error, pathText, type Diagnostic } from "../diagnostic";
import { ValueError } from "../values/value-error";

/** An expected failure, on its way to the person as it is. */
export class DiagnosticError extends Error {
  readonly diagnostic: Diagnostic;

  constructor(diagnostic: Diagnostic) {
    super(diagnostic.summary);
    this.name = "DiagnosticError";
    this.diagnostic = diagnostic;
  }
}

/** The one diagnostic that tells a person what was thrown. */
export function diagnosticOf(thrown: unknown, rpc: string): Diagnostic {
  if (thrown instanceof DiagnosticError) return thrown.diagnostic;
  if (thrown instanceof ValueError) {
    const where = thrown.path.length > 0 ? `${pathText(thrown.path)}: ` : "";
    return error("A value does not fit the schema", `${where}${thrown.message}.`, thrown.path);
  }
  return error(
    "The provider failed unexpectedly",
    `${rpc}: ${thrown instanceof Error ? thrown.message : String(thrown)}\n\n` +
      "This is a bug in the provider. With TF_LOG_PROVIDER=DEBUG the log shows where it happened; please report it.",
  );
}

/** Where something was thrown, without its message, which may hold values. */
export function stackFrames(thrown: unknown): readonly string[] {
  if (!(thrown instanceof Error) || thrown.stack === undefined) return [];
  return thrown.stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .map((line) => line.trim());
}
