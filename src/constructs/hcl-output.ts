import { printable } from "../text";

/**
 * Checks a text for `cdktf synth --hcl`: CDKTF's writer of HCL leaves quotes and backslashes as they are, so
 * what stands after one would be read as code. JSON, its default, holds any text.
 *
 * @returns a sentence that says what to do, or `undefined` where the text may be written
 */
export function hclOutputProblem(text: string): string | undefined {
  // What CDKTF's synthesizer goes by.
  const writesHcl = ["true", "1"].includes(process.env.SYNTH_HCL_OUTPUT ?? "");
  if (!writesHcl || !/["\\\r\n]/.test(text)) return undefined;
  return `The text "${printable(text)}" cannot be written as HCL, where its quotes or backslashes would be code. Synthesise without --hcl.`;
}
