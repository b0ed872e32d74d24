import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { type Scenario, useScenarios } from "../../support/scenario";
import { check, deletionsReceived } from "../../support/acceptance/removal-case";

/** Users who are not declared. */
const [heir, ...outsiders] = seedUsers(3, { prefix: "heir" });
const heirId = heir?.userId ?? "";

/** 18 chunks: the last two begin when others have ended. */
const MANY = 900;
const many = seedUsers(MANY);
const few = many.slice(0, 3);

/** Passes the e-mail address of a user to the heir when a deletion arrives. */
function passOn({ emulator }: Scenario, from: string, nth: number): void {
  emulator.steps.add({
    on: "delete-users-batch",
    nth,
    run: { kind: "passId", type: "email", from, to: heirId },
  });
}

const emailsOf = (users: typeof few): string[] => users.map(({ email }) => email ?? "");

describe.each(engines())(
  "an e-mail address that passes to another user during an apply, on $name,",
  (engine) => {
    const open = useScenarios(engine);

    /** Plans the removal of all users from a set of e-mails, in the file `plan`. */
    async function planned(
      users: typeof few,
      block: { readonly delete_by?: string } = {},
    ): Promise<Scenario> {
      const pool = [...users, ...(heir ? [heir] : []), ...outsiders];
      const scenario = await open({
        emulator: { users: pool, rateLimit: false },
        environment: { GENAUTH_CONFIRM_SECONDS: "2" },
      });
      const set = { user_id_type: "email", max_deletions: MANY, max_deletions_percent: 100, ...block };
      const pace = { requests_per_second: 10_000 };
      scenario.workspace.write({ ...set, users: emailsOf(users) }, pace);
      check(await scenario.workspace.apply(), { code: 0 });
      scenario.workspace.write({ ...set, users: [] }, pace);
      check(await scenario.workspace.plan("-out=plan"), { code: 2 });
      return scenario;
    }

    test("does not delete its new user if its chunk waited behind others, and takes exactly the expected calls", async () => {
      const scenario = await planned(many);
      const { emulator, workspace } = scenario;
      const last = many.at(-1);
      passOn(scenario, last?.userId ?? "", 1);
      const before = emulator.calls.length;

      check(await workspace.apply("plan"), {
        code: 0,
        says: ["Kept because the id is bound to somebody else", `is user ${heirId} now`],
      });
      // For each chunk: two look-ups, a deletion and a read-back.
      expect(emulator.calls.length - before).toBe(4 * 18);
      expect(deletionsReceived(scenario).flat()).not.toContain(last?.email);
      expect(
        emulator.pool
          .list()
          .map(({ userId }) => userId)
          .sort(),
      ).toEqual([last?.userId ?? "", heirId, ...outsiders.map(({ userId }) => userId)].sort());
      expect(workspace.userSet()?.users).toEqual({});
    });

    test("right before the call, the deletion hits its new user: the error names the user, and it is recorded", async () => {
      const scenario = await planned(few);
      const { emulator, workspace } = scenario;
      const folder = join(workspace.folder, "record");
      workspace.setVariables({ GENAUTH_DELETION_RECORD: folder });
      const [leaver] = few;
      passOn(scenario, leaver?.userId ?? "", 1);

      check(await workspace.apply("plan"), {
        code: 1,
        says: [
          "Error: Somebody else was deleted",
          /GenAuth answered success to the call of 20\d\d-\d\d-\d\dT/,
          new RegExp(`one user besides those of this run, most likely the one deleted: ${heirId}\\.`),
        ],
      });
      expect(emulator.pool.find(heirId)).toBeUndefined();
      expect(emulator.pool.find(leaver?.userId ?? "")).toBeDefined();
      expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual([leaver?.email]);
      const lines = readdirSync(folder).flatMap((file) =>
        readFileSync(join(folder, file), "utf8").trim().split("\n"),
      );
      expect(lines.map((line) => JSON.parse(line) as object)).toContainEqual(
        expect.objectContaining({
          id: leaver?.email,
          deletedInstead: { of: leaver?.userId, calledAt: expect.any(String), candidates: [heirId] },
        }),
      );
    });

    test("has no effect if delete_by is user_id: the calls contain the users from the look-up", async () => {
      const scenario = await planned(few, { delete_by: "user_id" });
      const { emulator, workspace } = scenario;
      passOn(scenario, few[0]?.userId ?? "", 1);

      check(await workspace.apply("plan"), { code: 0 });
      expect(deletionsReceived(scenario)).toEqual([few.map(({ userId }) => userId).sort()]);
      expect(emulator.pool.list().map(({ userId }) => userId)).toEqual([
        heirId,
        ...outsiders.map(({ userId }) => userId),
      ]);
    });
  },
);
