import { describe, expect, test } from "@jest/globals";
import { stackDocument, renderMarkdown, renderText, reportOnPlan } from "../../../src/reports";
import { parsePlan } from "../../../src/terraform-json";
import { describePlan, PROTECTED_UNKNOWN } from "../../../src/users/messages/describe-plan";
import { OUTAGE } from "../../support/users/failures";
import { attributeChange, planJson, planOf, type SetPlan } from "../../support/reports/plan-json";
import { noCall } from "../../../src/users/fate";

type Messages = NonNullable<Parameters<typeof reportOnPlan>[1]>["messages"];

/** The provider's warning about users of a set who could not be looked up. */
function notLookedUp(name: string, ...ids: readonly string[]): Messages {
  const fate = noCall({ kind: "not_looked_up", failure: OUTAGE });
  const leavers = ids.map((id) => ({ id, label: `Label of ${id}`, fate }));
  const message = describePlan({ leavers, kept: 1, isBinding: true });
  return [{ ...message, severity: "warning", address: `genauth_user_set.${name}` }];
}

function report(plan: SetPlan, messages: Messages = []) {
  return reportOnPlan(parsePlan(planJson(plan)), { messages });
}

function headline(plan: SetPlan, messages?: Messages): string {
  return renderText(stackDocument(report(plan, messages)))
    .split("\n", 1)
    .join("");
}

describe("what the plan says about removed users", () => {
  /** What a report says of a plan that warns of nothing. */
  const told = (plan: SetPlan) => {
    const { leavers, totals, warnings } = report(plan);
    expect(warnings).toEqual([]);
    const of = (fate: string) => leavers.flatMap((leaver) => (leaver.fate === fate ? [leaver.id] : []));
    const deleted = of("deleted");
    const kept = of("not_deleted");
    expect(totals).toMatchObject({
      deleted: deleted.length,
      not_deleted: kept.length,
      upper_bound: false,
    });
    return { headline: headline(plan), deleted, kept };
  };
  const chidiStays = { deleted: ["bo"], notDeleted: ["chidi"] };
  const BO_ONLY = {
    headline: "1 user will be permanently deleted",
    deleted: ["bo"],
    kept: ["chidi"],
  };

  test("who has an unknown element is deleted", () => {
    expect(told({ stay: ["ada"], deleted: ["bo", "chidi"] })).toEqual({
      headline: "2 users will be permanently deleted",
      deleted: ["bo", "chidi"],
      kept: [],
    });
  });

  test("who has a known element is not", () => {
    expect(told({ stay: ["ada"], ...chidiStays })).toEqual(BO_ONLY);
  });

  test("nobody is deleted if all elements are known", () => {
    expect(told({ stay: ["ada", "bo"], notDeleted: ["chidi"] })).toEqual({
      headline: "Nobody loses an account; 1 user leaves a set",
      deleted: [],
      kept: ["chidi"],
    });
  });

  test("a user whom the last refresh did not find is deleted or not by the plan, not by the refresh", () => {
    expect(told({ stay: ["ada"], missing: ["bo", "chidi"], ...chidiStays })).toEqual(BO_ONLY);
  });

  test("a survivor is deleted or not like any other user", () => {
    expect(told({ stay: ["ada"], survivors: ["bo", "chidi"], ...chidiStays })).toEqual(BO_ONLY);
  });

  test("texts of an earlier apply about other users are ignored", () => {
    const earlier = { dana: "deleted", eve: "not deleted" };
    expect(told({ stay: ["ada", "bo"], deleted: ["chidi"], earlier })).toEqual({
      headline: "1 user will be permanently deleted",
      deleted: ["chidi"],
      kept: [],
    });
  });

  test("nobody is removed, whatever texts of an earlier apply say", () => {
    const earlier = { dana: "deleted", bo: "not deleted" };
    expect(told({ stay: ["ada", "bo", "chidi"], earlier })).toEqual({
      headline: "Nobody loses an account",
      deleted: [],
      kept: [],
    });
  });

  test("an unknown element counts even for a user who is not removed", () => {
    expect(told({ stay: ["ada", "bo", "chidi"], deleted: ["bo", "dana"] })).toEqual({
      headline: "2 users will be permanently deleted",
      deleted: ["bo", "dana"],
      kept: [],
    });
  });
});

describe("if the plan does not decide who is deleted, the number is an upper bound", () => {
  const all = { deleted: ["bo", "chidi"] };
  const CASES: readonly { title: string; plan: SetPlan; messages?: Messages; warns: RegExp }[] = [
    {
      title: "the provider could not look up a user",
      plan: { stay: ["ada"], ...all },
      messages: notLookedUp("staff", "bo", "chidi"),
      warns: /could not be looked up/,
    },
    {
      title: "not all protected users are known",
      plan: { stay: ["ada"], ...all },
      messages: [
        { summary: PROTECTED_UNKNOWN, detail: "", severity: "warning", address: "genauth_user_set.staff" },
      ],
      warns: /protected users are known/,
    },
  ];

  test.each(CASES)("$title", ({ plan, messages, warns }) => {
    const found = report(plan, messages);
    expect(stackDocument(found).headline).toEqual(["At most 2 users will be permanently deleted"]);
    expect(found.totals).toMatchObject({ deleted: 2, upper_bound: true });
    expect(found.sets).toMatchObject([{ deleted: 2, upper_bound: true }]);
    expect(found.warnings.map(({ summary, detail }) => summary + detail)).toEqual([
      expect.stringMatching(warns),
    ]);
  });

  test("the messages of the plan are not given", () => {
    const plan = parsePlan(planJson({ stay: ["ada"], ...all }));
    const found = reportOnPlan(plan);
    expect(stackDocument(found).headline).toEqual(["At most 2 users will be permanently deleted"]);
    // Also if nobody leaves, but somebody who waits may be released, or not be reactivated.
    const waits = attributeChange({ suspended: { dan: "2026-12-11T00:00:00Z" } }, {}, { suspended: true });
    for (const { warnings } of [found, reportOnPlan(planOf([waits]))])
      expect(warnings).toMatchObject([{ summary: "The messages of the plan are missing" }]);
  });

  test("but not for a message about another set", () => {
    expect(headline({ stay: ["ada"], ...all }, notLookedUp("office", "eve"))).toBe(
      "2 users will be permanently deleted",
    );
  });
});

test("users that the configuration marks as sensitive are shown nowhere, not even in quoted messages", () => {
  const json = JSON.parse(planJson({ stay: ["ada"], deleted: ["bo"], notDeleted: ["chidi"] })) as {
    resource_changes: [{ change: object }];
  };
  Object.assign(json.resource_changes[0].change, {
    before_sensitive: { users: true },
    after_sensitive: { users: true },
  });
  const summary = "1 user will be permanently deleted from GenAuth in 1 call: bo";
  const messages: Messages = [{ severity: "warning", summary, detail: "Kept: chidi" }];
  const found = reportOnPlan(parsePlan(JSON.stringify(json)), { messages });
  for (const text of [renderMarkdown(stackDocument(found)), JSON.stringify(found)]) {
    expect(text).toContain("(sensitive)");
    expect(text).not.toMatch(/\b(ada|bo|chidi)\b/);
  }
});
