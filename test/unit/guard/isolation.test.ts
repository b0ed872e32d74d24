import { describe, expect, test } from "@jest/globals";
import { describeSharedUser, keepDebuggersOut } from "../../../src/guard";
import type { OsUser } from "../../../src/guard/os-user";

/** What keeps other programs away from the guard's memory, and what the guard says where nothing does. */

function osUser(name: string, uid: number): OsUser {
  return { name, uid, gid: uid, home: "/" };
}
const runner = osUser("runner", 1001);
const keeper = osUser("keeper", 1002);

describe("of the users of the guard and its command, the guard says", () => {
  test("that the command has its own user", () => {
    expect(describeSharedUser({})).toContain("The command runs as the guard's own user.");
    expect(describeSharedUser({ guard: keeper })).toContain("The command runs as the guard's own user.");
  });

  test("that both have become the same user, from root", () => {
    expect(describeSharedUser({ command: runner, guard: osUser("runner", runner.uid) })).toContain(
      "The command and the guard are both the user runner.",
    );
  });

  test("nothing if they are two users, or the guard stays root", () => {
    expect(describeSharedUser({ command: runner, guard: keeper })).toBeUndefined();
    expect(describeSharedUser({ command: runner })).toBeUndefined();
  });
});

test("guards of one process listen to SIGUSR1 once, at which Node.js would open a debugger", () => {
  process.removeAllListeners("SIGUSR1");
  keepDebuggersOut();
  expect(process.listenerCount("SIGUSR1")).toBe(1);
  keepDebuggersOut();
  expect(process.listenerCount("SIGUSR1")).toBe(1);
});
