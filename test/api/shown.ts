import { inspect } from "node:util";

/** All that anybody can make visible of a value: hidden properties, getters, causes, at any depth, and its JSON. */
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
