import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { readProcess } from "../../../src/operator";
import { engines } from "../../support/engine/engines";
import { useScenarios } from "../../support/scenario";
import { check, deletionsReceived } from "../../support/acceptance/removal-case";

const pool = seedUsers(10);
const ids = pool.map(({ userId }) => userId);
const emulator = { users: pool };

describe.each(engines())("the operator's settings on $name", (engine) => {
  const open = useScenarios(engine);

  test("a ledger with an entry that is no number prevents all deletions", async () => {
    const scenario = await open({ emulator, environment: { GENAUTH_MAX_DELETIONS: "3" } });
    const { workspace } = scenario;
    workspace.write({ users: ids });
    check(await scenario.workspace.apply(), { code: 0 });
    workspace.write({ users: ids.slice(2) });
    check(await scenario.workspace.plan("-out=plan"), { code: 2 });
    const apply = workspace.start("apply", "-input=false", "plan");
    const ledger = `genauth-deletions-${readProcess(String(apply.pid)).key}`;
    appendFileSync(join(workspace.folder, ".terraform", ledger), `["other","0"]\n`);
    check(await apply.finished, {
      code: 1,
      says: ["Deletions cannot be counted", "Nobody was deleted", "GENAUTH_MAX_DELETIONS"],
    });
    expect(deletionsReceived(scenario)).toEqual([]);
  });

  test("the limit counts somebody who leaves two sets once", async () => {
    const scenario = await open({ emulator, environment: { GENAUTH_MAX_DELETIONS: "1" } });
    const { workspace } = scenario;
    const emails = pool.map(({ email }) => email ?? "");
    const declare = (from: number): void =>
      workspace.writeConfiguration({
        sets: {
          staff: { users: ids.slice(from) },
          mail: { users: emails.slice(from), user_id_type: "email" },
        },
      });
    declare(0);
    check(await workspace.apply(), { code: 0 });
    declare(1);
    check(await workspace.plan("-out=tfplan"), { code: 2 });
    check(await workspace.apply("tfplan"), { code: 0 });
    expect(scenario.emulator.pool.find(ids[0] ?? "")).toBeUndefined();
    declare(3);
    check(await workspace.plan(), {
      code: 1,
      says: ["2 users would be deleted or suspended in this run, which allows 1"],
    });
  });

  test("the limit counts two sets that were imported with the same id", async () => {
    const scenario = await open({ emulator, environment: { GENAUTH_MAX_DELETIONS: "2" } });
    const { workspace } = scenario;
    const users = Object.fromEntries(ids.slice(0, 4).map((id) => [id, ""]));
    const id = JSON.stringify({ users });
    const imports = ["red", "blue"].map((name) => ({ to: `genauth_user_set.${name}`, id }));
    workspace.writeConfiguration({ sets: { red: { users }, blue: { users } }, blocks: { import: imports } });
    check(await workspace.apply(), { code: 0 });
    workspace.writeConfiguration({
      sets: { red: { users: ids.slice(0, 2) }, blue: { users: ids.slice(2, 4) } },
    });
    check(await workspace.plan("-out=tfplan"), {
      code: 1,
      says: ["4 users would be deleted or suspended in this run"],
    });
    expect(deletionsReceived(scenario)).toEqual([]);
  });
});
