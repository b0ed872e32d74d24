import { COMMAND_SCRIPT } from "../install";
import { type Declaration, declaredVariables, pieceNames, priorVariables, Variable } from "./declaration";

/**
 * `exec` leaves no shell between Terraform and the command, and `$PPID` is Terraform itself, even if `node`
 * is a wrapper. The text is short because Terraform repeats it in each error.
 */
export const PROVISIONER_COMMAND = `exec sh "$${Variable.COMMAND}" apply-null-resource "$PPID"`;

/** The environment of a set's destroy-time provisioner, in the template syntax of `cdk.tf.json`. */
export function provisionerEnvironment(declaration: Declaration): Record<string, string> {
  return { ...fixedVariables(), ...declaredVariables(declaration) };
}

/** The variables that are the same for all sets. */
function fixedVariables(): Record<string, string> {
  return {
    // Relative, so that the stack's folder can be moved or applied on another machine.
    [Variable.COMMAND]: `\${path.module}/${COMMAND_SCRIPT}`,
    [Variable.OBJECT]: "${self.id}",
    ...priorVariables(),
  };
}

/**
 * Whether a provisioner in a plan's configuration is the one that a stack adds to its sets: it runs this
 * command, and nothing else is in its environment, which could change what the command does.
 *
 * @param expressions as `terraform show -json` writes them; from JSON, templates are shown as they were
 *   written
 */
export function isOwnProvisioner(type: string, expressions: unknown): boolean {
  const { command, environment, quiet, ...others } = membersOf(expressions);
  return (
    type === "local-exec" &&
    Object.keys(others).length === 0 &&
    [undefined, true].includes(constantOf(quiet) as boolean | undefined) &&
    runsOwnCommand(constantOf(command), constantOf(environment))
  );
}

function runsOwnCommand(command: unknown, environment: unknown): boolean {
  const fixed = Object.entries(fixedVariables());
  const declared = pieceNames(Variable.DECLARED);
  const variables = membersOf(environment);
  return (
    command === PROVISIONER_COMMAND &&
    Object.keys(variables).length === fixed.length + declared.length &&
    fixed.every(([name, value]) => variables[name] === value) &&
    declared.every((name) => isBase64(variables[name]))
  );
}

function isBase64(value: unknown): boolean {
  return typeof value === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}

function constantOf(expression: unknown): unknown {
  return membersOf(expression).constant_value;
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
}
