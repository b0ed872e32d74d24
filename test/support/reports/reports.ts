import { type StackReport, StackReportSchema } from "../../../src/reports";
import { UserIdType } from "../../../src/users";

type Leaver = StackReport["leavers"][number];

/** Counts of a report on deletions alone. */
export const NOBODY_ELSE = {
  upper_bound: false,
  due: 0,
  overdue: 0,
  suspended: 0,
  reactivated: 0,
  declared_elsewhere: 0,
  not_deleted: 0,
  released: 0,
  join: 0,
  rebound: 0,
  relabelled: 0,
  missing: 0,
  limits_changed: 0,
} as const;

/** A report on a plan that deletes the given users of one set. */
export function reportOf(leavers: readonly Partial<Leaver>[], more: Partial<StackReport> = {}): StackReport {
  const set = "genauth_user_set.staff";
  const report: StackReport = {
    verdict: "somebody_leaves",
    plan_failed: false,
    refusals: [],
    redacted: false,
    context: {},
    whole: true,
    not_whole: [],
    hosts: [],
    totals: { ...NOBODY_ELSE, deleted: leavers.length, stay: 7 },
    sets: [
      {
        address: set,
        resource_type: "genauth_user_set",
        user_id_type: UserIdType.USERNAME,
        action: "update",
        users_known: true,
        sensitive: false,
        held: leavers.length + 7,
        ...NOBODY_ELSE,
        deleted: leavers.length,
        stay: 7,
        changed_limits: [],
        suspend_days: 0,
        ends_waiting: false,
      },
    ],
    leavers: leavers.map((leaver) => ({
      set,
      user_id_type: UserIdType.USERNAME,
      id: "ada",
      label: "",
      fate: "deleted",
      names_disagree: false,
      declared_in: [],
      survivor: false,
      ...leaver,
    })),
    rest: [],
    joiners: [],
    reactivated: [],
    rebound: [],
    overdue: [],
    relabelled: [],
    missing: [],
    warnings: [],
    ...more,
  };
  return StackReportSchema.parse(report);
}
