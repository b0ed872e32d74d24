import { expect, test } from "@jest/globals";
import { describeNewProviders, findStateLock, firstError } from "../../../src/pipeline/engine-messages";

/** What an engine prints if a state is locked. */
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

test("the lock of a state that an apply left which was cut off is found in what the engine prints", () => {
  const id = "5d4c7b1a-0000-4000-8000-000000000001";
  const holder = { who: "runner@fv-az1", since: "2026-12-01 20:00:00 +0000 UTC" };
  const s3 = lockError(
    "Error message: operation error DynamoDB: PutItem,\nConditionalCheckFailedException",
    id,
  );
  expect(findStateLock(s3)).toEqual({ id, holder });
  const http = lockError(`Error message: HTTP remote state already locked:\nID=${id}`, id);
  expect(findStateLock(http)).toEqual({ id, holder });
  expect(findStateLock("Error: Saved plan is stale")).toBeUndefined();
});

test("where Terraform shows the lock that it asked for, the one that is held is found, without a holder", () => {
  const held = "e30c4d39-8444-aaf3-3141-6a6c6397dad6";
  const printed = lockError(
    `Error message: HTTP remote state already locked:\nID=${held}`,
    "340b8a25-f756-15ad-19c9-8a70db2ac1b3",
  );
  expect(findStateLock(printed)).toEqual({ id: held });
});

test("names the provider that a configuration asks for and its lock file lacks, and why init failed", () => {
  const output = [
    "Initializing provider plugins...",
    "- Reusing previous version of terraform.local/genauth/genauth from the dependency lock file",
    "- Finding latest version of hashicorp/random...",
    '- Finding hashicorp/aws versions matching "~> 5.0"...',
  ];
  expect(describeNewProviders(output.join("\n"), "staff.lock.hcl")).toBe(
    "It asks for hashicorp/random, hashicorp/aws, which staff.lock.hcl does not name. ",
  );
  expect(describeNewProviders(output.slice(0, 2).join("\n"), "staff.lock.hcl")).toBe("");
  const errors = "╷\n│ Error: Failed to query\n│ \n│ No network.\n╵\n\n╷\n│ Error: Another one\n╵\n";
  expect(firstError(errors)).toBe("Error: Failed to query No network.");
  expect(firstError("\nError: Failed to query\n\nNo network.\n")).toBe("Error: Failed to query No network.");
  expect(firstError("nothing")).toBe("");
});
