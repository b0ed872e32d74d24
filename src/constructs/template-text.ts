import { Token } from "cdktf";
import { printable } from "../text";

/** CDKTF's form of a token in a string. CDKTF recognises its tokens by this text only. */
const STRING_TOKEN = /\$\{TfToken\[[\w:.-]+\]\}/g;

/**
 * Escapes data for `cdk.tf.json`. Every string there, even a key, is a Terraform template, and `${…}` and
 * `%{…}` are evaluated. Doubling the first character makes Terraform read them as text.
 *
 * Written by hand, because CDKTF does not escape its input (the key `user:${1+1}` became `user:2`). Its
 * `Fn.rawString` makes a quoted string for an expression, which cannot be the key of a map. No library writes
 * this syntax.
 */
export function escapeTemplate(data: string): string {
  return data.replace(/[$%]\{/g, (mark) => mark.charAt(0) + mark);
}

/** Reverses `escapeTemplate`. */
export function unescapeTemplate(text: string): string {
  return text.replace(/([$%])\1\{/g, "$1{");
}

/** Escapes text from a stack's code, except for the CDKTF tokens in it. */
export function escapeAroundTokens(text: string): string {
  const tokens = text.match(STRING_TOKEN) ?? [];
  return text
    .split(STRING_TOKEN)
    .map((literal, index) => escapeTemplate(literal) + (tokens[index] ?? ""))
    .join("");
}

/**
 * Whether CDKTF would mistake data for one of its tokens, and replace it or fail. This cannot be escaped.
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
 * Whether text from code contains something that looks like a token but is not, or a `$` right before a
 * token, which would make Terraform read the token's expression as text.
 */
export function misusesTokens(text: string): boolean {
  return /\$\$\{TfToken\[/.test(text) || /[$#&]\{TfToken\[/.test(text.replace(STRING_TOKEN, ""));
}

/** Whether Terraform evaluates a part of a string in `cdk.tf.json`. A doubled `$` is text. */
export function isTemplate(text: string): boolean {
  return /(?<!\$)\$\{/.test(text);
}

/**
 * The characters that decide where an expression in a template ends: openings, their escapes, quotes and
 * braces.
 */
const MARKS = /\$\$\{|%%\{|[$%]\{|\\["\\]|["{}]/g;

/**
 * Splits a string of `cdk.tf.json` into text and expressions in turn, text first. Braces and quotes in an
 * expression may be nested, and a quoted string in it is a template too.
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

/** The expression of a string that consists of only one: `each.value.users` of `${each.value.users}`. */
export function soleExpression(text: string): string | undefined {
  return /^\$\{([\s\S]*)\}$/.exec(text)?.[1];
}

/**
 * Checks a text for `cdktf synth --hcl`. CDKTF's HCL writer does not escape quotes and backslashes, so the
 * text after one would be read as code. JSON, the default, can contain any text.
 *
 * @returns a sentence that says what to do, or `undefined` if the text can be written
 */
export function hclOutputProblem(text: string): string | undefined {
  // The variable that CDKTF's synthesizer reads.
  const writesHcl = ["true", "1"].includes(process.env.SYNTH_HCL_OUTPUT ?? "");
  if (!writesHcl || !/["\\\r\n]/.test(text)) return undefined;
  return `The text "${printable(text)}" cannot be written as HCL, because its quotes or backslashes would be read as code. Synthesise without --hcl.`;
}
