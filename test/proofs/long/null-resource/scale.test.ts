import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../../support/emulator";
import { applySet, check } from "../../../support/acceptance/removal-case";
import { engines } from "../../../support/engine/engines";
import { longEmails } from "../../../support/long-emails";
import { useScenarios } from "../../../support/scenario";

/** The default of `parallelism`. */
const CALLS_IN_FLIGHT = 8;

describe.each(engines())("large sets of the null resource on $name", (engine) => {
  const open = useScenarios(engine, "null_resource");

  test.each([1000, 5000, 10_000])(
    "of %i users, a tenth is removed, with only the necessary calls",
    async (size) => {
      const pool = seedUsers(size);
      const leavers = size / 10;
      const emails = pool.map(({ email }) => email ?? "");
      const { emulator, workspace } = await open({
        emulator: { users: pool, rateLimit: false },
        environment: { GENAUTH_REQUESTS_PER_SECOND: "10000" },
      });
      const declare = (from: number): void =>
        workspace.write({ users: emails.slice(from), user_id_type: "email", max_deletions: leavers });
      declare(0);
      check(await workspace.apply(), { code: 0 });
      declare(leavers);
      check(await workspace.apply(), {
        code: 0,
        says: [
          `${leavers / 50} of ${leavers / 50} chunks done: ${leavers} of ${leavers} users gone, 0 not`,
          "No drift",
        ],
      });

      expect(emulator.pool.size).toBe(size - leavers);
      expect(Object.keys(workspace.userSet()?.users ?? {})).toHaveLength(size - leavers);
      // Look-up, deletion and read-back; another look-up right before the call if not all chunks are deleted at once; and a
      // look-up of each remaining user for the report.
      const callsPerChunk = leavers / 50 > CALLS_IN_FLIGHT ? 4 : 3;
      expect(emulator.calls).toHaveLength((callsPerChunk * leavers) / 50 + (size - leavers) / 50);
    },
  );

  test("10,000 of the longest e-mail addresses reach the command complete", async () => {
    const emails = longEmails(10_000);
    const users = emails.map((email, index) => ({ userId: String(index).padStart(24, "0"), email }));
    const { emulator, workspace } = await open({
      emulator: { users, rateLimit: false },
      environment: { GENAUTH_REQUESTS_PER_SECOND: "10000" },
    });
    await applySet(workspace, { users: emails, user_id_type: "email" });
    workspace.write({ users: emails.slice(1), user_id_type: "email" });
    check(await workspace.apply(), { code: 0, says: ["1 of 1 user gone"] });
    expect(emulator.pool.find(emails[0] ?? "", "email")).toBeUndefined();
    expect(emulator.pool.size).toBe(9999);
  });
});
