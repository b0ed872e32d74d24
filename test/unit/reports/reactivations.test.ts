import { expect, test } from "@jest/globals";
import { stackDocument, type StackReport } from "../../../src/reports";
import { phraseText } from "../../../src/reports/plain-text";
import { UserIdType } from "../../../src/users";
import { reportOf } from "../../support/reports/reports";

/** A report on a plan that reactivates Ada, who was suspended, and deletes these users. */
function documentOn(leavers: readonly string[], more: Partial<StackReport> = {}) {
  const report = reportOf(leavers.map((id) => ({ id })));
  const ada = { set: "genauth_user_set.staff", user_id_type: UserIdType.USERNAME, id: "ada", label: "Ada" };
  const document = stackDocument({
    ...report,
    totals: { ...report.totals, reactivated: 1 },
    reactivated: [ada],
    ...more,
  });
  return {
    firstLine: phraseText(document.headline),
    sentences: document.facts.map(phraseText),
    lists: document.sections.map(({ title }) => title),
  };
}

const SENTENCE =
  "Apply reactivates 1 user, declared again or protected: the user was suspended, and may log in again. This needs an approval, too.";

test("the first line counts reactivations beside deletions, and a sentence says that they need an approval, too", () => {
  const { firstLine, sentences, lists } = documentOn(["bo", "chidi", "dana"]);
  expect(firstLine).toBe("3 users will be permanently deleted; 1 user will be reactivated");
  expect(sentences).toContain(SENTENCE);
  expect(lists).toEqual(expect.arrayContaining(["Permanently deleted (3)", "Reactivated (1)"]));
});

test("the first line counts the reactivations of a plan in which nobody leaves", () => {
  const { firstLine, sentences } = documentOn([], { verdict: "nobody_leaves" });
  expect(firstLine).toBe("Nobody loses an account; 1 user will be reactivated");
  expect(sentences).toContain(SENTENCE);
});

test("a refused plan reactivates nobody, and its report lists who would have been", () => {
  const refusals = [{ why: "too_many" as const, summary: "Too many", detail: "" }];
  const { firstLine, sentences, lists } = documentOn(["bo"], { refusals });
  expect(firstLine).not.toContain("reactivated");
  expect(sentences).not.toContain(SENTENCE);
  expect(lists).toContain("Would have been reactivated (1)");
  expect(lists).not.toContain("Reactivated (1)");
});
