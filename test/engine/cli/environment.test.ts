import { expect, test } from "@jest/globals";
import { seedUsers, startEmulator } from "../../support/emulator";
import { startCommand } from "../../support/command";

/** One of the commands that call a pool. All of them read the environment in the same way. */
const ARGUMENTS = ["export", "--user-id-type", "email"];

const KEY = { GENAUTH_ACCESS_KEY_ID: "id", GENAUTH_ACCESS_KEY_SECRET: "s3cr3t" };

test("a misspelt variable is a warning, and the command continues", async () => {
  const emulator = await startEmulator({ users: seedUsers(2) });
  const env = { ...emulator.environment(), GENAUTH_PARALELISM: "s3cr3t" };
  const { code, stderr } = await startCommand(ARGUMENTS, { env }).finished;
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /^warning: GENAUTH_PARALELISM is not read: .* GENAUTH_PARALLELISM\. .*\n2 users written\.\n$/,
  );
  expect(stderr).not.toContain("s3cr3t");
});

test.each<[what: string, env: Readonly<Record<string, string>>, says: RegExp]>([
  [
    "a host that is not a URL is reported with its variable and its value",
    { ...KEY, GENAUTH_HOST: "localhost:3000" },
    /^error: Invalid GENAUTH_HOST: GENAUTH_HOST is "localhost:3000"\. .*http:\/\/\.\n$/,
  ],
  [
    "if a credential is missing, the error is followed by the misspelt variable",
    { GENAUTH_ACCESS_KEY_ID: "id", GENAUTH_ACCESS_KEY_SECERT: "s3cr3t" },
    /^error: No access key secret: .*\nGENAUTH_ACCESS_KEY_SECERT is not read: /,
  ],
  [
    "if both credentials are missing, one sentence says once where they are, and names the emulator, but no configuration",
    {},
    /^error: No access key: Set GENAUTH_ACCESS_KEY_ID and (?!.*provider block)(?!.*Key Management.*Key Management).*Key Management.* run cdktf-genauth emulator, .*\n$/,
  ],
  [
    "each wait for an unreachable host is a line",
    { ...KEY, GENAUTH_HOST: "http://127.0.0.1:9", GENAUTH_MAX_ATTEMPTS: "3" },
    /^http:\/\/127\.0\.0\.1:9: no answer; attempt 2 of 3 in \d\.\d s\nhttp:\/\/127\.0\.0\.1:9: no answer; attempt 3 of 3 in \d\.\d s\nerror: /,
  ],
])("%s", async (_, env, says) => {
  const { code, stdout, stderr } = await startCommand(ARGUMENTS, { env }).finished;
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(says) as unknown,
  });
  expect(stderr).not.toContain("s3cr3t");
});
