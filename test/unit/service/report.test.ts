import { stripVTControlCharacters } from "node:util";
import { expect, test } from "@jest/globals";
import type { SettingAdvice } from "../../../src/service/finding";
import { advice, fine, stop } from "../../../src/service/finding";
import { mergeSettings, reportOn, reportText } from "../../../src/service/report";

const SUSPENSION = { setting: "suspend_days", value: "none", reason: "look-ups do not show suspended users" };
const NO_IDENTITIES: SettingAdvice = {
  setting: "user_id_type",
  value: 'neither "identity" nor "sync_relation"',
  reason: "identities are hidden",
};
const NO_EMAIL: SettingAdvice = {
  setting: "user_id_type",
  value: '"user_id" or "external_id"',
  reason: "case matters",
};

test("of two values for one setting, the one that is safe for both reasons counts", () => {
  const both = { ...NO_EMAIL, reason: "identities are hidden; case matters" };
  expect(mergeSettings([NO_IDENTITIES, NO_EMAIL])).toEqual([both]);
  expect(mergeSettings([NO_EMAIL, NO_IDENTITIES])).toMatchObject([{ value: NO_EMAIL.value }]);
});

test("a reason that two findings give is said once", () => {
  expect(mergeSettings([SUSPENSION, SUSPENSION])).toEqual([SUSPENSION]);
});

test("the text has a row for each answer, in the order of the questions, and colours for a terminal only", () => {
  const answers = {
    suspended: advice("get-user does not show a suspended user.", "No suspension.", SUSPENSION),
    look_ups: stop("A look-up misses 1 of 49 users.", "Ask GenAuth's support."),
    access: fine("GenAuth accepts them."),
  };
  const report = reportOn({ host: "https://api.genauth.ai", access_key_id: "key" }, answers);
  const coloured = reportText(report, true);
  expect(coloured).toContain("\u001b[31mSTOP     \u001b[39m");
  const text = reportText(report);
  expect(stripVTControlCharacters(coloured)).toBe(text);
  expect(text.split("\n").slice(0, 11)).toEqual([
    "Do not apply yet with the pool at https://api.genauth.ai (access key id key): 1 problem",
    "=======================================================================================",
    "",
    "Key, signature and clock    fine       GenAuth accepts them.",
    "Look-up by user_id          STOP       A look-up misses 1 of 49 users.",
    "                                       Ask GenAuth's support.",
    "Look-up of suspended users  advice     get-user does not show a suspended user.",
    "                                       No suspension.",
    "",
    "Settings that this pool needs:",
    "  suspend_days: none, because look-ups do not show suspended users",
  ]);
});
