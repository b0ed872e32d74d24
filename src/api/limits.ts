/** The range of a numeric option, and its default. */
export interface NumberLimits {
  readonly fallback: number;
  readonly least: number;
  readonly most: number;
  /** Whether only whole numbers are allowed. */
  readonly whole: boolean;
}

/** The numeric options of the client. In a file without zod, because the provider's schema needs it. */
export const LIMITS = {
  // The public cloud allows a pool 150 a second, which production traffic shares; private deployments may
  // allow more.
  requestsPerSecond: { fallback: 75, least: 0.1, most: 10_000, whole: false },
  parallelism: { fallback: 8, least: 1, most: 256, whole: true },
  timeoutSeconds: { fallback: 30, least: 0.1, most: 3_600, whole: false },
  maxAttempts: { fallback: 6, least: 1, most: 100, whole: true },
} as const satisfies Record<string, NumberLimits>;

/**
 * The public clouds (sources: GenAuth's "Management API" page; the page of Authing's SDK for Node.js, V3).
 */
export const PUBLIC_HOSTS = { genauth: "https://api.genauth.ai", authing: "https://api.authing.cn" } as const;

/** Where a console shows a user pool's id and secret, in the words of both brands. */
export const KEYS_IN_CONSOLE = "Settings > Basic Settings > Key Management; 设置 > 基础设置 > 密钥管理";
