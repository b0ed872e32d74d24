import { describe, expect, test } from "@jest/globals";
import { check, deletionsReceived } from "../../support/acceptance/removal-case";
import { literal } from "../../support/configuration";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";

describe.each(engines())("four sets by for_each on $name", (engine) => {
  const open = useScenarios(engine);

  test("warn of their own leavers each, and delete them in a call of their own", async () => {
    const pool = seedUsers(40);
    const teams = ["blue", "green", "red", "white"];
    const emails = pool.map(({ email }) => email ?? "");
    const scenario = await open({ emulator: { users: pool } });
    const declare = (leavers: number): void =>
      scenario.workspace.writeConfiguration({
        sets: {
          team: {
            for_each: Object.fromEntries(
              teams.map((team, index) => [
                team,
                emails.slice(index * 10 + leavers, index * 10 + 10).map(literal),
              ]),
            ),
            users: '${{ for id in each.value : id => "" }}',
            user_id_type: "email",
          },
        },
      });
    declare(0);
    check(await scenario.workspace.apply(), { code: 0 });
    declare(2);
    check(await scenario.workspace.plan("-out=plan"), {
      code: 2,
      says: [
        "0 to add, 4 to change, 0 to destroy",
        ...teams.map(
          (_, index) => `permanently deleted from GenAuth in 1 call: ${emails[index * 10] ?? ""}, …`,
        ),
      ],
      neverSays: ["similar warning"],
    });
    check(await scenario.workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario).sort()).toEqual(
      teams.map((_, index) => emails.slice(index * 10, index * 10 + 2)),
    );
    expect(Object.keys(scenario.workspace.userSet("team", "red")?.users ?? {})).toEqual(emails.slice(22, 30));
  });
});
