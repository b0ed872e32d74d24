import { Lazy, type TerraformResource } from "cdktf";
import { type Declaration, declaredVariables, PIECE_LENGTH, pieceNames, Variable } from "../../handover";
import { COMMAND_SCRIPT } from "../../install";

/**
 * `exec` leaves no shell between Terraform and the command, and `$PPID` is Terraform itself, also where `node` is a
 * program that starts another. Short, because Terraform repeats it in each error.
 */
const COMMAND = `exec sh "$${Variable.COMMAND}" apply-null-resource "$PPID"`;

/**
 * Gives the set's resource its one provisioner. Terraform runs it before it replaces the resource, with the
 * configuration that was planned and the triggers of the set as it was.
 *
 * @param declaration called at synth, when all of the stack is there
 */
export function addProvisioner(resource: TerraformResource, declaration: () => Declaration): void {
  const environment = Lazy.anyValue({
    produce: () => ({
      // Relative, so that the stack's folder may be moved, or applied on another machine.
      [Variable.COMMAND]: `\${path.module}/${COMMAND_SCRIPT}`,
      [Variable.OBJECT]: "${self.id}",
      ...declaredVariables(declaration()),
      ...priorVariables(),
    }),
  });
  resource.addOverride("provisioner", [
    { "local-exec": { when: "destroy", command: COMMAND, environment, quiet: true } },
  ]);
}

/** The old triggers, cut by Terraform: a destroy-time provisioner may refer to its own object only. */
function priorVariables(): Record<string, string> {
  return Object.fromEntries(
    pieceNames(Variable.PRIOR).map((name, index) => [
      name,
      `\${substr(base64gzip(jsonencode(self.triggers)), ${index * PIECE_LENGTH}, ${PIECE_LENGTH})}`,
    ]),
  );
}
