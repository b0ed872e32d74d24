import type * as z from "zod";
import { parseJson } from "../text";

/** A call of a platform's API. */
interface WebCall {
  readonly method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly body?: unknown;
}

/** An answer of a platform. */
interface WebAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** For the largest one, in milliseconds. */
const TIMEOUT_MS = 600_000;

/** The largest answer, in bytes: a tar with executables for several platforms. */
const MOST_BYTES = 2_000_000_000;

/** How an API is reached. */
export interface ApiOptions {
  readonly name: "GitHub" | "GitLab";
  /** The address that each path follows. */
  readonly base: string;
  /** They hold the token. A redirection is followed without them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Says what to do about an answer that is no success. */
  readonly advise: (path: string, status: number, right: "read" | "write") => string;
}

/** The API of a platform. */
export class PlatformApi {
  constructor(private readonly options: ApiOptions) {}

  /**
   * Reads something.
   *
   * @param path such as `actions/runs/1`
   * @returns undefined if it is not there, or the token may not read it
   * @throws Error if the platform does not answer with data of this form
   */
  async find<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const answer = await this.call(path);
    return [403, 404].includes(answer.status) ? undefined : this.#read(path, schema, answer);
  }

  /** Reads something that must be there. @throws Error if it cannot be read */
  async read<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    return this.#read(path, schema, await this.call(path));
  }

  /** Changes something. @throws Error with the platform's reason */
  async send(method: "POST" | "PATCH" | "PUT" | "DELETE", path: string, body?: unknown): Promise<void> {
    this.#check(path, await this.call(path, { method, body }), "write");
  }

  /** Calls it, whatever the answer. @throws Error that names the address, if there is none */
  call(path: string, call?: WebCall): Promise<WebAnswer> {
    return callWeb(`${this.options.base}/${path}`, this.options.headers, call);
  }

  #read<T>(path: string, schema: z.ZodType<T>, answer: WebAnswer): T {
    this.#check(path, answer, "read");
    return readAnswer(answer.body, schema, `${this.options.name}'s answer for ${path}`);
  }

  #check(path: string, { status, body }: WebAnswer, right: "read" | "write"): void {
    if (status >= 200 && status <= 299) return;
    const { name, advise } = this.options;
    throw new Error(
      `${name} answered ${status} for ${path}: ${body.toString("utf8").slice(0, 300)}. This job went no further.${advise(path, status, right)}`,
    );
  }
}

async function callWeb(
  address: string,
  headers: Readonly<Record<string, string>>,
  { method = "GET", body }: WebCall = {},
  redirections = 3,
): Promise<WebAnswer> {
  // Loaded here, because half of the jobs call nobody.
  const [{ default: fetch }, { HttpsProxyAgent }, { getProxyForUrl }] = await Promise.all([
    import("node-fetch"),
    import("https-proxy-agent"),
    import("proxy-from-env"),
  ]);
  const proxy = getProxyForUrl(address);
  try {
    const response = await fetch(address, {
      method,
      headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) },
      redirect: "manual",
      size: MOST_BYTES,
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(proxy !== "" && { agent: new HttpsProxyAgent(proxy) }),
    });
    const location = response.headers.get("location");
    if (response.status >= 300 && response.status < 400 && location !== null && redirections > 0)
      return await callWeb(new URL(location, address).href, {}, {}, redirections - 1);
    return { status: response.status, body: Buffer.from(await response.arrayBuffer()) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `${new URL(address).origin} did not answer: ${why}. This job went no further. Run it again; if it is the one that applies, run the whole pipeline again.`,
      { cause },
    );
  }
}

/**
 * Reads an answer of a platform.
 *
 * @param source names the answer in an error
 * @throws Error if it has not the form that the platform documents
 */
export function readAnswer<T>(body: Buffer, schema: z.ZodType<T>, source: string): T {
  const answer = parseJson(body.toString("utf8"));
  const { data, error } = schema.safeParse(answer);
  if (!error) return data;
  const [issue] = error.issues;
  const at = issue?.path.join(".") ?? "";
  const what =
    answer === undefined
      ? "it is not JSON"
      : `${at === "" ? "" : `at ${at}: `}${issue?.message ?? "another structure"}`;
  throw new Error(
    `${source} has an unexpected form: ${what}. This job went no further. A proxy may have answered instead, or the platform's version is one that this version of cdktf-genauth does not know.`,
  );
}
