import { expect, test } from "@jest/globals";
import { planDocument, renderHtml, renderMarkdown, renderText, reportOnPlan } from "../../src/reports";
import { parsePlan } from "../../src/terraform-json";

/** A plan by which all but the given ones of three users leave a set. Its last refresh did not find Chidi. */
function planOf(...stay: readonly string[]) {
  const users = (ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, `Label of ${id}`]));
  const drift = { missing: ["chidi"], survivors: [] };
  const before = { user_id_type: "username", users: users(["ada", "bo", "chidi"]), drift };
  const change = { actions: ["update"], before, after: { ...before, users: users(stay) }, after_unknown: {} };
  const set = { address: "genauth_user_set.staff", type: "genauth_user_set", change };
  return parsePlan(JSON.stringify({ format_version: "1.2", resource_changes: [set] }));
}

test.each([
  { format: "Markdown", render: renderMarkdown },
  { format: "text", render: renderText },
  { format: "a page", render: renderHtml },
])("whom the last refresh did not find is told as deleted if found again, as $format", ({ render }) => {
  const two = render(planDocument(reportOnPlan(planOf("ada"))));
  expect(two).toContain("1 user loses their account for good, and 1 more if found again");
  expect(two).toContain("Apply deletes at most 2 users from");
  expect(two).toMatch(/Deleted for good \(1\)[\s\S]*bo[\s\S]*Deleted if found again \(1\)[\s\S]*chidi/);
  expect(two).toContain("Was not in GenAuth at the last refresh.");
  expect(two).not.toContain("without being deleted");

  const alone = render(planDocument(reportOnPlan(planOf("ada", "bo"))));
  expect(alone).toContain("1 user loses their account if found again");
  expect(alone).not.toContain("Nobody");
});

test("for programs, whom the last refresh did not find counts as a deletion", () => {
  expect(reportOnPlan(planOf("ada"))).toMatchObject({
    totals: { deleted: 2, already_gone: 1, calls: 1, kept: 0 },
    sets: [{ deleted: 2, already_gone: 1, kept: 0 }],
    leavers: [
      { id: "bo", fate: "deleted" },
      { id: "chidi", fate: "already_gone" },
    ],
  });
});
