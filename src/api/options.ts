import { getProxyForUrl } from "proxy-from-env";
import * as z from "zod";
import { version } from "../../package.json";
import { checkHost, isLoopback } from "./host";
import { LIMITS, type NumberLimits } from "./limits";

/** The options of a client. */
export interface ManagementClientOptions {
  /** Such as `https://api.genauth.ai`: no path, no trailing slash. Plain http only on loopback. */
  readonly host: string;
  /** The user pool id, or an administrator's access key id. */
  readonly accessKeyId: string;
  /** Not used with a guard. */
  readonly accessKeySecret: string;
  /** The Unix socket of the guard that holds the key and signs in place of this client; default none. */
  readonly guard?: string;
  /** The tenant to act in; default none. */
  readonly tenantId?: string;
  /**
   * The pace of the whole client; default 75, half of a pool's limit, because production traffic shares it.
   */
  readonly requestsPerSecond?: number;
  /** Calls in flight at once; default 8. */
  readonly parallelism?: number;
  /** The time limit of one attempt, until its answer has been read completely; default 30. */
  readonly timeoutSeconds?: number;
  /** How many times one call is attempted at most; default 6. */
  readonly maxAttempts?: number;
  /**
   * What sends the requests, as their user agent names it: visible ASCII and blanks. Default this package.
   */
  readonly userAgent?: string;
  /** The language of GenAuth's messages: `zh-CN`, `en-US` (default), `ja-JP` or `zh-TW`. */
  readonly lang?: "zh-CN" | "en-US" | "ja-JP" | "zh-TW";
  /** Where calls are logged; default nowhere. */
  readonly logger?: ClientLogger;
  /**
   * Is told before each wait for another attempt, so that a person sees why nothing happens; default nobody.
   */
  readonly onWait?: (wait: Wait) => void;
}

/** A wait for another attempt of a call. It names no user. */
export interface Wait {
  /** The attempt that follows, from 2. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly milliseconds: number;
  /** What the last attempt was answered; absent: nothing that can be read. */
  readonly statusCode?: number;
}

/** The client's log. It never gets the secret. */
export interface ClientLogger {
  /** One line for each attempt: the number of ids, not the ids. */
  debug(message: string, fields: Readonly<Record<string, unknown>>): void;
  /** Details that DEBUG must not show, such as the ids of a call. */
  trace(message: string, fields: Readonly<Record<string, unknown>>): void;
}

/** An invalid option. Names the option, and never its value if that is a secret. */
export class OptionError extends Error {
  /** The option concerned. */
  readonly option: keyof ManagementClientOptions;

  constructor(option: keyof ManagementClientOptions, message: string) {
    super(message);
    this.name = "OptionError";
    this.option = option;
  }
}

/** Checked options with defaults, without the credentials. */
export interface Settings {
  /** The scheme, name and port of the host. */
  readonly origin: string;
  /** The proxy that the environment sets for this host. */
  readonly proxy: URL | undefined;
  /** The socket of the guard that signs; absent: the client signs. */
  readonly guard?: string;
  readonly tenantId?: string | undefined;
  readonly requestsPerSecond: number;
  readonly parallelism: number;
  readonly timeoutSeconds: number;
  readonly maxAttempts: number;
  readonly lang: string;
  readonly userAgent: string;
  readonly logger: ClientLogger;
  readonly onWait: (wait: Wait) => void;
}

/**
 * Ids and secrets are sent in headers, or sign them: visible ASCII only. The usual mistake is a line break.
 */
const token = z
  .string()
  .min(1, "is empty")
  .regex(/^[\x21-\x7e]*$/, "contains a space, a line break or a non-ASCII character. Copy it again, in full");

const Key = z.object({ accessKeyId: token, accessKeySecret: token });

/** With a guard, which has the secret. */
const KeyOfGuard = Key.omit({ accessKeySecret: true });

const Checked = z.object({
  tenantId: token.optional(),
  requestsPerSecond: numberWithin(LIMITS.requestsPerSecond),
  parallelism: numberWithin(LIMITS.parallelism),
  timeoutSeconds: numberWithin(LIMITS.timeoutSeconds),
  maxAttempts: numberWithin(LIMITS.maxAttempts),
  lang: z.enum(["zh-CN", "en-US", "ja-JP", "zh-TW"]).default("en-US"),
});

/** Checks options and fills in the defaults. @throws OptionError */
export function checkOptions(
  options: ManagementClientOptions,
  env: NodeJS.ProcessEnv = process.env,
): Settings {
  const host = checkHost(options.host);
  if ("problem" in host) throw new OptionError("host", host.problem);
  const untrusted = certificateProblem(host.origin, env);
  if (untrusted !== undefined) throw new OptionError("host", untrusted);
  const route = findProxy(host.origin);
  if ("problem" in route) throw new OptionError("host", route.problem);
  const { guard } = options;
  const key = (guard === undefined ? Key : KeyOfGuard).safeParse(options);
  if (key.error) throw toOptionError(key.error);
  const { data, error } = Checked.safeParse(options);
  if (error) throw toOptionError(error);
  return {
    ...data,
    origin: host.origin,
    proxy: route.proxy,
    guard,
    userAgent: options.userAgent ?? OWN_USER_AGENT,
    logger: options.logger ?? SILENT,
    onWait: options.onWait ?? (() => undefined),
  };
}

function numberWithin({ fallback, least, most, whole }: NumberLimits) {
  const number = whole ? z.number().int("must be a whole number") : z.number();
  return number.min(least, `must be at least ${least}`).max(most, `is above ${most}`).default(fallback);
}

/** Reports only the first problem, by the name of its option and without its value. */
function toOptionError({ issues }: z.ZodError): OptionError {
  const [issue] = issues;
  const option = String(issue?.path[0]) as keyof ManagementClientOptions;
  return new OptionError(option, `${option} ${issue?.message ?? "is not valid"}.`);
}

const OWN_USER_AGENT = `cdktf-genauth/${version} (${process.platform}; ${process.arch}) Node.js/${process.version}`;

const SILENT: ClientLogger = { debug: () => undefined, trace: () => undefined };

/**
 * What is wrong with the environment for requests to an origin, as a sentence for people; `undefined` if
 * nothing is.
 */
function certificateProblem(origin: string, env: NodeJS.ProcessEnv): string | undefined {
  if (isLoopback(new URL(origin)) || env["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0") return undefined;
  return (
    "NODE_TLS_REJECT_UNAUTHORIZED=0 turns off certificate checks, so anybody on the network path could read and change " +
    "requests. Unset it, and set NODE_EXTRA_CA_CERTS to the certificate authority of your private deployment."
  );
}

/** The proxy that `HTTPS_PROXY` and `NO_PROXY` set for a host, if any, or what is wrong with it. */
export function findProxy(origin: string): { readonly proxy?: URL } | { readonly problem: string } {
  // A proxy cannot reach this machine's loopback.
  const value = isLoopback(new URL(origin)) ? "" : getProxyForUrl(origin);
  if (value === "") return {};
  const proxy = URL.canParse(value) ? new URL(value) : undefined;
  // Not quoted, because it may hold a password.
  if (!proxy || !["http:", "https:"].includes(proxy.protocol))
    return {
      problem: "HTTPS_PROXY must be the URL of an http or https proxy, such as http://proxy.example:3128.",
    };
  return { proxy };
}
