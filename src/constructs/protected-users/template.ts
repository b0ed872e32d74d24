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
