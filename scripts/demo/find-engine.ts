import { type Engine, identifyEngine } from "../../test/support/engine/engine";
import { cachedOpenTofu } from "../../test/support/engine/opentofu-cache";

/**
 * Finds an engine: the program in `TERRAFORM_BINARY_NAME`, or else `tofu` or `terraform` on the PATH, or else the
 * OpenTofu that an earlier run built.
 *
 * @throws Error if `TERRAFORM_BINARY_NAME` is not an engine: to run another one would be a surprise
 */
export function findEngine(): Engine | undefined {
  const asked = process.env.TERRAFORM_BINARY_NAME;
  if (asked) {
    const engine = identifyEngine(asked);
    if (engine) return engine;
    throw new Error(
      `TERRAFORM_BINARY_NAME is "${asked}", which is neither Terraform nor OpenTofu. Set it to one of them, or unset it.`,
    );
  }
  for (const program of ["tofu", "terraform", cachedOpenTofu()]) {
    const engine = identifyEngine(program);
    if (engine) return engine;
  }
  return undefined;
}
