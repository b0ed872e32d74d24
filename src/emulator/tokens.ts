import { randomBytes } from "node:crypto";

/** How long a management token is good for, in seconds; the SDK's documentation gives two hours. */
export const TOKEN_LIFETIME_SECONDS = 7200;

/** The management tokens given out, the other way to authenticate besides a signature. */
export class Tokens {
  readonly #now: () => number;
  readonly #validUntil = new Map<string, number>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** A new token, good for {@link TOKEN_LIFETIME_SECONDS}. */
  issue(): string {
    const token = randomBytes(24).toString("base64url");
    this.#validUntil.set(token, this.#now() + TOKEN_LIFETIME_SECONDS * 1000);
    return token;
  }

  /** Whether the token was given out here and has not run out. */
  isValid(token: string): boolean {
    return (this.#validUntil.get(token) ?? 0) > this.#now();
  }
}
