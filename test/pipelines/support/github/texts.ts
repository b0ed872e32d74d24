/** Texts by name, as of variables, inputs and outputs. */
export type Texts = Readonly<Record<string, string>>;

/** The same keys with other values. */
export function mapTexts<T>(
  values: Readonly<Record<string, T>>,
  text: (value: T, key: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, text(value, key)]));
}
