/** The beginning and the end of the warning about kept users. */
const BEGIN = /^Warning: \d+ users? left the set and stays? in GenAuth/;
const END = /^The set no longer manages (?:this user|these users)\.$/;

/** Terraform's prefix of each line of a warning, and of a command's output. */
const FRAME = /^(?:│ ?|null_resource\.\S+ \(local-exec\): ?)/;

/**
 * The ids that an apply reports as kept: those listed below a reason, in the provider's warning or in the output of the null
 * resource's command. Other mentions of an id, such as in a plan, do not count.
 *
 * @param output the output of the run
 * @param onlyInWarning whether only the warning counts; the command of the null resource prints no warning
 */
export function keptIds(output: string, onlyInWarning: boolean): ReadonlySet<string> {
  const kept = new Set<string>();
  let isInside = !onlyInWarning;
  let hasReason = false;
  for (const line of output.split("\n").map((its) => its.replace(FRAME, ""))) {
    if (BEGIN.test(line)) isInside = true;
    else if (END.test(line)) isInside = !onlyInWarning;
    else if (line.startsWith("Kept because ")) hasReason = true;
    else if (line.trim() === "") hasReason = false;
    else if (isInside && hasReason) {
      const id = /^ {2}(\S+)/.exec(line)?.[1];
      if (id !== undefined) kept.add(id);
    }
  }
  return kept;
}
