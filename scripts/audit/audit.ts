import { SEVERITIES, type Advisory, type NpmAudit, type Severity } from "./npm-audit";
import { shippedFolders } from "./shipped-folders";

/** The lowest severity that prevents a release. */
const LEAST_FATAL: Severity = "moderate";

/** The input of an audit. */
export interface AuditOptions {
  /** The project's folder, built. */
  readonly root: string;
  /** Fail if the audit is not possible, as before a release. */
  readonly required: boolean;
  readonly say: (line: string) => void;
}

/**
 * Judges the registry's advisories for the packages that reach users, and reports the result. Advisories for packages that only
 * build and test are reported, but are not a failure.
 *
 * @returns whether the advisories permit a release
 */
export function judgeAudit(result: NpmAudit, { root, required, say }: AuditOptions): boolean {
  const shipped = shippedFolders(root);
  if (result.kind === "not_checked") {
    say(`No package could be checked, because the registry returned no audit: ${result.reason}`);
    return !required;
  }
  const reaching = result.advisories.filter(({ folders }) => folders.some((folder) => shipped.has(folder)));
  const fatal = reaching.filter(({ severity }) => isFatal(severity));
  const others = result.advisories.filter((advisory) => !fatal.includes(advisory));
  report(
    say,
    `Known vulnerabilities in packages that reach users (${fatal.length}). Update these packages:`,
    fatal,
  );
  report(say, "Not a failure, because of low severity or in packages that only build and test:", others);
  if (fatal.length === 0)
    say(
      `No relevant vulnerability is known in the ${shipped.size} packages that reach users, of ${result.packages}.`,
    );
  return fatal.length === 0;
}

function isFatal(severity: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(LEAST_FATAL);
}

function report(say: AuditOptions["say"], heading: string, advisories: readonly Advisory[]): void {
  if (advisories.length === 0) return;
  say(heading);
  for (const { package: name, severity, title, url } of advisories)
    say(`  ${name}: ${severity}, ${title} (${url})`);
}
