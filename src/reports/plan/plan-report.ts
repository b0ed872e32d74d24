import * as z from "zod";
import { UserIdType } from "../../users";
import { Count, FormatVersion, ListedUser } from "../listed-user";

const Leaver = ListedUser.extend({
  fate: z
    .enum(["deleted", "retained", "protected", "still_declared", "already_gone"])
    .describe(
      "What becomes of the user, as far as the plan can tell: `deleted` loses the account, and so does `already_gone`, whom the last refresh did not find, if found again. Apply looks everybody up once more and deletes nobody beyond these.",
    ),
  other_id: z
    .string()
    .optional()
    .describe(
      "An id of the same set that may be the same user: another spelling, or a joiner with the same label.",
    ),
  survivor: z.boolean().describe("The last apply was to delete this user and could not."),
});

const UserSet = z.object({
  address: z.string().describe("The address of the set in Terraform."),
  engine: z.enum(["provider", "null"]),
  user_id_type: z.enum(UserIdType),
  action: z
    .enum(["none", "create", "update", "let_go"])
    .describe("`let_go`: the set is destroyed, renamed or replaced, which deletes nobody."),
  users_known: z.boolean().describe("false: who will be declared is known only during apply."),
  held: Count.describe("Users before the change."),
  deleted: Count.describe("Users whom apply deletes, at most."),
  already_gone: Count.describe(
    "Those of `deleted` whom the last refresh did not find: deleted if found again.",
  ),
  calls: Count.describe("Calls that the deletion takes, 50 users each."),
  kept: Count.describe("Users who leave the set without being deleted."),
  let_go: Count.describe("Users whom nothing manages any more, and who keep their accounts."),
  stay: Count,
  join: Count,
  missing: Count.describe("Declared after the change, but not in the user pool when the plan was made."),
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
  format_version: FormatVersion,
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
    deleted: Count,
    already_gone: Count,
    calls: Count,
    kept: Count,
    let_go: Count,
    stay: Count,
    join: Count,
    missing: Count,
  }),
  sets: z.array(UserSet),
  leavers: z.array(Leaver),
  joiners: z.array(ListedUser),
  missing: z.array(ListedUser),
  warnings: z
    .array(Warning)
    .describe("The provider's where --messages gave them, and what the plan itself shows."),
});

export type PlanReport = z.infer<typeof PlanReportSchema>;
export type ReportedLeaver = z.infer<typeof Leaver>;
export type ReportedSet = z.infer<typeof UserSet>;
export type ReportedWarning = z.infer<typeof Warning>;
