import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { NullResourceUserSet, UserIdType, Users } from "../../../src";
import {
  LARGEST_TEXT,
  PIECE_LENGTH,
  PIECES,
  compress,
  pieceNames,
  Variable,
} from "../../../src/payload/declaration";
import { triggersOf } from "../../../src/payload/triggers";
import { longEmails } from "../../support/long-emails";
import { withStack } from "../../support/null-resource-stack";

/**
 * Limits of Linux, in bytes: for one variable, and for all variables and arguments with the usual stack size of 8 MiB.
 */
const ONE_VARIABLE = 128 * 1024;
const ALL_VARIABLES = 2 * 1024 * 1024;
/** Many times the size of an ordinary environment. */
const INHERITED = 128 * 1024;

describe("10,000 of the longest e-mail addresses", () => {
  const emails = longEmails(10_000);
  let environment: Record<string, string>;
  beforeAll(() => {
    environment = environmentOf(emails);
  });

  test("fit into the variables of a Linux process, as previous and as declared set", () => {
    const sizes = Object.entries(environment).map(([name, value]) => `${name}=${value}\0`.length);
    expect(new Set(emails).size).toBe(10_000);
    expect(emails.every(({ length }) => length === 254)).toBe(true);
    expect(Math.max(...sizes)).toBeLessThan(ONE_VARIABLE);
    expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(ALL_VARIABLES - INHERITED);
  });

  // Other systems have smaller limits. Terraform then cannot start the process, and nobody is deleted.
  (process.platform === "linux" ? test : test.skip)("start a process", () => {
    const options = { env: environment, encoding: "utf8" } as const;
    expect(spawnSync("/bin/sh", ["-c", "echo started"], options)).toMatchObject({
      status: 0,
      stdout: "started\n",
    });
  });
});

test("the largest set that synth accepts fits into the pieces without being truncated", () => {
  expect(LARGEST_TEXT).toBeLessThan(PIECES * PIECE_LENGTH);
  expect(pieceNames(Variable.PRIOR)).toHaveLength(PIECES);
});

/**
 * The provisioner's environment for a process, with Terraform's expressions evaluated for the same set as previous set.
 */
function environmentOf(emails: readonly string[]): Record<string, string> {
  const users = Users.fromIds([...emails]);
  let text = "";
  withStack(
    (stack) =>
      new NullResourceUserSet(stack, "staff", {
        users,
        userIdType: UserIdType.EMAIL,
      }),
    (folder) => {
      text = readFileSync(join(folder, "cdk.tf.json"), "utf8");
    },
  );
  const { resource } = JSON.parse(text) as {
    resource: {
      null_resource: { staff: { provisioner: [{ "local-exec": { environment: Record<string, string> } }] } };
    };
  };
  const { environment } = resource.null_resource.staff.provisioner[0]["local-exec"];
  const prior = compress(JSON.stringify(triggersOf(UserIdType.EMAIL, users.toMap())));
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => {
      const [, from, length] = /^\$\{substr\(.*, (\d+), (\d+)\)\}$/.exec(value) ?? [];
      return [name, from === undefined ? value : prior.slice(Number(from), Number(from) + Number(length))];
    }),
  );
}
