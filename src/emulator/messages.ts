import * as z from "zod";

/** What GenAuth says in the body of an answer; the HTTP status is 200 whatever it is. */
export interface Answer {
  readonly statusCode: number;
  readonly message: string;
  readonly apiCode?: number;
  readonly data?: unknown;
}

/** A success with its data. */
export function success(data: unknown): Answer {
  return { statusCode: 200, message: "Success", data };
}

/** A refusal: the code of its kind, words for people, and where there is one the exact code. */
export function refusal(statusCode: number, message: string, apiCode?: number): Answer {
  return { statusCode, message, ...(apiCode !== undefined && { apiCode }) };
}

/** The parameters of a call: a GET's query or the top-level keys of a POST's body. */
export type Parameters = Readonly<Record<string, unknown>>;

/**
 * Reads a query as the API's clients write it: an array as `key[]=a&key[]=b` or `key[0]=a&key[1]=b`, or as a key that
 * is repeated. Values stay strings.
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

/** Parameters that passed a check, or the refusal that says what is wrong with them. */
export type Checked<T> = { readonly parameters: T } | { readonly refused: Answer };

/** Checks parameters as strictly as the API does, `400` where they do not fit. */
export function check<T>(schema: z.ZodType<T>, parameters: Parameters): Checked<T> {
  const result = schema.safeParse(parameters);
  return result.success
    ? { parameters: result.data }
    : { refused: refusal(400, `Parameter check failed: ${z.prettifyError(result.error)}`) };
}
