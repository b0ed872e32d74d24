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
