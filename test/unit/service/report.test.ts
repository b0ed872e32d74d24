import { stripVTControlCharacters } from "node:util";
import { expect, test } from "@jest/globals";
import type { SettingAdvice } from "../../../src/service/finding";
import { advice, fine, stop } from "../../../src/service/finding";
import { mergeSettings, reportOn, reportText } from "../../../src/service/report";

const SUSPENSION = { setting: "suspend_days", value: "none", reason: "users cannot be updated" };

test.each<[string, readonly SettingAdvice[], SettingAdvice]>([
  [
    "no suspension overrules 14 days, and says what is lost",
    [{ setting: "suspend_days", value: "14", reason: "mistakes happen" }, SUSPENSION],
    { ...SUSPENSION, reason: "users cannot be updated, although mistakes happen" },
  ],
  [
    "the id type that is safe for both reasons counts",
    [
      { setting: "user_id_type", value: 'neither "identity" nor "sync_relation"', reason: "they are hidden" },
      { setting: "user_id_type", value: '"user_id" or "external_id"', reason: "case matters" },
    ],
    {
      setting: "user_id_type",
      value: '"user_id" or "external_id"',
      reason: "they are hidden; case matters",
    },
  ],
  ["a reason that both give is said once", [SUSPENSION, SUSPENSION], SUSPENSION],
])("two findings that ask for one setting: %s", (_, asked, expected) => {
  expect(mergeSettings(asked)).toEqual([expected]);
  const { setting, value } = expected;
  expect(mergeSettings(asked.toReversed())).toMatchObject([{ setting, value }]);
});

test("the text has a row for each answer, in the order of the questions, and colours for a terminal only", () => {
  const answers = {
    clean_up: fine("Nobody is left."),
    suspension: advice("GenAuth refuses it.", "No suspension.", SUSPENSION),
    end: stop("Look-ups do not show a user who was created.", "Nothing further was asked."),
  };
  const report = reportOn("rehearsal", { host: "https://api.genauth.ai", access_key_id: "key" }, answers);
  const coloured = reportText(report, true);
  expect(coloured).toContain("\u001b[31mSTOP     \u001b[39m");
  const text = reportText(report);
  expect(stripVTControlCharacters(coloured)).toBe(text);
  expect(text.split("\n").slice(0, 11)).toEqual([
    "Do not apply yet with the pool at https://api.genauth.ai (access key id key): 1 problem",
    "=======================================================================================",
    "",
    "Why it ended early       STOP       Look-ups do not show a user who was created.",
    "                                    Nothing further was asked.",
    "Suspension of two users  advice     GenAuth refuses it.",
    "                                    No suspension.",
    "Clean-up                 fine       Nobody is left.",
    "",
    "Settings that this pool needs:",
    "  suspend_days: none, because users cannot be updated",
  ]);
});
