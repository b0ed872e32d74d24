import { type Engine, identifyEngine } from "./engine";
import { cachedOpenTofu } from "./opentofu-cache";

/**
 * Finds an engine: what `TERRAFORM_BINARY_NAME` names, or else `tofu`, then `terraform` on the PATH, or else
 * the OpenTofu that an earlier run built.
 *
 * @throws Error where `TERRAFORM_BINARY_NAME` is set to something else than an engine: running another one than the person
 * asked for would be a surprise
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
