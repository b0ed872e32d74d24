import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { beforeEach, expect, test } from "@jest/globals";
import { useTeam } from "./support/setting";
import { without } from "./support/staff";
import { serveHttp } from "../support/http-server";

const setting = useTeam();

let chat: string;
const told: Record<string, unknown>[] = [];
beforeEach(async () => {
  told.length = 0;
  chat = await serveHttp((request, response) => {
    void text(request).then((body) => {
      told.push(JSON.parse(body) as Record<string, unknown>);
      response.end("ok");
    });
  });
});

test("two people approve above a number of deletions, and report, receipt, audit and message say why", async () => {
  const { team, exists } = setting;
  team.service.secrets["GENAUTH_NOTIFY_URL"] = `${chat}/secret`;
  // As curl would send it.
  writeFileSync(
    join(team.folder, "tools", "send"),
    `#!${process.execPath}\nvoid fetch(process.env.GENAUTH_NOTIFY_URL, { method: "POST", body: require("node:fs").readFileSync(0) });\n`,
    { mode: 0o755 },
  );
  Object.assign(team.settings, {
    notify: { command: "send" },
    limits: { ...(team.settings["limits"] as object), two_approvals_above: 1 },
  });
  await team.commitSettings();
  const why = "Let go of two\n\nTicket: HR-7\nReason: left | ##[add-mask]the <company>\n";
  await team.mergeProposal("leavers", 7, without(3, 4), { message: why });

  const run = await team.push();
  expect([run.result("plan"), run.result("apply"), run.waiting]).toEqual(["success", "skipped", undefined]);
  const { summary = "", outputs } = run.jobs.get("plan") ?? {};
  expect(outputs?.["change"]).toBe("two-approvals");
  expect(summary).toContain("Ticket `HR-7` · Reason ");
  // Beside each person, as in the receipt.
  const cause = /`[0-9a-f]{12}` <code>&#35;7<\/code> `HR-7` /g;
  expect(summary.match(cause)).toHaveLength(2);
  expect(run.text("plan")).toContain("An owner starts the apply, and then somebody else approves it.");
  const asked = { run: String(run.id), sha256: outputs?.["sha256"] ?? "" };

  // Nobody else has to approve it here, so one person could do it alone.
  const rules = team.service.environments.get("genauth") ?? { secrets: {} };
  team.service.environments.set("genauth", { secrets: rules.secrets, branches: ["main"] });
  const alone = await team.dispatch("otto", asked);
  expect(alone.result("apply")).toBe("failure");
  expect(alone.text("apply")).toContain("It was approved by otto. Nothing was applied. A second person must");

  team.service.environments.set("genauth", rules);
  const both = await team.dispatch("otto", asked);
  expect(both.waiting).toBe("apply");
  await both.approve("olga");
  expect(both.result("apply")).toBe("success");
  expect([3, 4].filter(exists)).toEqual([]);

  const reason = expect.stringContaining("left | ") as unknown;
  const read = (path: string) => readFileSync(join(both.artifact(path)), "utf8");
  expect(JSON.parse(read("genauth-receipt-1/receipt.json"))).toMatchObject({
    ticket: "HR-7",
    reason,
    outcome: {
      kind: "as_approved",
      changes: { deletion: { done: 2 } },
      causes: [{ request: "#7", ticket: "HR-7", people: 2 }],
    },
    approvals: [{ user: "olga" }, { user: "otto" }],
  });
  const [started = ""] = read("genauth-apply-1/audit.jsonl").split("\n");
  expect(JSON.parse(started)).toMatchObject({ event: "started", ticket: "HR-7", reason });
  expect(told).toMatchObject([
    {
      event: "plan_waits",
      title: expect.stringContaining("2 users will be permanently deleted"),
      ticket: "HR-7",
    },
    { event: "apply_ended", title: expect.stringContaining("An owner has to start the workflow") },
    { event: "apply_ended", title: expect.stringContaining("Refused. Nothing was applied") },
    { event: "apply_ended", title: "Applied as approved: 2 users deleted.", receipt: { ticket: "HR-7" } },
  ]);
  for (const job of ["plan", "receipt"]) expect(run.text(job)).not.toContain("/secret");
}, 600_000);
