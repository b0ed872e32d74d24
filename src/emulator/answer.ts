/** The body of an answer without its request id; the HTTP status is always 200. */
export interface Answer {
  readonly statusCode: number;
  readonly message: string;
  readonly apiCode?: number;
  readonly data?: unknown;
}

export function success(data: unknown): Answer {
  return { statusCode: 200, message: "Success", data };
}

/** A refusal: its status, a message for people, and the exact code if there is one. */
export function refusal(statusCode: number, message: string, apiCode?: number): Answer {
  return { statusCode, message, ...(apiCode !== undefined && { apiCode }) };
}

/** The parameters of a call: the query of a GET or the top-level keys of a POST's body. */
export type Parameters = Readonly<Record<string, unknown>>;

/**
 * Reads a query as the API's clients write it: an array as `key[]=a&key[]=b`, as `key[0]=a&key[1]=b`, or with
 * repeated keys. Values stay strings.
 */
export function queryParameters(query: string): Parameters {
  const found = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(query)) {
    const [, key = name, brackets] = /^(.*?)(\[\d*\])?$/s.exec(name) ?? [];
    const before = found.get(key);
    if (before !== undefined) found.set(key, [before, value].flat());
    else found.set(key, brackets === undefined ? value : [value]);
  }
  return Object.fromEntries(found);
}
