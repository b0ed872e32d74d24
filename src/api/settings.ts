import * as z from "zod";
import { proxyFor } from "./agent";
import { originOf } from "./host";
import { LIMITS, type NumberLimits } from "./limits";
import { silent } from "./logger";
import type { Logger } from "./logger";
import { OptionError } from "./options";
import type { ManagementClientOptions } from "./options";

/** Options that were checked, with every default filled in; the credentials are not among them. */
export interface Settings {
  /** The host, as the part of a URL that ends after name and port. */
  readonly origin: string;
  /** The proxy that the environment names for this host. */
  readonly proxy: URL | undefined;
  readonly tenantId: string | undefined;
  readonly requestsPerSecond: number;
  readonly parallelism: number;
  readonly timeoutSeconds: number;
  readonly maxAttempts: number;
  readonly lang: string;
  readonly logger: Logger;
}

/** Ids and secrets travel in headers, or sign them: visible ASCII, nothing else. A line break is the usual accident. */
const token = z
  .string()
  .min(1, "is empty")
  .regex(/^[\x21-\x7e]*$/, "holds a blank, a line break or a character beyond ASCII; was it copied whole?");

const Checked = z.object({
  accessKeyId: token,
  accessKeySecret: token,
  tenantId: token.optional(),
  requestsPerSecond: numberWithin(LIMITS.requestsPerSecond),
  parallelism: numberWithin(LIMITS.parallelism),
  timeoutSeconds: numberWithin(LIMITS.timeoutSeconds),
  maxAttempts: numberWithin(LIMITS.maxAttempts),
  lang: z.enum(["zh-CN", "en-US", "ja-JP", "zh-TW"]).default("en-US"),
});

/** Checks options and fills the defaults in. Throws an {@link OptionError}. */
export function settingsOf(options: ManagementClientOptions, env: NodeJS.ProcessEnv = process.env): Settings {
  const host = originOf(options.host, env);
  if ("problem" in host) throw new OptionError("host", host.problem);
  const route = proxyFor(host.origin);
  if ("problem" in route) throw new OptionError("host", route.problem);
  const { data, error } = Checked.safeParse(options);
  if (error) throw optionErrorOf(error);
  return {
    origin: host.origin,
    proxy: route.proxy,
    tenantId: data.tenantId,
    requestsPerSecond: data.requestsPerSecond,
    parallelism: data.parallelism,
    timeoutSeconds: data.timeoutSeconds,
    maxAttempts: data.maxAttempts,
    lang: data.lang,
    logger: options.logger ?? silent,
  };
}

function numberWithin({ fallback, least, most, whole }: NumberLimits) {
  const number = whole ? z.number().int("must be a whole number") : z.number();
  return number.min(least, `must be at least ${least}`).max(most, `is above ${most}`).default(fallback);
}

/** Only the first problem is told; each names its option and what is wrong with it, none the value. */
function optionErrorOf({ issues }: z.ZodError): OptionError {
  const [issue] = issues;
  const option = String(issue?.path[0]) as keyof ManagementClientOptions;
  return new OptionError(option, `${option} ${issue?.message ?? "is not valid"}.`);
}
