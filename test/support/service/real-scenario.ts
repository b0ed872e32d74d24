import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { check } from "../acceptance/removal-case";
import { engines } from "../engine/engines";
import { Template } from "../template";
import { type ProviderAccess, Workspace } from "../workspace";
import type { RealPool, Shown, TestUser } from "./real-pool";

/** As long as a service may take that is slow everywhere. */
const TIMEOUT_MS = 600_000;

/**
 * Drives the real engine through the life of three users: declared, deleted, suspended and taken back. At the end, the pool is empty.
 *
 * @param reach returns an empty pool, once the tests begin; what it throws ends them before anything is changed
 * @param access default `process`: with the provider that was built; `served`: with its source, which is quicker
 */
export function describeThreeUsers(reach: () => Promise<RealPool>, access: ProviderAccess = "process"): void {
  let pool: RealPool;
  beforeAll(async () => {
    pool = await reach();
  });

  describe.each(engines())("in this pool, on $name", (engine) => {
    let workspace: Workspace | undefined;
    let template: Template;
    beforeAll(async () => {
      template = await Template.prepare(engine);
    });
    afterEach(() => workspace?.close());
    afterEach(() => pool.deleteOwn(), TIMEOUT_MS);

    test(
      "one user is deleted, one is suspended and comes back, one stays, each as the saved plan says",
      async () => {
        const users = await pool.createUsers(3);
        const [leaver, returner, stayer] = users as [TestUser, TestUser, TestUser];
        workspace = new Workspace(template, pool.variables(), access);
        const declare = (declared: readonly TestUser[], suspendDays = 0) =>
          workspace?.write({
            user_id_type: "username",
            suspend_days: suspendDays,
            users: Object.fromEntries(declared.map(({ username }) => [username, "Test"])),
          });

        const expectShown = async (some: readonly TestUser[], expected: readonly Shown[]) =>
          expect(await pool.waitFor(some, expected)).toEqual(expected);

        declare(users);
        check(await workspace.apply(), { code: 0 });
        await expectShown(users, ["Activated", "Activated", "Activated"]);

        declare([returner, stayer]);
        check(await workspace.plan("-out=deletes"), {
          code: 2,
          says: ["Warning: 1 user will be permanently deleted from GenAuth in 1 call", leaver.username],
        });
        await expectShown([leaver], ["Activated"]);
        check(await workspace.apply("deletes"), { code: 0 });
        await expectShown(users, ["gone", "Activated", "Activated"]);

        declare([stayer], 7);
        check(await workspace.plan("-out=suspends"), {
          code: 2,
          says: ["Warning: 1 user will be suspended, and deleted 7 days later", returner.username],
        });
        check(await workspace.apply("suspends"), { code: 0 });
        await expectShown(users, ["gone", "Suspended", "Activated"]);
        expect(workspace.userSet()).toMatchObject({ suspended: { [returner.username]: expect.any(String) } });
        check(await workspace.plan(), { code: 0, says: ["No changes"] });

        declare([returner, stayer], 7);
        check(await workspace.apply(), { code: 0, says: ["1 user reactivated"] });
        await expectShown(users, ["gone", "Activated", "Activated"]);
        expect(workspace.userSet()?.drift).toEqual({ missing: [], survivors: [], locked_out: [] });
        check(await workspace.plan(), { code: 0, says: ["No changes"] });
      },
      TIMEOUT_MS,
    );
  });
}
