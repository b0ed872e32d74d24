import { describe, expect, test } from "@jest/globals";
import { describeNewProviders, findStateLock, firstError } from "../../../src/pipeline/engine-messages";

/** What an engine prints if a state is locked: the cause, as the backend words it, and a lock with this id. */
function lockError(cause: string, id: string): string {
  return [
    "╷",
    "│ Error: Error acquiring the state lock",
    "│ ",
    ...cause.split("\n").map((line) => `│ ${line}`),
    "│ Lock Info:",
    `│   ID:        ${id}`,
    "│   Path:      ",
    "│   Operation: OperationTypeApply",
    "│   Who:       runner@fv-az1",
    "│   Version:   1.11.4",
    "│   Created:   2026-12-01 20:00:00 +0000 UTC",
    "╵",
  ].join("\n");
}

describe("the lock that made an engine fail", () => {
  const HELD = "5d4c7b1a-0000-4000-8000-000000000001";
  const holder = { who: "runner@fv-az1", since: "2026-12-01 20:00:00 +0000 UTC" };

  test.each([
    {
      backend: "S3",
      cause: "Error message: operation error DynamoDB: PutItem,\nConditionalCheckFailedException",
    },
    { backend: "HTTP", cause: `Error message: HTTP remote state already locked:\nID=${HELD}` },
  ])("is found with its holder in the error of $backend", ({ cause }) => {
    expect(findStateLock(lockError(cause, HELD))).toEqual({ id: HELD, holder });
  });

  test("is found without a holder where Terraform shows the lock that it asked for itself", () => {
    const asked = "340b8a25-f756-15ad-19c9-8a70db2ac1b3";
    const printed = lockError(`Error message: HTTP remote state already locked:\nID=${HELD}`, asked);
    expect(findStateLock(printed)).toEqual({ id: HELD });
  });

  test.each([
    {
      answer: "no JSON",
      cause: "Error message: HTTP remote state already locked, failed to\nunmarshal body",
    },
    { answer: "no id", cause: "Error message: HTTP remote state already locked: ID=" },
  ])(
    "is not named if the service of the state answers with $answer, for the shown lock is the asked one",
    ({ cause }) => {
      expect(findStateLock(lockError(cause, HELD))).toEqual({});
    },
  );

  test("is not found in another error", () => {
    expect(findStateLock("Error: Saved plan is stale")).toBeUndefined();
  });
});

describe("the providers that init looks for, because the lock file lacks them,", () => {
  const LOCKED =
    "- Reusing previous version of terraform.local/genauth/genauth from the dependency lock file";

  test("are named", () => {
    const output = [
      "Initializing provider plugins...",
      LOCKED,
      "- Finding latest version of hashicorp/random...",
      '- Finding hashicorp/aws versions matching "~> 5.0"...',
    ].join("\n");
    expect(describeNewProviders(output, "staff.lock.hcl")).toBe(
      "It asks for hashicorp/random, hashicorp/aws, which staff.lock.hcl does not name. ",
    );
  });

  test("are not spoken of if there are none", () => {
    const output = `Initializing provider plugins...\n${LOCKED}`;
    expect(describeNewProviders(output, "staff.lock.hcl")).toBe("");
  });
});

test.each([
  {
    printed: "in frames",
    errors: "╷\n│ Error: Failed to query\n│ \n│ No network.\n╵\n\n╷\n│ Error: Another one\n╵\n",
  },
  { printed: "without frames", errors: "\nError: Failed to query\n\nNo network.\n" },
])("the first error that an engine printed $printed is put in one line", ({ errors }) => {
  expect(firstError(errors)).toBe("Error: Failed to query No network.");
});

test("there is no first error if an engine printed none", () => {
  expect(firstError("nothing")).toBe("");
});
