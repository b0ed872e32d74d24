import { afterAll, afterEach, beforeEach } from "@jest/globals";
import { type Emulator, seedUsers, startEmulator } from "../../../src/emulator";
import { engines } from "../../support/engine/engines";
import { discard } from "./repository";
import { Team } from "./team";

/** The users of the pool, all of whom the team declares. User 010 is protected by the operator. */
export const POOL = seedUsers(12);

/** A team whose first run has applied, for each test of a file. */
export interface Setting {
  readonly team: Team;
  readonly emulator: Emulator;
  /** Whether a user is in the pool, by the number in the e-mail address. */
  readonly exists: (user: number) => boolean;
}

/**
 * Prepares a team for each test. The first run of the workflow, which creates the set, is made once for all tests of a file.
 *
 * @param check gets that run
 */
export function useTeam(check: (team: Team) => Promise<void>): Setting {
  let team: Team;
  let emulator: Emulator;
  let saved: string | undefined;
  const open = async () => {
    emulator = await startEmulator({ users: POOL });
    const [engine] = engines();
    if (!engine) throw new Error("There is no engine.");
    team = new Team(engine, emulator);
    await team.open();
  };
  beforeEach(async () => {
    await open();
    if (saved === undefined) {
      await team.create(
        ["email,name", ...POOL.map(({ email = "", name = "" }) => `${email},${name}`), ""].join("\n"),
      );
      await check(team);
      saved = team.save();
    } else await team.restore(saved);
  }, 600_000);
  afterEach(async () => {
    await team.stop();
    await emulator.close();
  });
  afterAll(() => {
    if (saved !== undefined) discard(saved);
  });
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
