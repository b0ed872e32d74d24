import { randomUUID } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "@jest/globals";
import { seedUsers } from "../emulator";
import type { RemovalCase } from "./removal-case";

const pool = seedUsers(30);
const ids = pool.map(({ userId }) => userId);
const nothingChanged = { state: { users: ids }, gone: [] };
const setup = { emulator: { users: pool } };

// The mutation tests run the tests of a file more than once.
const protectedUsersFile = join(tmpdir(), `genauth-limits-${randomUUID()}.json`);
beforeAll(() => writeFileSync(protectedUsersFile, JSON.stringify({ email: [pool[0]?.email] })));
afterAll(() => rmSync(protectedUsersFile));

/** Removals that limits stop, or do not: one for each path through the engine. */
export const LIMITED_ON_ENGINES: readonly RemovalCase[] = [
  {
    title: "by number: a plan over max_deletions is refused, with the number and a remedy",
    setup,
    before: { users: ids },
    after: { users: ids.slice(4), max_deletions: 3 },
    plan: {
      code: 1,
      says: ["4 users would be deleted, more than max_deletions (3)", "raise max_deletions to at least 4"],
    },
    ...nothingChanged,
    next: { code: 1 },
    nullResource: "always",
  },
  {
    title: "again at apply: deletions that were added since the plan count",
    setup,
    before: { users: ids },
    meanwhile: ({ emulator }) => emulator.pool.remove(ids[0] ?? ""),
    after: { users: ids.slice(2), max_deletions: 1 },
    plan: { code: 2, says: ["1 user will be permanently deleted"] },
    beforeApply: ({ emulator }) => emulator.pool.add({ ...pool[0], userId: ids[0] ?? "" }),
    apply: { code: 1, says: ["2 users would be deleted, more than max_deletions (1)"] },
    ...nothingChanged,
    next: { code: 1 },
    nullResource: {
      run: "long",
      because: "the guards look once, at apply",
      log: { code: 1, says: ["2 users would be deleted, more than max_deletions (1)"] },
    },
  },
  {
    title: "the operator's protected users are kept by any of their ids, regardless of any set",
    setup: { ...setup, environment: { GENAUTH_PROTECTED_USERS_FILE: protectedUsersFile } },
    before: { users: ids },
    after: { users: ids.slice(2) },
    plan: { code: 2, says: ["1 user will be permanently deleted", "protected"] },
    apply: { code: 0, says: ["protected"] },
    deletions: [ids.slice(1, 2)],
    state: { users: ids.slice(2) },
    gone: ids.slice(1, 2),
    nullResource: "long",
  },
];

/** The others, which take the same paths. */
export const LIMITED_IN_PROCESS: readonly RemovalCase[] = [
  {
    title: "by number: as many as allowed are deleted",
    setup,
    before: { users: ids },
    after: { users: ids.slice(4), max_deletions: 4 },
    plan: { code: 2, says: ["4 users will be permanently deleted"] },
    apply: { code: 0 },
    deletions: [ids.slice(0, 4)],
    state: { users: ids.slice(4) },
    gone: ids.slice(0, 4),
    nullResource: "long",
  },
  {
    title: "by percentage of the users in the set before",
    setup,
    before: { users: ids },
    after: { users: ids.slice(4), max_deletions_percent: 10 },
    plan: { code: 1, says: ["4 of 30 users would be deleted, more than max_deletions_percent (10)"] },
    ...nothingChanged,
    next: { code: 1 },
    nullResource: "long",
  },
  {
    title: "without a guard, a change that looks like a truncated file is refused",
    setup,
    before: { users: ids },
    after: { users: ids.slice(25) },
    plan: { code: 1, says: ["25 of 30 users would be deleted", "truncated"] },
    ...nothingChanged,
    next: { code: 1 },
    nullResource: "long",
  },
  {
    title: "max_deletions does not permit a change that looks like a truncated file",
    setup,
    before: { users: ids },
    after: { users: ids.slice(25), max_deletions: 30 },
    plan: { code: 1, says: ["25 of 30 users would be deleted", "set max_deletions_percent = 100"] },
    ...nothingChanged,
    next: { code: 1 },
    nullResource: "long",
  },
  {
    title: "a percentage counts only users in the pool",
    setup,
    before: { users: ids },
    meanwhile: ({ emulator }) => ids.slice(20).forEach((id) => emulator.pool.remove(id)),
    after: { users: ids.slice(20), max_deletions: 30 },
    plan: { code: 1, says: ["20 of 20 users would be deleted", "10 of them not in GenAuth"] },
    ...nothingChanged,
    gone: ids.slice(20),
    next: { code: 1 },
    nullResource: { not: "nothing remembers whom the last check did not find" },
  },
  {
    title: "the operator's limit for all sets of a run takes precedence over the configuration",
    setup: { ...setup, environment: { GENAUTH_MAX_DELETIONS: "3" } },
    before: { users: ids },
    after: { users: ids.slice(4), max_deletions: 100 },
    plan: { code: 1, says: ["GENAUTH_MAX_DELETIONS", "4", "3"] },
    ...nothingChanged,
    next: { code: 1 },
    nullResource: "long",
  },
];
