import { expect, test } from "@jest/globals";
import { seedUsers, startEmulator } from "../../src/emulator";
import { startCommand } from "./command";

/** A command that reaches a pool; all of them take it from the environment in one place. */
const ARGUMENTS = ["export", "--user-id-type", "email"];

test("a host that is no address is told with its variable and its value", async () => {
  const env = {
    GENAUTH_HOST: "localhost:3000",
    GENAUTH_ACCESS_KEY_ID: "id",
    GENAUTH_ACCESS_KEY_SECRET: "s3cr3t",
  };
  const { code, stdout, stderr } = await startCommand(ARGUMENTS, { env }).finished;
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^error: Invalid GENAUTH_HOST: GENAUTH_HOST is "localhost:3000"\. .*http:\/\/\.\n$/);
});

test("a variable whose name is misspelt gets a warning, and the command goes on", async () => {
  const emulator = await startEmulator({ users: seedUsers(2) });
  try {
    const env = { ...emulator.environment(), GENAUTH_PARALELISM: "s3cr3t" };
    const { code, stderr } = await startCommand(ARGUMENTS, { env }).finished;
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^warning: GENAUTH_PARALELISM is not read: .* GENAUTH_PARALLELISM\. .*\n2 users written\.\n$/,
    );
    expect(stderr).not.toContain("s3cr3t");
  } finally {
    await emulator.close();
  }
});

test("where a credential is missing, the misspelt variable is named beside it", async () => {
  const env = { GENAUTH_ACCESS_KEY_ID: "id", GENAUTH_ACCESS_KEY_SECERT: "s3cr3t" };
  const { code, stderr } = await startCommand(ARGUMENTS, { env }).finished;
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: No access key secret: .*\nGENAUTH_ACCESS_KEY_SECERT is not read: /);
  expect(stderr).not.toContain("s3cr3t");
});
