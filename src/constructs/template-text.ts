import { Token } from "cdktf";
import { printable } from "../text";

/** How CDKTF writes a token into a string; it knows its tokens by this text alone. */
const STRING_TOKEN = /\$\{TfToken\[[\w:.-]+\]\}/g;

/**
 * In `cdk.tf.json` every string, also a key, is a Terraform template: what stands in `${…}` or `%{…}` is
 * evaluated. Ids and labels are data, so both marks are doubled, which Terraform turns back into the text as it
 * was.
 *
 * By hand, because CDKTF escapes nothing in what it is given (seen: the key `user:${1+1}` became `user:2`), and its
 * `Fn.rawString` makes a quoted string for use inside an expression, which cannot be the key of a map. No library of the field
 * writes this syntax; the rule is two marks long.
 */
export function escapeTemplate(data: string): string {
  return data.replace(/[$%]\{/g, (mark) => mark.charAt(0) + mark);
}

/** The text that `escapeTemplate` was given. */
export function unescapeTemplate(text: string): string {
  return text.replace(/([$%])\1\{/g, "$1{");
}

/** Escapes text that the stack's own code made, around the CDKTF tokens in it, which still resolve. */
export function escapeAroundTokens(text: string): string {
  const tokens = text.match(STRING_TOKEN) ?? [];
  return text
    .split(STRING_TOKEN)
    .map((literal, index) => escapeTemplate(literal) + (tokens[index] ?? ""))
    .join("");
}

/**
 * Says whether CDKTF would take data for one of its own tokens, and put in its place whatever that token stands for, or
 * fail. There is no way to escape it.
 */
export function looksLikeToken(data: string): boolean {
  return (
    /[$#&]\{TfToken\[/.test(data) ||
    data === Token.STRING_MAP_TOKEN_VALUE ||
    data === Token.ANY_MAP_TOKEN_VALUE ||
    (data.match(/[-|\d.+]+e[-|\d.eE+]+/g) ?? []).some((number) =>
      Token.isUnresolved(Number.parseFloat(number)),
    )
  );
}

/**
 * Says whether text made by code holds something that is not its own string token but looks like one, or a `$`
 * right before a token, with which Terraform would read the token's expression as text.
 */
export function misusesTokens(text: string): boolean {
  return /\$\$\{TfToken\[/.test(text) || /[$#&]\{TfToken\[/.test(text.replace(STRING_TOKEN, ""));
}

/** Says whether Terraform evaluates something in a string of `cdk.tf.json`; a doubled `$` makes it text. */
export function isTemplate(text: string): boolean {
  return /(?<!\$)\$\{/.test(text);
}

/** What matters to where an expression in a template ends: openings and their escapes, quotes and braces. */
const MARKS = /\$\$\{|%%\{|[$%]\{|\\["\\]|["{}]/g;

/**
 * Takes a string of `cdk.tf.json` apart: text and what Terraform evaluates in turn, text first. Braces and quotes in an
 * expression may be nested, and a quoted string in it is a template of its own.
 */
export function templateParts(template: string): string[] {
  const parts: string[] = [];
  const open: string[] = [];
  let cut = 0;
  const cutAt = (index: number): void => {
    parts.push(template.slice(cut, index));
    cut = index;
  };
  for (const { 0: mark, index } of template.matchAll(MARKS)) {
    const within = open.at(-1);
    if (within === undefined || within === '"') {
      if (mark === '"' && within === '"') open.pop();
      if (mark !== "${" && mark !== "%{") continue;
      if (within === undefined) cutAt(index);
      open.push("{");
    } else if (mark === "}") {
      open.pop();
      if (open.length === 0) cutAt(index + 1);
    } else if (!mark.startsWith("\\")) open.push(mark === '"' ? '"' : "{");
  }
  cutAt(template.length);
  return parts;
}

/** The expression of a string that is nothing but one: `each.value.users` of `${each.value.users}`. */
export function soleExpression(text: string): string | undefined {
  return /^\$\{([\s\S]*)\}$/.exec(text)?.[1];
}

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
