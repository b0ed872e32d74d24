/** Where the warning about those who are kept begins, and where it ends. */
const BEGIN = /^Warning: \d+ users? left the set and stays? in GenAuth/;
const END = "The set no longer manages them.";

/** What Terraform puts before each line of a warning, and before what a command prints. */
const FRAME = /^(?:│ ?|null_resource\.\S+ \(local-exec\): ?)/;

/**
 * The ids that an apply says it kept: those listed under a reason, in the provider's warning or in what the null
 * engine's command prints. No other mention of an id counts, such as that of a plan.
 *
 * @param output what the run printed
 * @param onlyInWarning whether only the warning counts; the command of the null resource prints no warning
 */
export function keptIds(output: string, onlyInWarning: boolean): ReadonlySet<string> {
  const kept = new Set<string>();
  let isInside = !onlyInWarning;
  let hasReason = false;
  for (const line of output.split("\n").map((its) => its.replace(FRAME, ""))) {
    if (BEGIN.test(line)) isInside = true;
    else if (line === END) isInside = !onlyInWarning;
    else if (line.startsWith("Kept because ")) hasReason = true;
    else if (line.trim() === "") hasReason = false;
    else if (isInside && hasReason) {
      const id = /^ {2}(\S+)/.exec(line)?.[1];
      if (id !== undefined) kept.add(id);
    }
  }
  return kept;
}
