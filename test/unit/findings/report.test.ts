import { expect, test } from "@jest/globals";
import { advice, type SettingAdvice } from "../../../src/findings";
import { evaluate } from "../../../src/findings/report";

const asks = (setting: string, value: string, reason: string) =>
  advice("It differs.", "Something follows.", { setting, value, reason });

test.each<[string, readonly SettingAdvice[], SettingAdvice]>([
  [
    "no suspension overrules 14 days, and says what is lost",
    [
      { setting: "suspend_days", value: "14", reason: "mistakes happen" },
      { setting: "suspend_days", value: "none", reason: "users cannot be updated" },
    ],
    {
      setting: "suspend_days",
      value: "none",
      reason: "users cannot be updated, although mistakes happen",
    },
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
  [
    "a reason that both give is said once",
    [
      { setting: "user_id_type", value: '"user_id"', reason: "look-ups miss users" },
      { setting: "user_id_type", value: '"user_id"', reason: "look-ups miss users" },
    ],
    { setting: "user_id_type", value: '"user_id"', reason: "look-ups miss users" },
  ],
])("two findings that ask for one setting: %s", (_, asked, expected) => {
  const findings = asked.map(({ setting, value, reason }) => asks(setting, value, reason));
  expect(evaluate(findings).settings).toEqual([expected]);
  expect(evaluate(findings.toReversed()).settings).toMatchObject([
    { setting: expected.setting, value: expected.value },
  ]);
});
