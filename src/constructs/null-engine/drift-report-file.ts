import { LocalBackend, type TerraformStack } from "cdktf";
import { dirname, join } from "node:path";
import { resolve } from "../resolve";

/**
 * The file for a set's drift report, beside the state: where the stack keeps its state in a local file, in that file's
 * folder; where it lies elsewhere, in the folder in which Terraform runs.
 *
 * @param setPath the set's path in the construct tree
 */
export function driftReportFile(stack: TerraformStack, setPath: string): string {
  const name = `genauth-drift.${setPath.replaceAll(/[^\w.-]+/g, ".")}.json`;
  const backend = stack.node.findAll().find((node) => node instanceof LocalBackend);
  const { terraform } = (backend ? resolve(stack, backend.toTerraform()) : {}) as LocalState;
  const state = terraform?.backend?.local?.path;
  return state === undefined ? name : join(dirname(state), name);
}

interface LocalState {
  readonly terraform?: { readonly backend?: { readonly local?: { readonly path?: string } } };
}
