/** See `command-reference.mjs`. */
export function commandReference(help: (...command: readonly string[]) => Promise<string>): Promise<string>;
