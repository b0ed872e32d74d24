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

/** Two findings may ask for the same setting. */
function mergeSettings(findings: readonly Finding[]): SettingAdvice[] {
  const merged = new Map<string, SettingAdvice>();
  for (const { setting, value, reason } of findings.flatMap(({ settings }) => settings)) {
    const key = `${setting} = ${value}`;
    const before = merged.get(key);
    merged.set(key, { setting, value, reason: before ? `${before.reason}; ${reason}` : reason });
  }
  return [...merged.values()];
}
