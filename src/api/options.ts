import * as z from "zod";
import { originOf } from "./host";
import { silent } from "./logger";
import type { Logger } from "./logger";

/** How a client is set up. */
export interface ManagementClientOptions {
  /** Such as `https://api.genauth.ai`: no path, no trailing slash. Plain http only on loopback. */
  readonly host: string;
  /** The user pool id, or an administrator's access key id. */
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** The tenant to act in; default none. */
  readonly tenantId?: string;
  /** The pace of the whole client; default 75, half of what a pool is given, because production traffic shares it. */
  readonly requestsPerSecond?: number;
  /** Calls in flight at once; default 8. */
  readonly parallelism?: number;
  /** For one attempt of one call, until its answer is read whole; default 30. */
  readonly timeoutSeconds?: number;
  /** How often one call is tried at most; default 6. */
  readonly maxAttempts?: number;
  /** The language of GenAuth's messages: `zh-CN`, `en-US` (default), `ja-JP` or `zh-TW`. */
  readonly lang?: "zh-CN" | "en-US" | "ja-JP" | "zh-TW";
  /** Where calls are noted; default nowhere. */
  readonly logger?: Logger;
}

/** Options that were checked, with every default filled in; the credentials are not among them. */
export interface Settings {
  readonly origin: string;
  readonly tenantId: string | undefined;
  readonly requestsPerSecond: number;
  readonly parallelism: number;
  readonly timeoutSeconds: number;
  readonly maxAttempts: number;
  readonly lang: string;
  readonly logger: Logger;
}

/** An option that cannot be used. Names the option, and never its value where that is a secret. */
export class OptionError extends Error {
  /** The option concerned. */
  readonly option: keyof ManagementClientOptions;

  constructor(option: keyof ManagementClientOptions, message: string) {
    super(message);
    this.name = "OptionError";
    this.option = option;
  }
}

/** Checks options and fills the defaults in. Throws an {@link OptionError}. */
export function settingsOf(options: ManagementClientOptions, env: NodeJS.ProcessEnv = process.env): Settings {
  const { tenantId, timeoutSeconds = 30, requestsPerSecond = 75, parallelism = 8, maxAttempts = 6 } = options;
  const host = originOf(options.host, env);
  if ("problem" in host) throw new OptionError("host", host.problem);
  for (const option of [
    "accessKeyId",
    "accessKeySecret",
    ...(tenantId === undefined ? [] : (["tenantId"] as const)),
  ] as const)
    checkToken(option, options[option]);
  const whole = z.number().int().min(1);
  check("requestsPerSecond", z.number().min(0.1).max(10_000), requestsPerSecond);
  check("parallelism", whole.max(256), parallelism);
  check("timeoutSeconds", z.number().min(0.1).max(3600), timeoutSeconds);
  check("maxAttempts", whole.max(100), maxAttempts);
  return {
    origin: host.origin,
    tenantId,
    requestsPerSecond,
    parallelism,
    timeoutSeconds,
    maxAttempts,
    lang: options.lang ?? "en-US",
    logger: options.logger ?? silent,
  };
}

function check(option: keyof ManagementClientOptions, schema: z.ZodType, value: number): void {
  const { error } = schema.safeParse(value);
  if (error)
    throw new OptionError(option, `${option} cannot be ${value}: ${error.issues[0]?.message ?? "invalid"}.`);
}

/** Ids and secrets travel in headers, or sign them: visible ASCII, nothing else. A line break is the usual accident. */
function checkToken(option: keyof ManagementClientOptions, value: string | undefined): void {
  if (value === undefined || value === "") throw new OptionError(option, `${option} is empty.`);
  if (!/^[\x21-\x7e]+$/.test(value))
    throw new OptionError(
      option,
      `${option} holds a blank, a line break or a character beyond ASCII; was it copied whole?`,
    );
}
