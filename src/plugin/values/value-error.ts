import type { AttributePath, PathStep } from "../diagnostic";

/** A value that does not fit its type. The message names the kinds at odds, never the value: it may be a secret. */
export class ValueError extends Error {
  readonly path: AttributePath;

  /** @param path the steps so far; copied, since the walk goes on changing its own */
  constructor(message: string, path: readonly PathStep[]) {
    super(message);
    this.name = "ValueError";
    this.path = [...path];
  }
}
