import { describe, expect, test } from "@jest/globals";
import { type Leaver, noCall } from "../../../../src/users/fate";
import { describePlan } from "../../../../src/users/messages/describe-plan";
import { OUTAGE } from "../../../support/users/failures";
import { planJson, setChange } from "../../../support/reports/plan-json";
import { ReportFiles, runPlanReport } from "../../../support/reports/report-files";

const files = new ReportFiles();

/** A plan in which an id passes to another account, and nobody leaves. */
function rebindingPlan(): string {
  const declared = { ada: "Ada" };
  const rebindings = { ada: { former_user_id: "old", user_id: "new" } };
  return files.plan([], {
    resource_changes: [setChange("staff", { before: declared, after: declared }, { rebindings })],
  });
}

describe("the exit code with --detailed-exitcode is", () => {
  interface Exit {
    readonly code: number;
    readonly when: string;
    readonly args: () => readonly string[];
    readonly says: string;
  }

  test.each<Exit>([
    {
      code: 0,
      when: "nobody is removed",
      args: () => [files.plan(["ada", "bo", "chidi"])],
      says: "Nobody loses an account",
    },
    {
      code: 2,
      when: "one user is removed",
      args: () => [files.plan(["ada", "bo"]), "--messages", files.messages()],
      says: "## 1 user will be permanently deleted",
    },
    {
      code: 2,
      when: "as many leave as may",
      args: () => [files.plan(["ada"]), "--fail-above", "2"],
      says: "## At most 2 users will be permanently deleted",
    },
    {
      code: 2,
      when: "no more are deleted than may be, though more leave",
      args: () => [files.plan(["ada"], {}, { deleted: ["bo"], notDeleted: ["chidi"] }), "--fail-above", "1"],
      says: "## At most 1 user will be permanently deleted",
    },
    {
      code: 2,
      when: "users are removed and nobody is deleted",
      args: () => [files.plan(["ada"], {}, { notDeleted: ["bo", "chidi"] }), "--fail-above", "0"],
      says: "## Nobody loses an account; 2 users leave a set",
    },
    {
      code: 2,
      when: "nobody is removed, and an id passes to another account",
      args: () => [rebindingPlan()],
      says: "| `ada` | Ada | old | new |",
    },
  ])("$code if $when, and 0 without that option", async ({ code, args, says }) => {
    const given = args();
    expect(await runPlanReport(given)).toMatchObject({ code: 0, stderr: "" });
    const finished = await runPlanReport([...given, "--detailed-exitcode"]);
    expect({ code: finished.code, stderr: finished.stderr }).toEqual({ code, stderr: "" });
    expect(finished.stdout).toContain(says);
  });
});

const NOT_LOOKED_UP: Leaver = {
  id: "chidi",
  label: "Label of chidi",
  fate: noCall({ kind: "not_looked_up", failure: OUTAGE }),
};

/** A report that fails the command. */
interface FailedReport {
  readonly when: string;
  readonly args: () => readonly string[];
  readonly says: string;
}

describe("the report is printed, and the exit code is 1, if", () => {
  const notLookedUp = (): string =>
    files.messages(describePlan({ leavers: [NOT_LOOKED_UP], kept: 1, isBinding: true }));

  test.each<FailedReport>([
    {
      when: "more leave than may",
      args: () => [files.plan(["ada"]), "--messages", files.messages(), "--fail-above", "1"],
      says: "error: 2 users would be deleted, more than --fail-above allows (1)",
    },
    {
      when: "more than --fail-above may be deleted, because of a failed look-up",
      args: () => [files.plan(["ada"]), "--messages", notLookedUp(), "--fail-above", "1"],
      says: "error: At most 2 users would be deleted, more than --fail-above allows (1)",
    },
    {
      when: "the plan failed",
      args: () => [files.plan(["ada"], { errored: true })],
      says: "error: The plan failed. Nobody was deleted.",
    },
  ])("$when", async ({ args, says }) => {
    const { code, stdout, stderr } = await runPlanReport(args());
    expect(code).toBe(1);
    expect(stdout).toContain("Label of chidi");
    expect(stdout).toContain("## REFUSED: ");
    expect(stderr).toContain(says);
  });
});

/** A plan that creates the set `staff` in a state that holds none. */
function creatingPlan(): string {
  const set = setChange("staff", { before: {}, after: { ada: "Ada" } });
  const change = { ...set.change, actions: ["create"], before: null };
  return files.plan([], { resource_changes: [{ ...set, change }] });
}

/** A plan that deletes more users than a comment can name. */
function crowd(): string {
  const deleted = Array.from({ length: 4000 }, (_, number) => `somebody-${number}`);
  return files.plan(["ada", "bo", "chidi"], {}, { deleted });
}

describe("a report for an approval", () => {
  /** A plan with everything that the gate asks for, and a resource with these provisioners. */
  const gatedPlan = (provisioners: readonly object[]) => {
    const resource = {
      address: "terraform_data.x",
      mode: "managed",
      type: "terraform_data",
      name: "x",
      provider_config_key: "terraform",
      provisioners,
    };
    const { resource_changes } = JSON.parse(planJson({ stay: ["ada"] })) as { resource_changes: object[] };
    const provider = { name: "staff", provider_name: "terraform.local/genauth/genauth" };
    return files.plan(["ada"], {
      resource_changes: resource_changes.map((change) => ({ ...change, ...provider })),
      planned_values: {},
      configuration: { root_module: { resources: [resource] } },
    });
  };

  test.each<FailedReport>([
    {
      when: "a provisioner",
      args: () => [gatedPlan([{ type: "local-exec" }]), "--only-allowed"],
      says: "error: The plan holds what is not allowed: the provisioner local-exec (terraform_data.x). Nobody was deleted.",
    },
    {
      when: "a plan without its configuration",
      args: () => [files.plan(["ada"]), "--only-allowed"],
      says: "error: The plan holds something that this version does not know",
    },
    {
      when: "a part that is left to a later plan",
      args: () => [files.plan(["ada"], { complete: false }), "--fail-unless-whole"],
      says: "error: The report cannot list everyone who may be deleted: the plan (deferred).",
    },
    {
      when: "a list that is cut",
      args: () => [crowd(), "--fail-unless-whole"],
      says: "error: The report is cut",
    },
    {
      when: "a plan that creates a set, and is not said to be the first",
      args: () => [creatingPlan()],
      says: "error: The state holds no user set, and the stack is not said to be new. Nobody was deleted.",
    },
    {
      when: "a plan that is said to be the first, of a set that is there",
      args: () => [files.plan(["ada", "bo", "chidi"]), "--new"],
      says: "error: The stack is said to be new, and its state holds a user set. Nobody was deleted.",
    },
  ])("refuses $when: the report is printed, and the exit code is 1", async ({ args, says }) => {
    const { code, stdout, stderr } = await runPlanReport(args());
    expect(code).toBe(1);
    expect(stdout).toContain("## REFUSED: ");
    expect(stdout).not.toContain("will be permanently deleted");
    expect(stderr).toContain(says);
    expect(stderr.split("\n")).toHaveLength(2);
  });

  test.each<Omit<FailedReport, "says">>([
    { when: "a plan of this package alone", args: () => [gatedPlan([]), "--only-allowed"] },
    {
      when: "a provisioner that an owner allows",
      args: () => [gatedPlan([{ type: "local-exec" }]), "--allow", "provisioner=terraform_data.x"],
    },
    { when: "the first plan of a stack", args: () => [creatingPlan(), "--new"] },
    { when: "a whole list", args: () => [files.plan(["ada"]), "--fail-unless-whole"] },
    { when: "a list that fits", args: () => [crowd(), "--fail-unless-whole", "--format", "text"] },
  ])("accepts $when", async ({ args }) => {
    const { code, stderr } = await runPlanReport(args());
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });
});
