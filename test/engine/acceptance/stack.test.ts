import { describe, expect, test } from "@jest/globals";
import { TerraformStack, Testing } from "cdktf";
import { GenAuthProvider, ManagedUserSet, UserIdType, Users } from "cdktf-genauth";
import { seedUsers } from "../../support/emulator";
import { scratchApps } from "../../support/constructs/scratch";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { check, deletionsReceived } from "../../support/acceptance/removal-case";

const pool = seedUsers(4);
const [, bob] = pool;
const emails = pool.map(({ email }) => email ?? "");
const nobodyDeleted = { neverSays: ["will be permanently deleted"] };

describe.each(engines())("the sets of one stack on $name", (engine) => {
  const open = useScenarios(engine);
  const newApp = scratchApps();

  /** Writes CDKTF's output without the backend, which would require another init. */
  function declare({ workspace }: Scenario, build: (stack: TerraformStack) => void): void {
    const stack = new TerraformStack(newApp(), "staff");
    new GenAuthProvider(stack, "genauth");
    build(stack);
    const synthesised = JSON.parse(Testing.synth(stack, true)) as { terraform: { backend?: unknown } };
    delete synthesised.terraform.backend;
    workspace.writeFiles({ "main.tf.json": JSON.stringify(synthesised) });
  }

  const twoSets =
    (one: string[], two: string[], twoType = UserIdType.EMAIL) =>
    (stack: TerraformStack): void => {
      new ManagedUserSet(stack, "one", { users: Users.fromIds(one), userIdType: UserIdType.EMAIL });
      new ManagedUserSet(stack, "two", { users: Users.fromIds(two), userIdType: twoType });
    };

  async function applied(build: (stack: TerraformStack) => void): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool } });
    declare(scenario, build);
    check(await scenario.workspace.apply(), { code: 0 });
    return scenario;
  }

  test.each([
    ["the same id type", UserIdType.EMAIL, emails],
    ["a user name", UserIdType.USERNAME, pool.map(({ username }) => username ?? "")],
    ["an external id", UserIdType.EXTERNAL_ID, pool.map(({ externalId }) => externalId ?? "")],
  ])("a move to a set by %s deletes nobody", async (_what, type, ids) => {
    const scenario = await applied(twoSets(emails.slice(0, 2), ids.slice(2), type));
    declare(scenario, twoSets(emails.slice(1, 2), [...ids.slice(0, 1), ...ids.slice(2)], type));
    check(await scenario.workspace.plan("-out=plan"), {
      code: 2,
      says: ["the user is protected"],
      ...nobodyDeleted,
    });
    check(await scenario.workspace.apply("plan"), {
      code: 0,
      says: ["1 user left the set but not GenAuth"],
    });
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(Object.keys(scenario.workspace.userSet("two")?.users ?? {}).sort()).toEqual(
      [...ids.slice(0, 1), ...ids.slice(2)].sort(),
    );
    check(await scenario.workspace.plan(), { code: 0 });
  });

  test("ids and labels that look like expressions are text in the plan and in GenAuth", async () => {
    const label = '${file("/etc/passwd")} %{ if true }';
    const id = "${1+1}@example.com";
    const scenario = await open({ emulator: { users: [{ userId: "a".repeat(24), email: id }, ...pool] } });
    const build = (users: Record<string, string>) => (stack: TerraformStack) => {
      new ManagedUserSet(stack, "one", { users: Users.fromMap(users), userIdType: UserIdType.EMAIL });
    };
    declare(scenario, build({ [id]: label, [bob?.email ?? ""]: "Bob" }));
    check(await scenario.workspace.apply(), { code: 0 });
    expect(scenario.workspace.userSet("one")?.users).toEqual({ [id]: label, [bob?.email ?? ""]: "Bob" });
    declare(scenario, build({ [bob?.email ?? ""]: "Bob" }));
    check(await scenario.workspace.apply(), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([[id]]);
  });
});
