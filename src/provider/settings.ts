import { error, UNKNOWN, warning, type Diagnostic } from "../plugin";
import { resolveSettings, type GivenSettings, type SettingProblem, type RunSettings } from "../operator";
import type { ProviderModel } from "./schema";

/**
 * The settings of this run, or what is wrong with them. `undefined` settings without an error mean that the
 * configuration refers to something that is not known before apply.
 */
export function readProviderSettings(
  config: ProviderModel,
  environment: NodeJS.ProcessEnv,
): { settings?: RunSettings; diagnostics: Diagnostic[] } {
  const attributes = Object.entries(config).filter(([name]) => name !== "protected_users");
  const unknown = new Set(attributes.flatMap(([name, value]) => (value === UNKNOWN ? [name] : [])));
  const given = Object.fromEntries(attributes.filter(([name]) => !unknown.has(name))) as GivenSettings;
  const { settings, problems, warnings } = resolveSettings(given, environment);
  const errors = problems.filter(({ attribute = "" }) => !unknown.has(attribute)).map(diagnosticOf);
  // While something is unknown, only the environment can be judged.
  const told = warnings.filter(({ attribute }) => unknown.size === 0 || attribute === undefined);
  return {
    ...(unknown.size === 0 && errors.length === 0 && { settings }),
    diagnostics: [...errors, ...told.map(warningOf)],
  };
}

function warningOf({ summary, detail, attribute }: SettingProblem): Diagnostic {
  return warning(summary, detail, attribute ? [{ attribute }] : undefined);
}

/** A problem of a setting as Terraform shows it. */
export function diagnosticOf({ summary, detail, attribute }: SettingProblem): Diagnostic {
  return error(summary, detail, attribute ? [{ attribute }] : undefined);
}
