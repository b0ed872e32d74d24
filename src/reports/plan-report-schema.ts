import * as z from "zod";
import { LEAVING_REASONS, UserIdType } from "../users";
import { ReportContext } from "./context";
import { ReportedMessage } from "./document";
import { Count, FormatVersion, ListedUser } from "./listed-user";
import { RestOfPlan } from "./plan-rest";

/*
 * What a report of plans says, as JSON; all other formats are written from it.
 *
 * To add a field: `src/reports/reported-set.ts` fills it in for a set and a leaver,
 * `src/reports/plan-report.ts` for the plan of a stack, `src/reports/join-reports.ts` for all stacks. After a
 * release, raise the minor `FormatVersion` in `src/reports/listed-user.ts`. A column is in
 * `src/reports/stack-document.ts`, a sentence in `src/reports/plan-summary.ts`; all formats but JSON follow.
 * Then `test/support/reports/reports.ts`, and, for the words, the expected reports and the pictures,
 * `UPDATE_GOLDEN=1 npm run test:unit -- reports/wording`, the same with
 * `npm run test:engine -- reports/golden` and, with Chromium, `npm run pictures`: read the difference.
 */

/** Why somebody leaves: what Git says of the change that took the id away. */
export const LeavingCause = z.object({
  commit: z.string().describe("The commit that took the id out of the user file."),
  request: z
    .string()
    .optional()
    .describe("The request that brought it, as the platform says, or the message of its merge."),
  ticket: z.string().optional().describe("The ticket, as its author says."),
  reason: z.string().optional().describe("Why, as its author says."),
});

export type LeavingCause = z.infer<typeof LeavingCause>;

export const ReportedLeaver = ListedUser.extend({
  fate: z
    .enum(["deleted", "suspended", "not_deleted"])
    .describe(
      "What the plan says about the user. `deleted`: apply deletes the user, or, with `upper_bound`, may delete the user. `suspended`: apply suspends the user, or may; a later plan deletes the user. `not_deleted`: apply fails rather than delete or suspend the user.",
    ),
  reason: z
    .enum(LEAVING_REASONS)
    .optional()
    .describe("Why the user is not deleted, or could not be looked up, if the plan's messages say so."),
  note: z.string().optional().describe("More about the reason, in the provider's words."),
  name: z
    .string()
    .optional()
    .describe("The name in GenAuth, if the plan's messages hold it, or it was looked up."),
  names_disagree: z.boolean().describe("The label and the name in GenAuth differ: it may be somebody else."),
  declared_in: z
    .array(z.string())
    .describe(
      "Other sets of the plan, and of the other plans of the run, that still declare or retain the user: by the id, or by any id that the look-up shows.",
    ),
  cause: LeavingCause.optional().describe(
    "The change that took the id out of the user file, if the pipeline found it; absent if the report hides ids.",
  ),
  other_id: z.string().optional().describe("An id that joins the same set with the same label."),
  survivor: z.boolean().describe("The last apply could not delete this user."),
  user_id: z
    .string()
    .optional()
    .describe(
      "The system user id of the account that the id means, as the state has it; absent if the id is one itself, was never found, or is hidden.",
    ),
  suspended_until: z
    .string()
    .optional()
    .describe("Only for a deletion that is due: the day until which the user has been suspended."),
});

export type ReportedLeaver = z.infer<typeof ReportedLeaver>;

/** What a plan does to the users of a set, or of several. */
export const Totals = z.object({
  deleted: Count.describe("Users that apply deletes, at most."),
  upper_bound: z
    .boolean()
    .describe(
      "true: apply may delete fewer users than `deleted`, because the plan does not say who is kept, some users could not be looked up, or --messages was not given.",
    ),
  due: Count.describe("Of `deleted`: suspended users who are due."),
  overdue: Count.describe(
    "Suspended users who were due by the clock of the engine when the plan was made, but are not deleted by it.",
  ),
  suspended: Count.describe("Users that apply suspends, at most. A later apply deletes them."),
  reactivated: Count.describe("Users who are declared again or protected: apply reactivates these, at most."),
  declared_elsewhere: Count.describe("Of `deleted` and `suspended`: users that another set still declares."),
  not_deleted: Count.describe("Users who leave the set without being deleted or suspended."),
  released: Count.describe("Users who are no longer managed but keep their accounts."),
  stay: Count,
  join: Count,
  rebound: Count.describe("Ids that stay, and mean another account from this apply on."),
  relabelled: Count.describe("Users who stay under another label."),
  missing: Count.describe("Declared after the change, but not in the user pool when the plan was made."),
  limits_changed: Count.describe("Sets whose limits the change alters."),
});

export const ReportedSet = z.object({
  address: z.string().describe("The address of the set in Terraform."),
  resource_type: z.enum(["genauth_user_set", "null_resource"]),
  user_id_type: z.enum(UserIdType),
  user_pool_name: z.string().optional().describe("The name of the set's user pool, if its provider has one."),
  action: z
    .enum(["none", "create", "update", "release", "refused"])
    .describe(
      "`release`: the set is destroyed, renamed or replaced, which deletes nobody. `refused`: the plan failed at this set; the counts are of the change that was refused.",
    ),
  users_known: z
    .boolean()
    .describe(
      "false: the declared users, or the users that the set reactivates, are known only during apply.",
    ),
  sensitive: z
    .boolean()
    .describe("The configuration marks the users as sensitive, so the report hides them."),
  held: Count.describe("Users before the change."),
  ...Totals.shape,
  changed_limits: z
    .array(
      z.object({
        limit: z.enum(["max_deletions", "max_deletions_percent", "suspend_days"]),
        before: z.number().optional(),
        after: z.union([z.number(), z.literal("unknown")]).optional(),
      }),
    )
    .describe("The limits that the change alters. A value is absent if the set has no such limit."),
  max_deletions: z.number().optional(),
  max_deletions_percent: z.number().optional(),
  suspend_days: Count.describe("Days between a suspension and the deletion; 0: users are deleted at once."),
  ends_waiting: z
    .boolean()
    .describe(
      "Some of the suspended users may not wait any more after the apply: deleted, reactivated or released.",
    ),
});

export type ReportedSet = z.infer<typeof ReportedSet>;

/** Why a plan must not be applied. */
export const PlanRefusal = z.object({
  why: z
    .enum([
      "plan_failed",
      "other_plan",
      "not_allowed",
      "fed_from_pool",
      "not_known",
      "too_many",
      "declared_elsewhere",
      "others_not_planned",
      "state_lost",
      "not_new",
      "not_whole",
      "cut",
    ])
    .describe(
      "`plan_failed`: an error of the engine or a guard. `other_plan`: the messages are not those of the plan. `not_allowed`: --only-allowed. `fed_from_pool`: a set takes its users from `data.genauth_users`. `not_known` and `too_many`: --fail-above, or the limit of the pipeline. `declared_elsewhere`, `others_not_planned`, `state_lost` and `not_new`: a rule of the pipeline. `not_whole` and `cut`: --fail-unless-whole.",
    ),
  summary: z.string().describe("The reason in one line, without a full stop."),
  detail: z.string().describe("What follows from it, and what to do. May be empty."),
});

export type PlanRefusal = z.infer<typeof PlanRefusal>;

/** Why a list of the report cannot be read whole. */
const NotWhole = z.object({
  set: z.string().optional().describe("The set that it concerns; absent: the whole plan."),
  why: z
    .enum(["unknown", "sensitive", "deferred"])
    .describe(
      "`unknown`: the users are known only during apply. `sensitive`: the configuration hides them. `deferred`: a part is left to a later plan.",
    ),
});

const Verdict = z
  .enum(["nobody_leaves", "somebody_leaves", "not_known"])
  .describe(
    "Whether ids leave a set. `not_known`: the users of at least one set, or those that it reactivates, are known only during apply.",
  );

const Whole = z.boolean().describe("Everyone who may be deleted is listed, by id.");

const PlanContext = ReportContext.extend({
  planned_at: z.string().optional().describe("When the plan was made."),
});

/** What the plan of a stack does. */
export const StackReportSchema = z.object({
  verdict: Verdict,
  plan_failed: z.boolean().describe("Terraform could not finish the plan: it cannot be applied."),
  due_held_by: z
    .string()
    .optional()
    .describe(
      "What the operator has set to hold due deletions, such as GENAUTH_DUE_DELETIONS. Absent: nothing, or nobody waits.",
    ),
  refusals: z
    .array(PlanRefusal)
    .describe("Why the plan must not be applied, the gravest reason first. Empty: nothing refuses it."),
  redacted: z.boolean(),
  names_looked_up: z
    .boolean()
    .optional()
    .describe("The names of everybody who is deleted or suspended were looked up in GenAuth (--look-up)."),
  context: PlanContext,
  hosts: z
    .array(z.string())
    .describe(
      "The hosts that the configurations of the provider name, if there are several, or one is not the host of the report's own run (GENAUTH_HOST). Empty: nothing to notice.",
    ),
  whole: Whole,
  not_whole: z.array(NotWhole),
  totals: Totals,
  run_limit: Count.optional().describe(
    "The most users that the whole run may delete or suspend, if it has a limit.",
  ),
  sets: z.array(ReportedSet),
  leavers: z.array(ReportedLeaver),
  rest: z.array(RestOfPlan).describe("What the plan does besides changing user sets. Empty: nothing."),
  joiners: z.array(ListedUser),
  reactivated: z
    .array(
      ListedUser.extend({
        user_id: z.string().optional().describe("The system user id; absent if the report hides ids."),
      }),
    )
    .describe("Users that a set has suspended, or may have, and that apply reactivates, or may."),
  rebound: z
    .array(
      ListedUser.extend({
        former_user_id: z
          .string()
          .describe("The account that the id meant so far; empty if the report hides ids."),
        user_id: z.string().describe("The account that it means now; empty if the report hides ids."),
      }),
    )
    .describe(
      "Ids that stay, and mean another account from this apply on: taking one out later deletes that account.",
    ),
  overdue: z
    .array(ListedUser.extend({ suspended_until: z.string().describe("The day that has come.") }))
    .describe("Suspended users who were due when the plan was made, but are not deleted by it."),
  relabelled: z.array(
    ListedUser.extend({ former_label: z.string().describe("The label before the change.") }),
  ),
  missing: z.array(ListedUser),
  warnings: z
    .array(ReportedMessage)
    .describe(
      "The provider's warnings and errors, if --messages was given, and those about the plan itself.",
    ),
});

export type StackReport = z.infer<typeof StackReportSchema>;

/**
 * What `cdktf-genauth plan-report --format json` writes of one plan, and a pipeline of the plans of all its
 * stacks.
 */
export const PlanReportSchema = z.object({
  format_version: FormatVersion,
  kind: z.literal("plan"),
  verdict: Verdict.describe(
    "The gravest of the stacks that are not refused; of all, if all are. Whether ids leave a set. `not_known`: the users of at least one set, or those that it reactivates, are known only during apply.",
  ),
  refusals: z
    .array(PlanRefusal)
    .describe(
      "Why nothing must be applied, the gravest reason first. Empty: the stacks without a refusal of their own can be applied.",
    ),
  redacted: z.boolean(),
  context: PlanContext.describe("What the plans of all stacks have in common."),
  whole: Whole,
  totals: Totals.describe("The sums over the stacks that are not refused; over all, if all are."),
  stacks: z
    .array(StackReportSchema)
    .describe("What the plan of each stack does, the gravest first. The report of one plan has one stack."),
});

export type PlanReport = z.infer<typeof PlanReportSchema>;
