import { error, UNKNOWN, type Diagnostic } from "../plugin";
// Not by the room's index: that loads zod, which validation does without.
import { numberProblem } from "../operator/settings";
import type { ProviderModel } from "./schema";

const NUMBER_ATTRIBUTES = [
  "requests_per_second",
  "parallelism",
  "timeout_seconds",
  "max_attempts",
  "full_refresh_hours",
] as const;

/** Checks the numbers of a configuration, without the environment. */
export function validateNumbers(config: ProviderModel): Diagnostic[] {
  return NUMBER_ATTRIBUTES.flatMap((name) => {
    const value = config[name];
    if (value === null || value === UNKNOWN) return [];
    const problem = numberProblem(name, value);
    return problem ? [error(`Invalid ${name}`, problem, [{ attribute: name }])] : [];
  });
}
