import { Token } from "cdktf";

/** How CDKTF writes a token into a string; it knows its tokens by this text alone. */
const STRING_TOKEN = /\$\{TfToken\[[\w:.-]+\]\}/g;

/**
 * In `cdk.tf.json` every string, also a key, is a Terraform template: what stands in `${…}` or `%{…}` is
 * evaluated. Ids and labels are data, so both marks are doubled, which Terraform turns back into the text as it
 * was.
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
