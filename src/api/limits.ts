/** What a number among the options may be, and what it is where it is left out. */
export interface NumberLimits {
  readonly fallback: number;
  readonly least: number;
  readonly most: number;
  /** Whether it counts things. */
  readonly whole: boolean;
}

/** The numbers among the client's options. */
export const LIMITS = {
  // 150 a second is what the public cloud gives a pool, and production traffic shares it; private deployments may
  // give more.
  requestsPerSecond: { fallback: 75, least: 0.1, most: 10_000, whole: false },
  parallelism: { fallback: 8, least: 1, most: 256, whole: true },
  timeoutSeconds: { fallback: 30, least: 0.1, most: 3_600, whole: false },
  maxAttempts: { fallback: 6, least: 1, most: 100, whole: true },
} as const satisfies Record<string, NumberLimits>;
