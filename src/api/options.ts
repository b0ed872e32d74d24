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
