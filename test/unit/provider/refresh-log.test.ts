import { expect, test } from "@jest/globals";
import type { Logger } from "../../../src/plugin";
import { UserIdType } from "../../../src/users";
import { type UserArchive } from "../../../src/users/refresh/archive";
import { OUTAGE } from "../../support/users/failures";
import { ModelDirectory } from "../../support/users/model-directory";
import { people } from "../../support/users/people";
import { contextOver, create, refresh } from "../../support/provider/refreshed-set";

const users = people(1, 150);
const NOW = 1_800_000_000;
const HOUR = 3600;

/** Refreshes a set that was checked an hour ago. Returns the log lines with their levels. */
async function logOf(archived: Awaited<ReturnType<UserArchive["archivedSince"]>>, fullLasts = 24 * HOUR) {
  const directory = new ModelDirectory(users);
  const incremental = (now: number) => ({
    incremental: {
      archive: { archivedSince: () => Promise.resolve(archived) },
      now,
      pool: "pool",
      key: "key",
      fullLasts,
    },
  });
  const ids = users.map(({ userId }) => userId);
  const set = await create(UserIdType.USER_ID, ids, contextOver(directory, incremental(NOW - HOUR)));
  const lines: unknown[] = [];
  const at = (level: string) => (message: string, fields: unknown) =>
    void lines.push([level, message, fields]);
  const nowhere = (): void => undefined;
  const logger: Logger = {
    trace: nowhere,
    debug: nowhere,
    info: at("info"),
    warn: at("warn"),
    error: nowhere,
  };
  await refresh(set, contextOver(directory, incremental(NOW), { logger }));
  return lines;
}

test("at INFO, the log shows that a refresh is incremental, and how many users it looks up", async () => {
  expect(await logOf({ ok: true, value: [users[3]?.userId ?? ""] })).toEqual([
    ["info", "refresh is incremental", { users: 150, lookedUp: 1 }],
  ]);
});

test("at INFO, the log shows why all users are looked up", async () => {
  expect(await logOf({ ok: true, value: [] }, HOUR)).toEqual([
    ["info", "refresh looks up all users: the last full look-up is too old", { users: 150 }],
  ]);
  expect(await logOf({ ok: true, value: undefined })).toEqual([
    ["info", "refresh looks up all users: too many users were deleted since the last check", { users: 150 }],
  ]);
});

test("the log warns if the archive of deleted users cannot be used, with the reason", async () => {
  expect(await logOf({ ok: false, failure: OUTAGE })).toEqual([
    ["warn", `refresh looks up all users: ${OUTAGE.message}`, { users: 150 }],
  ]);
});
