import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { sha256Of } from "../../src/pipeline/hand-over";
import type { GitHubRun } from "./support/github/run";
import { useTeam } from "./support/setting";
import { without } from "./support/staff";

const setting = useTeam();

interface Receipt {
  readonly ending: string;
  readonly attempt: number;
  readonly approvals: readonly object[];
  readonly sealed_sha256: string | null;
  readonly outcome: { readonly kind: string; readonly audit_sha256?: string };
  readonly stacks: readonly { readonly name: string; readonly report_sha256: string }[];
}

function receiptOf(run: GitHubRun, attempt: number): Receipt {
  const file = join(run.artifact(`genauth-receipt-${attempt}`), "receipt.json");
  return JSON.parse(readFileSync(file, "utf8")) as Receipt;
}

test("a plan that cannot be applied whole goes on with a new plan and a new approval, and each attempt has a receipt", async () => {
  const { team, emulator, exists } = setting;
  const ids = ["user003@example.com"];
  const hold = emulator.faults.add({
    on: "delete-users-batch",
    ids,
    then: { kind: "answer", statusCode: 422 },
  });
  // Users whom the operator protects stay, whatever was merged: 010.
  await team.mergeProposal("leavers", 7, without(3, 5, 10));
  const run = await team.push();

  // Rejected: the job has never begun.
  await run.reject("olga");
  expect(receiptOf(run, 1)).toMatchObject({
    ending: "Rejected. Nothing was applied.",
    approvals: [{ state: "rejected", user: "olga" }],
    outcome: { kind: "not_started" },
  });
  expect(emulator.pool.size).toBe(12);

  // Approved, and failed in part. The rejection belongs to another attempt.
  await run.rerun();
  await run.approve("otto");
  expect(run.result("apply")).toBe("failure");
  const failed = receiptOf(run, 2);
  expect(failed.ending).toMatch(/^Not applied in full: 1 of 2 users deleted\./);
  expect(failed).toMatchObject({
    attempt: 2,
    approvals: [{ state: "approved", user: "otto" }],
    outcome: { kind: "in_part", changes: { deletion: { approved: 2, done: 1 } } },
  });
  expect([3, 5, 10].filter(exists)).toEqual([3, 10]);
  expect(run.text("drift-after-apply")).toMatch(
    /## Drift: 1 removed user still there[\s\S]*user003@example\.com/,
  );
  expect(run.result("drift-after-apply")).toBe("success");
  expect(team.service.commentsOf(7).join("")).toMatch(
    /\*\*Not applied in full: 1 of 2 users deleted\.[\s\S]*apply failure,[\s\S]*drift-after-apply success/,
  );
  const audit = readFileSync(join(run.artifact("genauth-apply-2"), "audit.jsonl"), "utf8");
  expect(failed.outcome.audit_sha256).toBe(sha256Of(audit));
  const report = readFileSync(join(run.artifact("genauth-report-2"), "staff", "report.json"), "utf8");
  expect(failed.stacks).toMatchObject([{ name: "staff", report_sha256: sha256Of(report) }]);
  expect(JSON.stringify(failed)).not.toContain("@example.com");

  // Cancelled while it waited: the approval before is no approval of this one.
  await run.rerun();
  await run.cancelWaiting();
  expect(receiptOf(run, 3)).toMatchObject({
    ending: "It was cancelled while it waited for an approval. Nothing was applied.",
    approvals: [],
    outcome: { kind: "not_started" },
  });

  // The job alone, without a plan of its attempt.
  hold.remove();
  await run.rerun("apply");
  await run.approve("otto");
  expect(receiptOf(run, 4)).toMatchObject({
    ending:
      "This attempt has no plan of its own: the plan is of attempt 3. Refused. Nothing was applied: the log of the job that applies says why.",
    approvals: [],
  });
  expect(run.text("apply")).toContain('Choose "Re-run all jobs", which plans and asks anew.');
  expect(exists(3)).toBe(true);

  // The receipt alone, after an apply: it does not say that nothing was applied.
  await run.rerun();
  expect(run.text("plan")).toContain("## 1 user will be permanently deleted");
  await run.approve("otto");
  const applied = receiptOf(run, 5);
  expect(applied.ending).toBe("Applied as approved: 1 user deleted.");
  expect([3, 5, 10].filter(exists)).toEqual([10]);
  await run.rerun("receipt");
  expect(receiptOf(run, 6)).toMatchObject({
    ending:
      "This attempt has no plan of its own: the plan is of attempt 5. Applied as approved: 1 user deleted.",
    approvals: [{ state: "approved", user: "otto" }],
    outcome: applied.outcome,
    sealed_sha256: run.jobs.get("plan")?.outputs["sha256"],
  });

  // All jobs again, after a success: nobody approved this attempt, and the comment says of the request what it did.
  await run.rerun();
  expect(receiptOf(run, 7)).toMatchObject({
    ending: "The plan changes nothing. Nothing was applied.",
    approvals: [],
    outcome: { kind: "not_started" },
  });
  expect(team.service.commentsOf(7).at(-1)).toContain("Applied as approved: 1 user deleted.");
  expect(emulator.pool.size).toBe(10);
}, 600_000);
