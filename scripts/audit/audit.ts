import { npmAudit, SEVERITIES, type Advisory, type Severity } from "./npm-audit";
import { shippedFolders } from "./shipped-folders";

/** The least severity of an advisory that must not be shipped. */
const LEAST_FATAL: Severity = "moderate";

/** How an audit is done. */
export interface AuditOptions {
  /** The project's folder, built. */
  readonly root: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Whether an audit that could not be done fails, as before a release. */
  readonly required: boolean;
  readonly say: (line: string) => void;
}

/**
 * Holds the packages that reach users to the registry's advisories, and says what is known. Advisories of what only
 * builds and tests are told, and no failure.
 *
 * @returns whether a release may go out, by all that is known
 */
export async function audit({ root, environment, required, say }: AuditOptions): Promise<boolean> {
  const shipped = shippedFolders(root);
  const result = await npmAudit(root, environment);
  if (result.kind === "not_checked") {
    say(`No package could be checked, for the registry gives no audit: ${result.reason}`);
    return !required;
  }
  const reaching = result.advisories.filter(({ folders }) => folders.some((folder) => shipped.has(folder)));
  const fatal = reaching.filter(({ severity }) => isFatal(severity));
  const others = result.advisories.filter((advisory) => !fatal.includes(advisory));
  tell(say, `Known weaknesses in what reaches users (${fatal.length}); update these packages:`, fatal);
  tell(say, "No reason to fail, being slight or of tools that only build and test:", others);
  if (fatal.length === 0)
    say(`No known weakness of note in the ${shipped.size} packages that reach users, of ${result.packages}.`);
  return fatal.length === 0;
}

function isFatal(severity: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(LEAST_FATAL);
}

function tell(say: AuditOptions["say"], heading: string, advisories: readonly Advisory[]): void {
  if (advisories.length === 0) return;
  say(heading);
  for (const { package: name, severity, title, url } of advisories)
    say(`  ${name}: ${severity}, ${title} (${url})`);
}
