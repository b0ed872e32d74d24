import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { check, deletionsReceived } from "../../support/acceptance/removal-case";

const MODULES = join(__dirname, "../../../examples/modules");
const pool = seedUsers(10);

interface Notification {
  readonly team: string;
}

test.each(["variable", "output"])("each %s of the module has a description", (kind) => {
  const blocks = readFileSync(join(MODULES, "team", `${kind}s.tf`), "utf8")
    .split(new RegExp(`^(?=${kind} ")`, "m"))
    .slice(1);
  expect(blocks.length).toBeGreaterThan(0);
  expect(blocks.filter((block) => !/^ {2}description += /m.test(block))).toEqual([]);
});

describe.each(engines())("examples/modules on $name", (engine) => {
  const open = useScenarios(engine);

  test("two teams of one module: a leaver of one is deleted, and who changes the team is kept", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace } = scenario;
    cpSync(MODULES, workspace.folder, { recursive: true });
    check(await workspace.run("get"), { code: 0 });
    check(await workspace.apply(), { code: 0, says: ["2 added"] });

    const edit = (file: string, change: (text: string) => string) => {
      const path = join(workspace.folder, file);
      writeFileSync(path, change(readFileSync(path, "utf8")));
    };
    edit("berlin.csv", (text) => text.replace(/^user00[14]@.*\n/gm, ""));
    edit("lagos.csv", (text) => `${text}user004@example.com,User 004\n`);
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: [
        "1 user will be permanently deleted from GenAuth in 1 call: user001@example.com",
        "with module.berlin.genauth_user_set.this",
        "protected",
      ],
    });
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([["user001@example.com"]]);
    const { stdout } = await workspace.run("output", "-json", "teams");
    const { berlin, lagos } = JSON.parse(stdout) as Record<"berlin" | "lagos", Notification>;
    expect(berlin).toEqual({
      team: "berlin",
      users: 3,
      survivors: [],
      missing: [],
    });
    expect(lagos).toMatchObject({ team: "lagos", users: 6 });
    check(await workspace.plan(), { code: 0, says: ["No changes"] });

    edit("lagos.csv", (text) => text.replace(/^user00[6-8]@.*\n/gm, ""));
    check(await workspace.plan(), { code: 1, says: ["max_deletions"] });
  });
});
