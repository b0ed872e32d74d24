/** Where the client notes what it does. Never given the secret. */
export interface Logger {
  /** One line an attempt: how many ids, not which. */
  debug(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** What DEBUG must not show, such as the ids of a call. */
  trace(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** Notes nothing. */
export const silent: Logger = { debug: () => undefined, trace: () => undefined };
