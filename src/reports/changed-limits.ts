import { compact } from "../lists";
import { formatCount, formatNumber, listed, type Phrase } from "./document";
import type { StackReport, ReportedSet } from "./plan-report-schema";
import type { PlannedChange } from "./planned-change";
import type { SetSnapshot } from "./set-snapshot";

/** The arguments of a set that hold deletions back, as a configuration calls them. */
const LIMITS = {
  max_deletions: (set: SetSnapshot) => set.maxDeletions,
  max_deletions_percent: (set: SetSnapshot) => set.maxDeletionsPercent,
  suspend_days: (set: SetSnapshot) => set.suspendDays || undefined,
} as const;

/** A limit that a change alters; a value is absent if the set has none. */
type ChangedLimit = ReportedSet["changed_limits"][number];

/** Finds the limits of a set that a change alters. */
export function findChangedLimits({ action, prior, planned }: PlannedChange): ChangedLimit[] {
  if (action !== "update" || !prior || !planned) return [];
  return Object.entries(LIMITS).flatMap(([name, valueOf]) => {
    const before = valueOf(prior);
    const after = planned.unknown.has(name) ? ("unknown" as const) : valueOf(planned);
    return before === after ? [] : [{ limit: name as keyof typeof LIMITS, before, after }];
  });
}

/** What changes in the limits, a sentence for each set, and what the whole run allows beside it. */
export function limitFacts({ sets, run_limit: most }: Pick<StackReport, "sets" | "run_limit">): Phrase[] {
  const changed = sets.filter((set) => set.changed_limits.length > 0);
  return compact<Phrase>(
    ...changed.map(({ address, changed_limits }): Phrase => {
      const changes = changed_limits.map(
        ({ limit, before, after }) => `${limit} from ${valueText(before)} to ${valueText(after)}`,
      );
      return ["This change alters limits of ", ...listed([address]), `: ${changes.join(", ")}.`];
    }),
    changed.length > 0 &&
      most !== undefined && [
        `One run may delete or suspend at most ${formatCount(most, "user")}, whatever a set allows.`,
      ],
  );
}

function valueText(value: ChangedLimit["after"]): string {
  if (value === "unknown") return "a value that is not known yet";
  return value === undefined ? "none" : formatNumber(value);
}
