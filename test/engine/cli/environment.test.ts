import { expect, test } from "@jest/globals";
import { seedUsers, startEmulator } from "../../support/emulator";
import { runCommand } from "../../support/command";

/** One of the commands that call a pool. All of them read the environment in the same way. */
const ARGUMENTS = ["export", "--user-id-type", "email"];

const SECRET = "s3cr3t";
const KEY = { GENAUTH_ACCESS_KEY_ID: "id", GENAUTH_ACCESS_KEY_SECRET: SECRET };

test("a misspelt variable is a warning without its value, and the command continues", async () => {
  const emulator = await startEmulator({ users: seedUsers(2) });
  // The command does not know which variable was meant, so each value could be a secret, also that of a number.
  const env = { ...emulator.environment(), GENAUTH_PARALELISM: SECRET };
  const { code, stderr } = await runCommand(ARGUMENTS, env);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr:
      "warning: GENAUTH_PARALELISM is not read: There is no variable of that name. The closest is " +
      "GENAUTH_PARALLELISM. Rename the variable, or remove it.\n2 users written.\n",
  });
});

test("without credentials, the error says how to set them, where the console shows them, and how to do without", async () => {
  const { code, stdout, stderr } = await runCommand(ARGUMENTS, {});
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toBe(
    "error: No access key: Set GENAUTH_ACCESS_KEY_ID and GENAUTH_ACCESS_KEY_SECRET. Where the console shows keys: " +
      "Settings > Basic Settings > Key Management; 设置 > 基础设置 > 密钥管理. To try this without an account, run " +
      "cdktf-genauth emulator, and export what it prints.\n",
  );
});

test.each<{
  readonly promise: string;
  readonly env: Readonly<Record<string, string>>;
  readonly says: RegExp;
}>([
  {
    promise: "a host that is not a URL is reported with its variable and its value",
    env: { ...KEY, GENAUTH_HOST: "localhost:3000" },
    says: /^error: Invalid GENAUTH_HOST: GENAUTH_HOST is "localhost:3000"\. .*http:\/\/\.\n$/,
  },
  {
    promise: "if the secret is missing, the error is followed by the misspelt variable that holds it",
    env: { GENAUTH_ACCESS_KEY_ID: "id", GENAUTH_ACCESS_KEY_SECERT: SECRET },
    says: /^error: No access key secret: .*\nGENAUTH_ACCESS_KEY_SECERT is not read: /,
  },
  {
    promise: "each wait for an unreachable host is a line",
    env: { ...KEY, GENAUTH_HOST: "http://127.0.0.1:9", GENAUTH_MAX_ATTEMPTS: "3" },
    says: /^http:\/\/127\.0\.0\.1:9: no answer; attempt 2 of 3 in \d\.\d s\nhttp:\/\/127\.0\.0\.1:9: no answer; attempt 3 of 3 in \d\.\d s\nerror: /,
  },
])("$promise", async ({ env, says }) => {
  const { code, stdout, stderr } = await runCommand(ARGUMENTS, env);
  expect({ code, stdout, stderr }).toEqual({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(says) as unknown,
  });
  expect(stderr).not.toContain(SECRET);
});
