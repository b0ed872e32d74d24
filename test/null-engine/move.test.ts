import { describe, expect, test } from "@jest/globals";
import type { TerraformStack } from "cdktf";
import { Engine, GenAuthProvider, ManagedUserSet, UserIdType, Users } from "../../src";
import { seedUsers } from "../../src/emulator";
import { check, deletionsReceived } from "../acceptance/support/removal-case";
import { engines } from "../support/engine";
import { NullEngineWorkspace } from "../support/null-engine-workspace";
import { useScenarios, type Scenario } from "../support/scenario";

const pool = seedUsers(6);
const emails = pool.map(({ email }) => email ?? "");
const names = pool.map(({ username }) => username ?? "");
const [ada = "", bob = "", eve = ""] = emails;

interface DeclaredSet {
  readonly engine: Engine;
  readonly users: string[];
  readonly byName?: boolean;
}

describe.each(engines())("sets of both engines in one stack on $name", (engine) => {
  const open = useScenarios(engine, "null_resource");

  /** Declares sets by name, and applies. */
  async function apply({ workspace }: Scenario, sets: Record<string, DeclaredSet>) {
    if (!(workspace instanceof NullEngineWorkspace)) throw new Error("It has no stack.");
    workspace.writeStack((stack) => declare(stack, sets));
    return workspace.apply();
  }

  test("who moves from one to the other is deleted by neither, also by another kind of id", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const both = (held: string[], rest: string[]) => ({
      held: { engine: Engine.NULL_RESOURCE, users: held },
      rest: { engine: Engine.PROVIDER, users: rest, byName: true },
    });
    check(await apply(scenario, both([ada, bob], [names[2] ?? ""])), { code: 0 });
    check(await apply(scenario, both([bob], [names[2] ?? "", names[0] ?? ""])), {
      code: 0,
      says: ["protected"],
    });
    check(await apply(scenario, both([bob, eve], [names[0] ?? ""])), { code: 0, says: ["protected"] });
    expect(deletionsReceived(scenario)).toEqual([]);
    check(await apply(scenario, both([eve], [])), { code: 0 });
    expect(deletionsReceived(scenario).sort()).toEqual([[names[0]], [bob]].sort());
  });

  test("the operator's limit counts the sets of both in one run together", async () => {
    const scenario = await open({ emulator: { users: pool }, environment: { GENAUTH_MAX_DELETIONS: "1" } });
    const both = (leavers: number) => ({
      held: { engine: Engine.NULL_RESOURCE, users: emails.slice(leavers, 2) },
      rest: { engine: Engine.PROVIDER, users: names.slice(2 + leavers), byName: true },
    });
    check(await apply(scenario, both(0)), { code: 0 });
    check(await apply(scenario, both(1)), { code: 1, says: ["would delete 2 users together"] });
    // Which of the two is within the limit hangs on which one the engine begins with.
    expect(deletionsReceived(scenario).flat().length).toBeLessThanOrEqual(1);
  });

  /** The steps of docs/guides/null-engine.md, "Moving a set from one engine to the other". */
  test.each([
    [Engine.PROVIDER, Engine.NULL_RESOURCE],
    [Engine.NULL_RESOURCE, Engine.PROVIDER],
  ])("a set that goes from %s to %s keeps everybody, and is managed by the new one", async (from, to) => {
    const scenario = await open({ emulator: { users: pool } });
    check(await apply(scenario, { staff: { engine: from, users: emails } }), { code: 0 });

    // One change of nothing but the engine: a new resource comes, the old one goes.
    check(await apply(scenario, { staff: { engine: to, users: emails } }), {
      code: 0,
      says: ["1 added, 0 changed, 1 destroyed"],
    });
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(scenario.emulator.pool.size).toBe(pool.length);
    expect(scenario.workspace.state().resources.map(({ type }) => type)).toEqual([
      to === Engine.PROVIDER ? "genauth_user_set" : "null_resource",
    ]);

    check(await apply(scenario, { staff: { engine: to, users: emails.slice(1) } }), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
  });
});

function declare(stack: TerraformStack, sets: Record<string, DeclaredSet>): void {
  new GenAuthProvider(stack, "genauth");
  for (const [name, { engine, users, byName = false }] of Object.entries(sets)) {
    new ManagedUserSet(stack, name, {
      engine,
      users: Users.of(users),
      userIdType: byName ? UserIdType.USERNAME : UserIdType.EMAIL,
    });
  }
}
