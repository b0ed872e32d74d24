import * as z from "zod";
import { proxyFor } from "./agent";
import { originOf } from "./host";
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
  requestsPerSecond: z.number().min(0.1, "must be at least 0.1").max(10_000, "is above 10000").default(75),
  parallelism: count(256).default(8),
  timeoutSeconds: z.number().min(0.1, "must be at least 0.1").max(3600, "is above an hour").default(30),
  maxAttempts: count(100).default(6),
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

function count(most: number) {
  return z.number().int("must be a whole number").min(1, "must be at least 1").max(most, `is above ${most}`);
}

/** Only the first problem is told; each names its option and what is wrong with it, none the value. */
function optionErrorOf({ issues }: z.ZodError): OptionError {
  const [issue] = issues;
  const option = String(issue?.path[0]) as keyof ManagementClientOptions;
  return new OptionError(option, `${option} ${issue?.message ?? "is not valid"}.`);
}
