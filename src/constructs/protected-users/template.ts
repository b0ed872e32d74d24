/** Says whether Terraform evaluates something in a string of `cdk.tf.json`; a doubled `$` makes it text. */
export function isTemplate(text: string): boolean {
  return /(?<!\$)\$\{/.test(text);
}

/** The expression of a string that is nothing but one: `each.value.users` of `${each.value.users}`. */
export function soleExpression(text: string): string | undefined {
  return /^\$\{([\s\S]*)\}$/.exec(text)?.[1];
}
