/** Terraform's prefix of each line of a command's output. */
const FRAME = /^(?:│ ?|null_resource\.\S+ \(local-exec\): ?)/;

/**
 * The ids that the null resource's command reports as kept: those listed below a reason. Other mentions of an id, such as in a plan, do
 * not count.
 *
 * @param output the output of the run
 */
export function keptIds(output: string): ReadonlySet<string> {
  const kept = new Set<string>();
  let hasReason = false;
  for (const line of output.split("\n").map((its) => its.replace(FRAME, ""))) {
    if (line.startsWith("Kept because ")) hasReason = true;
    else if (line.trim() === "") hasReason = false;
    else if (hasReason) {
      const id = /^ {2}(\S+)/.exec(line)?.[1];
      if (id !== undefined) kept.add(id);
    }
  }
  return kept;
}
