import { describe, expect, test } from "@jest/globals";
import type { TerraformStack } from "cdktf";
import { GenAuthProvider, ManagedUserSet, UserIdType, Users, UserSetResourceType } from "../../src";
import { seedUsers } from "../../src/emulator";
import { check, deletionsReceived } from "../acceptance/support/removal-case";
import { engines } from "../support/engine";
import { NullResourceWorkspace } from "../support/null-resource-workspace";
import { useScenarios, type Scenario } from "../support/scenario";

const pool = seedUsers(6);
const emails = pool.map(({ email }) => email ?? "");
const names = pool.map(({ username }) => username ?? "");
const [ada = "", bob = "", eve = ""] = emails;

interface DeclaredSet {
  readonly resourceType: UserSetResourceType;
  readonly users: string[];
  readonly byName?: boolean;
}

describe.each(engines())("sets of both resource types in one stack on $name", (engine) => {
  const open = useScenarios(engine, "null_resource");

  /** Declares sets by name, and applies. */
  async function apply({ workspace }: Scenario, sets: Record<string, DeclaredSet>) {
    if (!(workspace instanceof NullResourceWorkspace)) throw new Error("It has no stack.");
    workspace.writeStack((stack) => declare(stack, sets));
    return workspace.apply();
  }

  test("a user who moves from one to the other is deleted by neither, even with another id type", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const both = (held: string[], rest: string[]) => ({
      held: { resourceType: UserSetResourceType.NULL_RESOURCE, users: held },
      rest: { resourceType: UserSetResourceType.GENAUTH_USER_SET, users: rest, byName: true },
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

  test("the operator's limit applies to the sets of both resource types together", async () => {
    const scenario = await open({ emulator: { users: pool }, environment: { GENAUTH_MAX_DELETIONS: "1" } });
    const both = (leavers: number) => ({
      held: { resourceType: UserSetResourceType.NULL_RESOURCE, users: emails.slice(leavers, 2) },
      rest: {
        resourceType: UserSetResourceType.GENAUTH_USER_SET,
        users: names.slice(2 + leavers),
        byName: true,
      },
    });
    check(await apply(scenario, both(0)), { code: 0 });
    check(await apply(scenario, both(1)), { code: 1, says: ["would delete 2 users together"] });
    // The engine's order decides which of the two is within the limit.
    expect(deletionsReceived(scenario).flat().length).toBeLessThanOrEqual(1);
  });

  /** The steps of docs/guides/null-resource.md, "Moving a set from one resource type to the other". */
  test.each([
    [UserSetResourceType.GENAUTH_USER_SET, UserSetResourceType.NULL_RESOURCE],
    [UserSetResourceType.NULL_RESOURCE, UserSetResourceType.GENAUTH_USER_SET],
  ])("a set that changes from %s to %s keeps all users, and is managed by the new one", async (from, to) => {
    const scenario = await open({ emulator: { users: pool } });
    check(await apply(scenario, { staff: { resourceType: from, users: emails } }), { code: 0 });

    // A change of only the resource type: a new resource is created, and the old one is destroyed.
    check(await apply(scenario, { staff: { resourceType: to, users: emails } }), {
      code: 0,
      says: ["1 added, 0 changed, 1 destroyed"],
    });
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(scenario.emulator.pool.size).toBe(pool.length);
    expect(scenario.workspace.state().resources.map(({ type }) => type)).toEqual([
      to === UserSetResourceType.GENAUTH_USER_SET ? "genauth_user_set" : "null_resource",
    ]);

    check(await apply(scenario, { staff: { resourceType: to, users: emails.slice(1) } }), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
  });
});

function declare(stack: TerraformStack, sets: Record<string, DeclaredSet>): void {
  new GenAuthProvider(stack, "genauth");
  for (const [name, { resourceType, users, byName = false }] of Object.entries(sets)) {
    new ManagedUserSet(stack, name, {
      resourceType,
      users: Users.of(users),
      userIdType: byName ? UserIdType.USERNAME : UserIdType.EMAIL,
    });
  }
}
