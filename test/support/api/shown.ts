import { inspect } from "node:util";

/** Everything visible of a value: hidden properties, getters and causes at any depth, and its JSON. */
export function shown(thing: unknown): string {
  const text = inspect(thing, {
    depth: Infinity,
    showHidden: true,
    getters: true,
    maxArrayLength: Infinity,
    maxStringLength: Infinity,
  });
  return text + ((JSON.stringify(thing) as string | undefined) ?? "");
}
