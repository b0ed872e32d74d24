import { beforeEach, expect } from "@jest/globals";
import { statSync } from "node:fs";
import { type Emulator, seedUsers, startEmulator } from "../../support/emulator";
import type { Engine } from "../../support/engine/engine";
import { engines } from "../../support/engine/engines";
import { PIPELINES } from "../../support/pipelines/workflow";
import { makeOnce, filesIn, shippedFiles } from "./prepared-tool";
import { Team } from "./team";
import { bundledStack } from "./tools";

/** The users of the pool, all of whom the team declares. User 010 is protected by the operator. */
export const POOL = seedUsers(12);

/** A team whose first run has applied, for each test of a file. */
export interface Setting {
  readonly team: Team;
  readonly emulator: Emulator;
  /** Whether a user is in the pool, by the number in the e-mail address. */
  readonly exists: (user: number) => boolean;
}

/** Prepares a team for each test. The first run of the workflow, which creates the set, is made once for all files of tests. */
export function useTeam(): Setting {
  let team: Team;
  let emulator: Emulator;
  beforeEach(async () => {
    const [engine] = engines();
    const saved = await makeFirstApply(engine);
    emulator = await startEmulator({ users: POOL });
    team = new Team(engine, emulator);
    await team.open();
    await team.restore(saved);
  }, 600_000);
  return {
    get team() {
      return team;
    },
    get emulator() {
      return emulator;
    },
    exists: (user) =>
      emulator.pool.find(`user${String(user).padStart(3, "0")}@example.com`, "email") !== undefined,
  };
}

/** @returns what a team saved whose first run has applied; it is made once for all files of tests */
export function makeFirstApply(engine: Engine): Promise<string> {
  return makeOnce(
    "team",
    [...shippedFiles(), ...filesIn(PIPELINES), ...filesIn(__dirname), bundledStack()],
    (folder) => saveFirst(engine, folder),
    identityOf(engine),
  );
}

/** Creates a team, lets its first run apply, and saves what it leaves. */
async function saveFirst(engine: Engine, folder: string): Promise<void> {
  const emulator = await startEmulator({ users: POOL });
  const team = new Team(engine, emulator);
  await team.open();
  const rows = POOL.map(({ email = "", name = "" }) => `${email},${name}`);
  await team.create(["email,name", ...rows, ""].join("\n"));
  const run = await team.push();
  expect(run.text("plan")).toContain("## Nobody loses an account; 12 join");
  expect(run.result("apply")).toBe("success");
  expect(run.text("apply")).toContain("Only reads pass.");
  expect(run.text("receipt")).toContain("Nobody had to approve.");
  team.save(folder);
}

/** An engine is too long to be read for that. */
function identityOf({ path }: Engine): string[] {
  const { size, mtimeMs } = statSync(path);
  return [path, String(size), String(mtimeMs)];
}
