import { Lazy, type TerraformResource } from "cdktf";
import { type Declaration, declaredVariables, PIECE_LENGTH, pieceNames, Variable } from "../../handover";
import { COMMAND_FILE } from "../../install";

/**
 * Checks Node.js first: one that is missing or too old could not read the command's file, and would not say so in words.
 * `exec` leaves no shell between Terraform and the command, so an interrupt reaches it.
 */
const COMMAND = [
  `if ! node -e 'var v=process.versions.node.split(".");process.exit(v[0]>20||(v[0]==20&&v[1]>=9)?0:1)' 2>/dev/null; then`,
  `echo "Nobody was deleted: this needs Node.js 20.9 or later as node on the PATH of whoever runs Terraform; found: $(node --version 2>/dev/null || echo none)." >&2; exit 1; fi;`,
  `exec node "$${Variable.COMMAND}" apply-null-resource`,
].join(" ");

/**
 * Gives the set's resource its one provisioner. Terraform runs it before it replaces the resource, with the configuration
 * that was planned and the triggers of the set as it was.
 *
 * @param declaration called at synth, when all of the stack is there
 */
export function addProvisioner(resource: TerraformResource, declaration: () => Declaration): void {
  const environment = Lazy.anyValue({
    produce: () => ({
      // Relative, so that the stack's folder may be moved, or applied on another machine.
      [Variable.COMMAND]: `\${path.module}/${COMMAND_FILE}`,
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
