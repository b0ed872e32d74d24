import { error, UNKNOWN, type Diagnostic } from "../plugin";
// Neither is imported from its module's index: that loads zod, which validation does not need.
import { checkHost } from "../api/host";
import { numberProblem } from "../operator/settings";
import { userPoolNameProblem } from "../user-pool";
import { checkProtectedId, isUserIdType } from "../users";
import { describeUnknownIdType, invalid, refuseProblems } from "./problems";
import type { ProviderModel } from "./provider-schema";

/** Checks a provider block without the environment and the network. Each problem points at its attribute. */
export function validateProvider(config: ProviderModel): Diagnostic[] {
  return [
    ...validateHost(config.host),
    ...validateNumbers(config),
    ...validateUserPool(config.user_pool_name),
    ...validateProtectedUsers(config.protected_users),
  ];
}

function validateHost(host: ProviderModel["host"]): Diagnostic[] {
  if (host === null || host === UNKNOWN) return [];
  const checked = checkHost(host);
  return "problem" in checked ? [invalid("host", checked.problem)] : [];
}

const NUMBER_ATTRIBUTES = ["requests_per_second", "parallelism", "timeout_seconds", "max_attempts"] as const;

function validateNumbers(config: ProviderModel): Diagnostic[] {
  return NUMBER_ATTRIBUTES.flatMap((name) => {
    const value = config[name];
    if (value === null || value === UNKNOWN) return [];
    const problem = numberProblem(name, value);
    return problem ? [invalid(name, problem)] : [];
  });
}

function validateUserPool(name: ProviderModel["user_pool_name"]): Diagnostic[] {
  if (name === null || name === UNKNOWN) return [];
  const problem = userPoolNameProblem(name);
  return problem === undefined ? [] : [invalid("user_pool_name", problem)];
}

/**
 * A map, whose keys are checked here: of a nested attribute, the engine drops a name that the schema does not
 * have, without a word (seen on Terraform 1.11.4), so that a misspelt id type would protect nobody.
 */
export function validateProtectedUsers(value: ProviderModel["protected_users"]): Diagnostic[] {
  if (value === null || value === UNKNOWN) return [];
  return [...value].flatMap(([type, ids]) => {
    const path = [{ attribute: "protected_users" }];
    if (!isUserIdType(type)) {
      return [error("Unknown id type", describeUnknownIdType(type), path)];
    }
    if (ids === null) {
      const detail = "The set is null. Give a set of ids, or remove the entry.";
      return [error("Invalid protected users", detail, path)];
    }
    if (ids === UNKNOWN) return [];
    const problems = ids.flatMap((id) => {
      if (id === null) return ["The id is null. Give an id, or remove the entry."];
      return (id === UNKNOWN ? undefined : checkProtectedId(id, type)) ?? [];
    });
    const noun = problems.length === 1 ? "protected user" : "protected users";
    return refuseProblems(`Invalid ${noun}`, problems, path);
  });
}
