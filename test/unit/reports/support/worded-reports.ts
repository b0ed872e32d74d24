import { joinReports, type PlanReport, reportOnPlan, type StackReport } from "../../../../src/reports";
import type { PlanReportOptions } from "../../../../src/reports/plan-report";
import type { PlanJson } from "../../../../src/terraform-json";
import { attributeChange, planOf, setChange, type SetChange } from "../../../support/reports/plan-json";

const TIME = "2026-12-12T00:00:00Z";

/** The set `staff` of five people, of whom some leave. */
function staffPlan(change: Partial<SetChange>, attributes: object = {}, more: object = {}): PlanJson {
  const before = { ada: "Ada Aydin", bo: "Bo Brandt", chidi: "Chidi Chen", dana: "Dana Diaz", eve: "Eve Ek" };
  const set = setChange("staff", { before, after: before, ...change }, attributes);
  return planOf([set], { timestamp: TIME, ...more });
}

const STAY = { ada: "Ada Aydin", bo: "Bo Brandt", chidi: "Chidi Chen" };
const GONE = ["dana", "eve"];
const TWO_LEAVE = staffPlan({ after: STAY, deleted: GONE });

/** The report of one plan. */
function reportOf(plan: PlanJson, options: PlanReportOptions = {}): PlanReport {
  return joinReports([reportOnPlan(plan, { messages: [], ...options })]);
}

/** A plan whose set has other attributes after the change than before. */
const changing = (...change: Parameters<typeof attributeChange>): PlanJson =>
  planOf([attributeChange(...change)], { timestamp: TIME });

const WAITING = {
  suspend_days: 14,
  suspended: { chidi: "2026-12-11T00:00:00Z", dana: "2026-12-20T00:00:00Z" },
};

function creating(): PlanJson {
  const after = { user_id_type: "username", users: { ada: "Ada Aydin" } };
  const change = { actions: ["create"], before: null, after };
  const address = "genauth_user_set.staff";
  return planOf([{ address, mode: "managed", type: "genauth_user_set", change }], { timestamp: TIME });
}

function releasing(): PlanJson {
  const { change, ...set } = setChange("staff", { before: STAY, after: {} });
  return planOf([{ ...set, change: { ...change, actions: ["delete"], after: null } }], { timestamp: TIME });
}

const GUARD = {
  severity: "error" as const,
  summary: "2 users would be deleted, more than max_deletions (1)",
  detail: "This change would delete 2 of the 5 users of the set. Nobody was deleted.",
  address: "genauth_user_set.staff",
};

const NOT_ALLOWED = {
  summary: "The plan holds what is not allowed: the provisioner local-exec (terraform_data.x)",
  detail: "Remove it from the configuration and the state, and plan again.",
};

const FED = {
  configuration: {
    root_module: {
      resources: [
        {
          address: "genauth_user_set.staff",
          type: "genauth_user_set",
          expressions: { users: { references: ["data.genauth_users.all.users"] } },
        },
        { address: "data.genauth_users.all", mode: "data", type: "genauth_users" },
      ],
    },
  },
};

/** A plan that also runs a command. */
const RUNNING = {
  resource_changes: [
    ...TWO_LEAVE.resource_changes,
    {
      address: "terraform_data.x",
      mode: "managed",
      type: "terraform_data",
      change: { actions: ["create"], before: null, after: {} },
    },
  ],
  configuration: {
    root_module: {
      resources: [
        { address: "terraform_data.x", type: "terraform_data", provisioners: [{ type: "local-exec" }] },
      ],
    },
    provider_config: { aws: { name: "aws", full_name: "registry.terraform.io/hashicorp/aws" } },
  },
};

const stackOf = (stack: string, plan: PlanJson, options: PlanReportOptions = {}): StackReport =>
  reportOnPlan(plan, { messages: [], context: { stack }, ...options });

const GUESTS = staffPlan({ before: { dana: "Dana Diaz" }, after: { dana: "Dana Diaz" } });

/** A report for each thing that a reviewer can meet, by the name of its golden file. */
export const WORDED_REPORTS: Readonly<Record<string, PlanReport>> = {
  "calm-nobody-leaves": reportOf(staffPlan({})),
  "calm-one-joins": reportOf(
    staffPlan({ after: { ...STAY, dana: "Dana Diaz", eve: "Eve Ek", fay: "Fay Fox" } }),
  ),
  "calm-a-set-is-released": reportOf(releasing()),
  "calm-limits-change": reportOf(changing({ max_deletions: 5, suspend_days: 14 }, { max_deletions: 50 }), {
    refuse: { above: 30 },
  }),
  "calm-an-id-passes-on": reportOf(
    changing({}, { rebindings: { ada: { former_user_id: "6319a1504f3a", user_id: "7420b2615f4b" } } }),
  ),
  "calm-due-deletions-are-held": reportOf(changing(WAITING, WAITING), { dueHeldBy: "GENAUTH_DUE_DELETIONS" }),
  "calm-due-deletions-do-not-happen": reportOf(changing(WAITING, WAITING)),
  "losing-two-are-deleted": reportOf(TWO_LEAVE),
  "losing-everybody-leaves": reportOf(staffPlan({ after: {}, deleted: ["ada", "bo", "chidi", ...GONE] })),
  "losing-at-most": joinReports([reportOnPlan(TWO_LEAVE)]),
  "losing-some-are-suspended": reportOf(
    changing(
      { suspend_days: 14 },
      { suspend_days: 14, users: { ada: "Ada Aydin" } },
      { suspensions: { bo: true } },
    ),
  ),
  "losing-one-is-due": reportOf(
    changing(WAITING, { ...WAITING, suspended: undefined }, { suspended: true, removals: { chidi: true } }),
  ),
  "losing-one-is-declared-elsewhere": reportOf(TWO_LEAVE, { others: [{ stack: "guests", plan: GUESTS }] }),
  "losing-and-a-command-runs": reportOf({ ...TWO_LEAVE, ...planOf([], RUNNING), timestamp: TIME }),
  "not-known-who-leaves": reportOf(changing({}, { users: null }, { users: true })),
  "refused-by-a-limit": reportOf(TWO_LEAVE, {
    refuse: { above: 1, aboveName: "max_deletions of the settings" },
  }),
  "refused-by-the-provider": reportOf({ ...TWO_LEAVE, errored: true }, { messages: [GUARD] }),
  "refused-without-messages": reportOf({ ...TWO_LEAVE, errored: true }),
  "refused-for-several-reasons": reportOf(
    { ...TWO_LEAVE, errored: true },
    { messages: [GUARD], refuse: { notAllowed: NOT_ALLOWED, above: 1 } },
  ),
  "refused-the-state-is-lost": reportOf(creating(), { refuse: { lostState: true } }),
  "refused-the-stack-is-not-new": reportOf(TWO_LEAVE, { refuse: { notNew: true } }),
  "refused-users-come-from-the-pool": reportOf(staffPlan({ after: STAY, deleted: GONE }, {}, FED)),
  "refused-another-stack-is-not-planned": reportOf(TWO_LEAVE, { refuse: { notPlanned: ["guests"] } }),
  "refused-declared-elsewhere": reportOf(TWO_LEAVE, {
    others: [{ stack: "guests", plan: GUESTS }],
    refuse: { declaredElsewhere: true },
  }),
  "refused-the-list-is-not-whole": reportOf(
    { ...TWO_LEAVE, complete: false },
    { refuse: { notWhole: true } },
  ),
  "stacks-two-are-applied": joinReports([stackOf("staff", TWO_LEAVE), stackOf("guests", GUESTS)]),
  "stacks-one-declares-whom-another-deletes": joinReports([
    stackOf("staff", TWO_LEAVE, { others: [{ stack: "guests", plan: GUESTS }] }),
    stackOf("guests", GUESTS),
    stackOf("partners", changing({ max_deletions: 5, suspend_days: 14 }, { max_deletions: 50 }), {
      refuse: { above: 30 },
    }),
  ]),
  "stacks-one-is-refused": joinReports([
    stackOf("staff", TWO_LEAVE, { refuse: { above: 1 } }),
    stackOf("guests", GUESTS),
  ]),
  "stacks-all-are-refused": joinReports([
    stackOf("staff", TWO_LEAVE, { refuse: { above: 1 } }),
    stackOf("guests", creating(), { refuse: { lostState: true } }),
  ]),
  "stacks-the-run-is-refused": joinReports([stackOf("staff", TWO_LEAVE), stackOf("guests", GUESTS)], {
    above: 1,
    aboveName: "max_deletions of the settings",
  }),
};
