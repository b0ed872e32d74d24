import { describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { applyRemoval, sayDeletion, sayProgress } from "../../../src/null-resource/apply-removal";
import { seedUsers, startEmulator } from "../../support/emulator";
import { DECLARATION_FORMAT } from "../../../src/payload/declaration";
import { UserIdType } from "../../../src/users";

describe("a deletion of 1,000 users", () => {
  /** A deletion that has just begun, its clock in milliseconds, and the lines that it prints. */
  function begin() {
    const lines: string[] = [];
    const clock = { now: 0 };
    const say = (line: string): void => void lines.push(line);
    const watch = sayProgress(say, () => clock.now);
    const tell = sayDeletion(say, watch);
    tell({ done: 0, gone: 0, total: 1000 });
    return { lines, clock, tell };
  }

  test("prints its rate and the remaining time, at most every five seconds", () => {
    const { lines, clock, tell } = begin();
    clock.now = 4_999;
    tell({ done: 499, gone: 498, total: 1000 });
    expect(lines).toEqual([]);

    clock.now = 5_000;
    tell({ done: 500, gone: 499, total: 1000 });
    clock.now = 9_999;
    tell({ done: 749, gone: 748, total: 1000 });
    expect(lines).toEqual(["deleting users: 500 of 1000, 100 a second, about 5 s left"]);

    clock.now = 10_000;
    tell({ done: 750, gone: 749, total: 1000 });
    expect(lines.slice(1)).toEqual(["deleting users: 750 of 1000, 75 a second, about 4 s left"]);
  });

  test("prints at its end how many are gone, even if it took no time", () => {
    const { lines, tell } = begin();
    tell({ done: 1000, gone: 999, total: 1000 });
    // A chunk has 50 users, as many as GenAuth takes in one call.
    expect(lines).toEqual(["20 of 20 chunks done: 999 of 1000 users gone, 1 not"]);
  });
});

test("an apply prints its progress as it looks up 100 leavers, deletes them, and looks up 100 who stay", async () => {
  const users = seedUsers(200);
  const emulator = await startEmulator({ users });
  const all = users.map(({ email = "" }) => [email, ""] as const);
  const staying = all.slice(100);
  const output: string[] = [];
  let clock = 0;
  await applyRemoval(
    {
      object: "id of the null_resource",
      folder: ".",
      prior: { type: UserIdType.EMAIL, users: new Map(all) },
      declaration: {
        format: DECLARATION_FORMAT,
        set: "stack/staff",
        userIdType: UserIdType.EMAIL,
        users: staying,
        retainedIds: [],
        protectedUsers: {},
        maxDeletionsPercent: 50,
      },
    },
    {
      environment: { ...emulator.environment(), TF_DATA_DIR: newFolder() },
      stop: new AbortController().signal,
      say: (text) => void output.push(text),
      // Each chunk of 50 users seems to take longer than the five seconds between two lines.
      now: () => (clock += 6_000),
      readEngine: () => ({ args: ["terraform", "apply"], program: "terraform", key: "this apply" }),
    },
  );
  expect(output.filter((text) => text.includes(" a second"))).toEqual([
    "looking up removed and added users: 50 of 100, 8 a second, about 6 s left",
    "looking up removed and added users: 100 of 100, 8 a second, about 0 s left",
    "deleting users: 50 of 100, 8 a second, about 6 s left",
    "deleting users: 100 of 100, 8 a second, about 0 s left",
    "looking up declared users: 50 of 100, 8 a second, about 6 s left",
    "looking up declared users: 100 of 100, 8 a second, about 0 s left",
  ]);
});
