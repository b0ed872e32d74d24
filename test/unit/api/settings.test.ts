import { expect, test } from "@jest/globals";
import { OptionError } from "../../../src/api";
import type { ManagementClientOptions } from "../../../src/api";
import { originOf } from "../../../src/api/host";
import { checkOptions } from "../../../src/api/options";
import { shown } from "../../support/api/shown";

const good: ManagementClientOptions = {
  host: "https://api.genauth.ai",
  accessKeyId: "id",
  accessKeySecret: "s3cr3t",
};

test("omitted options have defaults", () => {
  expect(checkOptions(good, {})).toEqual({
    logger: { debug: expect.any(Function), trace: expect.any(Function) },
    origin: "https://api.genauth.ai",
    userAgent: expect.stringMatching(/^cdktf-genauth\/0\.1\.0 /),
    requestsPerSecond: 75,
    parallelism: 8,
    timeoutSeconds: 30,
    maxAttempts: 6,
    lang: "en-US",
    onWait: expect.any(Function),
  });
});

test.each([
  ["https://api.genauth.ai", "https://api.genauth.ai"],
  ["https://GenAuth.example:8443", "https://genauth.example:8443"],
  ["https://api.genauth.ai/", "https://api.genauth.ai"],
  ["http://localhost:3000", "http://localhost:3000"],
  ["http://127.0.0.1:3000", "http://127.0.0.1:3000"],
  ["http://127.100.200.250:3000", "http://127.100.200.250:3000"],
  ["http://[::1]:3000", "http://[::1]:3000"],
])("the host %s is accepted", (host, origin) => {
  expect(checkOptions({ ...good, host }, {}).origin).toBe(origin);
});

test.each([
  ["api.genauth.ai", "The host must be an http or https URL, such as https://api.genauth.ai."],
  ["localhost:3000", "such as http://localhost:3000."],
  ["genauth.example:8443", "such as https://genauth.example:8443."],
  ["api.genauth.ai:8443/api", "such as https://api.genauth.ai."],
  ["me:s3cr3t@genauth.example", "such as https://api.genauth.ai."],
  ["", "such as https://api.genauth.ai."],
  ["ftp://api.genauth.ai", "The host must be an http or https URL"],
  ["ftp://me:s3cr3t@genauth.example", "such as https://api.genauth.ai."],
  ["https://api.genauth.ai//", "write https://api.genauth.ai instead of https://api.genauth.ai//"],
  ["https://api.genauth.ai/api/v3", "write https://api.genauth.ai instead"],
  ["https://api.genauth.ai?x=1", "write https://api.genauth.ai instead"],
  ["https://api.genauth.ai#x", "write https://api.genauth.ai instead"],
  ["https://me:s3cr3t@api.genauth.ai", "must not contain a user name or password"],
  ["https://me@api.genauth.ai", "must not contain a user name or password"],
  ["https://:s3cr3t@api.genauth.ai", "must not contain a user name or password"],
  ["http://api.genauth.ai", "Plain http is only for loopback, such as http://127.0.0.1:3000"],
  ["http://127.0.0.1.example.com", "Plain http is only for loopback, such as http://127.0.0.1:3000"],
  ["http://10.0.0.1", "Plain http is only for loopback, such as http://127.0.0.1:3000"],
])("the host %j is refused", (host, words) => {
  const error = errorOf({ ...good, host });
  expect(error).toMatchObject({ option: "host", message: expect.stringContaining(words) });
  expect(shown(error)).not.toContain("s3cr3t");
});

test.each([
  ["api.genauth.ai", "https://api.genauth.ai"],
  [" https://GenAuth.example:443/api ", "https://genauth.example"],
  ["http://localhost:3000", "http://localhost:3000"],
  [" ", ""],
  ["two words", "two words"],
])("a list of hosts that names %j means %j", (host, origin) => {
  expect(originOf(host)).toBe(origin);
});

test("with a guard, which has the secret, the client needs none", () => {
  const guarded = { ...good, accessKeySecret: "", guard: "/run/guard.sock" };
  expect(checkOptions(guarded, {})).toMatchObject({ guard: "/run/guard.sock" });
});

test("certificate checks cannot be turned off, except for loopback", () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  expect(errorOf(good, env)).toMatchObject({
    option: "host",
    message: expect.stringContaining("NODE_EXTRA_CA_CERTS"),
  });
  expect(checkOptions({ ...good, host: "https://localhost:8443" }, env).origin).toBe(
    "https://localhost:8443",
  );
});

test.each<[Partial<Record<keyof ManagementClientOptions, unknown>>, string]>([
  [{ accessKeyId: "" }, "accessKeyId is empty."],
  [{ accessKeySecret: "" }, "accessKeySecret is empty."],
  [{ accessKeySecret: "s3cr3t\n" }, "accessKeySecret contains a space, a line break"],
  [{ accessKeyId: "ïd" }, "accessKeyId contains a space, a line break or a non-ASCII character. Copy it"],
  [{ tenantId: "a b" }, "tenantId contains a space"],
  [{ requestsPerSecond: 0 }, "requestsPerSecond must be at least 0.1."],
  [{ requestsPerSecond: 100_000 }, "requestsPerSecond is above 10000."],
  [{ parallelism: 1.5 }, "parallelism must be a whole number."],
  [{ parallelism: 0 }, "parallelism must be at least 1."],
  [{ timeoutSeconds: -1 }, "timeoutSeconds must be at least 0.1."],
  [{ maxAttempts: 101 }, "maxAttempts is above 100."],
])("%j is refused with a message that names the option and contains no secret", (options, words) => {
  const error = errorOf({ ...good, ...options } as ManagementClientOptions);
  expect(error).toMatchObject({ option: Object.keys(options)[0], message: expect.stringContaining(words) });
  expect(shown(error)).not.toContain("s3cr3t");
});

function errorOf(options: ManagementClientOptions, env: NodeJS.ProcessEnv = {}): OptionError {
  try {
    checkOptions(options, env);
  } catch (error) {
    if (error instanceof OptionError) return error;
    throw error;
  }
  throw new Error("The options were accepted.");
}
