import * as z from "zod";
import { UserIdType } from "../../users";

/** An id and its label in a set. */
const Listed = z.object({
  set: z.string().describe("The address of the set."),
  user_id_type: z.enum(UserIdType),
  id: z.string().describe("The user's id; with --redact, a keyed hash of it."),
  label: z.string().describe("As it is declared; may be empty, and is with --redact."),
});

const Leaver = Listed.extend({
  fate: z
    .enum(["deleted", "retained", "protected", "still_declared", "already_gone"])
    .describe(
      "What becomes of the user, as far as the plan can tell: only `deleted` loses the account. Apply looks everybody up once more and deletes nobody beyond these.",
    ),
  other_id: z
    .string()
    .optional()
    .describe(
      "An id of the same set that may be the same user: another spelling, or a joiner with the same label.",
    ),
  survivor: z.boolean().describe("The last apply was to delete this user and could not."),
});

const count = z.number().int().min(0);

const UserSet = z.object({
  address: z.string().describe("The address of the set in Terraform."),
  engine: z.enum(["provider", "null"]),
  user_id_type: z.enum(UserIdType),
  action: z
    .enum(["none", "create", "update", "let_go"])
    .describe("`let_go`: the set is destroyed, renamed or replaced, which deletes nobody."),
  users_known: z.boolean().describe("false: who will be declared is known only during apply."),
  held: count.describe("Users before the change."),
  deleted: count.describe("Users whom apply deletes, at most."),
  calls: count.describe("Calls that the deletion takes, 50 users each."),
  kept: count.describe("Users who leave the set without being deleted."),
  let_go: count.describe("Users whom nothing manages any more, and who keep their accounts."),
  stay: count,
  join: count,
  missing: count.describe("Declared after the change, but not in the user pool when the plan was made."),
  max_deletions: z.number().optional(),
  max_deletions_percent: z.number().optional(),
});

const Warning = z.object({
  severity: z.enum(["error", "warning"]),
  summary: z.string(),
  detail: z.string().describe("May be empty, and is with --redact."),
});

/** What `genauth-users plan-report --format json` writes. */
export const PlanReportSchema = z.object({
  format_version: z
    .literal("1.0")
    .describe("A new minor version only adds; a new major version may change anything."),
  kind: z.literal("plan"),
  verdict: z
    .enum(["nobody_leaves", "somebody_leaves", "not_known"])
    .describe("Whether ids leave a set. `not_known`: at least one set is known only during apply."),
  plan_failed: z.boolean().describe("Terraform could not finish the plan: it cannot be applied."),
  redacted: z.boolean(),
  digest: z
    .string()
    .describe("Of all removals: two plans with the same digest delete the same users from the same sets."),
  totals: z.object({
    deleted: count,
    calls: count,
    kept: count,
    let_go: count,
    stay: count,
    join: count,
    missing: count,
  }),
  sets: z.array(UserSet),
  leavers: z.array(Leaver),
  joiners: z.array(Listed),
  missing: z.array(Listed),
  warnings: z
    .array(Warning)
    .describe("The provider's where --messages gave them, and what the plan itself shows."),
});

export type PlanReport = z.infer<typeof PlanReportSchema>;
export type ReportedLeaver = z.infer<typeof Leaver>;
export type ReportedUser = z.infer<typeof Listed>;
export type ReportedSet = z.infer<typeof UserSet>;
export type ReportedWarning = z.infer<typeof Warning>;
