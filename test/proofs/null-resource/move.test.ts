import { describe, expect, test } from "@jest/globals";
import type { TerraformStack } from "cdktf";
import { GenAuthProvider, ManagedUserSet, NullResourceUserSet, UserIdType, Users } from "../../../src";
import { seedUsers } from "../../support/emulator";
import { reportOnPlan } from "../../../src/reports";
import { parsePlan } from "../../../src/terraform-json";
import { check, deletionsReceived } from "../../support/acceptance/removal-case";
import { engines } from "../../support/engine/engines";
import { NullResourceWorkspace } from "../../support/null-resource-workspace";
import { type ResourceType, type Scenario, useScenarios } from "../../support/scenario";

const pool = seedUsers(6);
const emails = pool.map(({ email }) => email ?? "");
const names = pool.map(({ username }) => username ?? "");
const [ada = "", bob = "", eve = ""] = emails;

interface DeclaredSet {
  readonly type: ResourceType;
  readonly users: string[];
  readonly byName?: boolean;
}

describe("sets of both resource types in one stack", () => {
  // Stack, provider and command keep these promises; that each engine creates before it destroys is held by the moved block below.
  const open = useScenarios(engines()[0], "null_resource");

  /** Declares sets by name, and applies. */
  async function apply({ workspace }: Scenario, sets: Record<string, DeclaredSet>) {
    if (!(workspace instanceof NullResourceWorkspace)) throw new Error("It has no stack.");
    workspace.writeStack((stack) => declare(stack, sets));
    return workspace.apply();
  }

  test("a user who moves from one to the other is deleted by neither, even with another id type", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const both = (held: string[], rest: string[]): Record<string, DeclaredSet> => ({
      held: { type: "null_resource", users: held },
      rest: { type: "genauth_user_set", users: rest, byName: true },
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
    const both = (leavers: number): Record<string, DeclaredSet> => ({
      held: { type: "null_resource", users: emails.slice(leavers, 2) },
      rest: {
        type: "genauth_user_set",
        users: names.slice(2 + leavers),
        byName: true,
      },
    });
    check(await apply(scenario, both(0)), { code: 0 });
    check(await apply(scenario, both(1)), {
      code: 1,
      says: ["2 users would be deleted or suspended in this run"],
    });
    // The engine's order decides which of the two is within the limit.
    expect(deletionsReceived(scenario).flat().length).toBeLessThanOrEqual(1);
  });

  /** The steps of docs/guides/null-resource.md, "Moving a set without a moved block". */
  test.each<[ResourceType, ResourceType]>([
    ["genauth_user_set", "null_resource"],
    ["null_resource", "genauth_user_set"],
  ])("a set that changes from %s to %s keeps all users, and is managed by the new one", async (from, to) => {
    const scenario = await open({ emulator: { users: pool } });
    check(await apply(scenario, { staff: { type: from, users: emails } }), { code: 0 });

    // A change of only the resource type: a new resource is created, and the old one is destroyed.
    check(await apply(scenario, { staff: { type: to, users: emails } }), {
      code: 0,
      says: ["1 added, 0 changed, 1 destroyed"],
    });
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(scenario.emulator.pool.size).toBe(pool.length);
    expect(scenario.workspace.state().resources.map(({ type }) => type)).toEqual([to]);

    check(await apply(scenario, { staff: { type: to, users: emails.slice(1) } }), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
  });
});

describe.each(engines())("a moved block on $name", (engine) => {
  const open = useScenarios(engine, "null_resource");

  /** Applies a null resource, and declares its move to a set that lacks the first user. */
  async function openMove({ suspendDays = 0 } = {}): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace } = scenario;
    if (!(workspace instanceof NullResourceWorkspace)) throw new Error("It has no stack.");
    workspace.writeStack((stack) => declare(stack, { staff: { type: "null_resource", users: emails } }));
    check(await workspace.apply(), { code: 0 });
    workspace.writeStack((stack) => {
      new GenAuthProvider(stack, "genauth");
      new ManagedUserSet(stack, "staff", {
        users: Users.fromIds(emails.slice(1)),
        userIdType: UserIdType.EMAIL,
        suspendDays,
      }).resource.moveFromId("null_resource.staff");
    });
    return scenario;
  }

  /** The steps of docs/guides/null-resource.md, "Moving a set to genauth_user_set". */
  test("takes a set over with its removals waiting, and the plan deletes exactly those users", async () => {
    const scenario = await openMove();
    const { workspace } = scenario;

    // The engine would replace a tainted set, and a replaced set loses its removals.
    check(await workspace.run("taint", "null_resource.staff"), { code: 0 });
    check(await workspace.plan(), { code: 1, says: ["which would lose 1 removal", ada, "Run untaint"] });
    check(await workspace.run("untaint", "null_resource.staff"), { code: 0 });

    // Without a refresh, nobody is bound: the removal waits, and is not forgotten. Such a plan says it by its values only.
    check(await workspace.plan("-refresh=false"), {
      code: 2,
      says: ["removals", `+ "${ada}" = "not deleted"`],
    });

    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: ["moved from null_resource.staff", "1 user will be permanently deleted from GenAuth in 1 call"],
      neverSays: ["released", "must be replaced"],
    });
    const { stdout } = await workspace.run("show", "-json", "plan");
    const report = reportOnPlan(parsePlan(stdout));
    expect(report.leavers).toMatchObject([{ id: ada, fate: "deleted" }]);
    expect(deletionsReceived(scenario)).toEqual([]);

    check(await workspace.apply("plan"), { code: 0, says: ["0 added, 1 changed, 0 destroyed"] });
    expect(deletionsReceived(scenario)).toEqual([[ada]]);
    expect(workspace.state().resources.map(({ type }) => type)).toEqual(["genauth_user_set"]);
    check(await workspace.plan(), { code: 0, says: ["No changes"] });
  });

  test("with suspendDays, who leaves by the move is suspended, and not deleted", async () => {
    const scenario = await openMove({ suspendDays: 14 });
    const { workspace } = scenario;
    check(await workspace.plan("-out=plan"), { code: 2, says: ["1 user will be suspended"] });
    check(await workspace.apply("plan"), { code: 0 });
    expect(scenario.emulator.pool.find(ada, "email")?.status).toBe("Suspended");
    expect(deletionsReceived(scenario)).toEqual([]);
  });
});

function declare(stack: TerraformStack, sets: Record<string, DeclaredSet>): void {
  new GenAuthProvider(stack, "genauth");
  for (const [name, { type, users, byName = false }] of Object.entries(sets)) {
    new (type === "null_resource" ? NullResourceUserSet : ManagedUserSet)(stack, name, {
      users: Users.fromIds(users),
      userIdType: byName ? UserIdType.USERNAME : UserIdType.EMAIL,
    });
  }
}
