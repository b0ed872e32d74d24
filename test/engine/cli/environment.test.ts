import { expect, test } from "@jest/globals";
import { seedUsers, startEmulator } from "../../support/emulator";
import { startCommand } from "../../support/command";

/** One of the commands that call a pool. All of them read the environment in the same way. */
const ARGUMENTS = ["export", "--user-id-type", "email"];

test("a host that is not a URL is reported with its variable and its value", async () => {
  const env = {
    GENAUTH_HOST: "localhost:3000",
    GENAUTH_ACCESS_KEY_ID: "id",
    GENAUTH_ACCESS_KEY_SECRET: "s3cr3t",
  };
  const { code, stdout, stderr } = await startCommand(ARGUMENTS, { env }).finished;
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^error: Invalid GENAUTH_HOST: GENAUTH_HOST is "localhost:3000"\. .*http:\/\/\.\n$/);
});

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

test("if a credential is missing, the error is followed by the misspelt variable", async () => {
  const env = { GENAUTH_ACCESS_KEY_ID: "id", GENAUTH_ACCESS_KEY_SECERT: "s3cr3t" };
  const { code, stderr } = await startCommand(ARGUMENTS, { env }).finished;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: No access key secret: .*\nGENAUTH_ACCESS_KEY_SECERT is not read: /);
  expect(stderr).not.toContain("s3cr3t");
});

test("if both credentials are missing, one sentence says where they are, and names the emulator", async () => {
  const { code, stderr } = await startCommand(ARGUMENTS, { env: {} }).finished;
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^error: No access key: Set GENAUTH_ACCESS_KEY_ID and GENAUTH_ACCESS_KEY_SECRET, .* run genauth-users emulator, .*\n$/,
  );
  expect(stderr.match(/Key Management/g)).toHaveLength(1);
});

test("each wait for an unreachable host is a line", async () => {
  const env = {
    GENAUTH_HOST: "http://127.0.0.1:9",
    GENAUTH_ACCESS_KEY_ID: "id",
    GENAUTH_ACCESS_KEY_SECRET: "s3cr3t",
    GENAUTH_MAX_ATTEMPTS: "3",
  };
  const { code, stderr } = await startCommand(ARGUMENTS, { env }).finished;
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^http:\/\/127\.0\.0\.1:9: no answer; attempt 2 of 3 in \d\.\d s\nhttp:\/\/127\.0\.0\.1:9: no answer; attempt 3 of 3 in \d\.\d s\nerror: /,
  );
});
