import * as z from "zod";
import type { Finding, SettingAdvice } from "./finding";

const Count = z.number().int().min(0);

/** The fields of a row, beside its name. */
export const ROW_FIELDS = {
  title: z.string(),
  result: z
    .enum(["fine", "advice", "stop", "not_known"])
    .describe("not_known: this pool or this key does not show it."),
  finding: z.string().describe("What is the case. Names no user."),
  consequence: z.string().describe("What follows from it. May be empty."),
};

/** The fields of a report about a service, beside its rows. */
export const SUMMARY_FIELDS = {
  format_version: z
    .literal("1.0")
    .describe("A new minor version only adds fields; a new major version may change anything."),
  verdict: z
    .enum(["fine", "advice", "stop"])
    .describe("stop: the provider cannot work safely with this pool, or a call failed."),
  host: z.string().describe("The API that was queried."),
  totals: z.object({ fine: Count, advice: Count, stop: Count, not_known: Count }),
  settings: z
    .array(
      z.object({
        setting: z.string().describe("A setting of the provider or of a set, such as refresh."),
        value: z.string().describe("As written in a configuration."),
        reason: z.string(),
      }),
    )
    .describe("The settings that this pool needs."),
};

/** What findings come to. */
export interface Evaluated {
  readonly verdict: "fine" | "advice" | "stop";
  readonly totals: Record<Finding["result"], number>;
  readonly settings: SettingAdvice[];
}

/** The verdict, the totals and the settings of all findings together. */
export function evaluate(findings: readonly Finding[]): Evaluated {
  const total = (result: Finding["result"]) => findings.filter((finding) => finding.result === result).length;
  const totals = {
    fine: total("fine"),
    advice: total("advice"),
    stop: total("stop"),
    not_known: total("not_known"),
  };
  const verdict = totals.stop > 0 ? "stop" : totals.advice > 0 ? "advice" : "fine";
  return { verdict, totals, settings: mergeSettings(findings) };
}

/** Of two values for one setting, the one that is here, or comes first here, is safe for both reasons. */
const STRICTEST_FIRST: readonly string[] = ["none", '"user_id"', '"user_id" or "external_id"'];

/** One value for each setting, although several findings may ask for it. */
function mergeSettings(findings: readonly Finding[]): SettingAdvice[] {
  const all = findings.flatMap(({ settings }) => settings);
  return [...new Set(all.map(({ setting }) => setting))].map((setting) => {
    const asked = all.filter((advice) => advice.setting === setting);
    const values = asked.map(({ value }) => value);
    const value = STRICTEST_FIRST.find((strict) => values.includes(strict)) ?? values[0] ?? "";
    const reasons = (isMet: boolean) => [
      ...new Set(
        asked
          .filter((advice) => (value !== "none" || advice.value === value) === isMet)
          .map(({ reason }) => reason),
      ),
    ];
    const overruled = reasons(false);
    const although = overruled.length > 0 ? `, although ${overruled.join("; ")}` : "";
    return { setting, value, reason: `${reasons(true).join("; ")}${although}` };
  });
}
