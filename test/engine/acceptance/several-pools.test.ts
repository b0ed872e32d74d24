import { describe, expect, test } from "@jest/globals";
import { TerraformStack, TerraformVariable, Testing } from "cdktf";
import { GenAuthProvider, ManagedUserSet, UserIdType, Users } from "cdktf-genauth";
import { type Emulator, seedUsers, startEmulator } from "../../support/emulator";
import { scratchApps } from "../../support/constructs/scratch";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { check, deletionsReceived } from "../../support/acceptance/removal-case";

/** The same people in two pools, each with an account of its own. */
const europeans = seedUsers(6);
const americans = seedUsers(6, { prefix: "us" }).map((user, index) => ({
  ...user,
  email: europeans[index]?.email ?? "",
}));
const [ada = "", bob = "", eve = "", zoe = ""] = europeans.map(({ email }) => email);

describe.each(engines())("two pools in one stack on $name", (engine) => {
  const open = useScenarios(engine);
  const newApp = scratchApps();

  interface Pools extends Scenario {
    /** The second pool; the first is that of the scenario. */
    readonly us: Emulator;
  }

  async function openPools(): Promise<Pools> {
    const us = await startEmulator({ users: americans });
    const environment = { TF_VAR_us_secret: us.accessKeySecret };
    return { ...(await open({ emulator: { users: europeans }, environment })), us };
  }

  /** Writes CDKTF's output without the backend, which would require another init. */
  function declare(
    { workspace, emulator, us }: Pools,
    staff: readonly string[],
    usStaff: readonly string[],
    isNamed = true,
  ): void {
    const stack = new TerraformStack(newApp(), "staff");
    new GenAuthProvider(stack, "eu", {
      host: emulator.url,
      accessKeyId: emulator.accessKeyId,
      ...(isNamed && { userPoolName: "eu" }),
    });
    const provider = new GenAuthProvider(stack, "us", {
      alias: "us",
      host: us.url,
      accessKeyId: us.accessKeyId,
      accessKeySecret: new TerraformVariable(stack, "us_secret", { sensitive: true }).stringValue,
      ...(isNamed && { userPoolName: "us" }),
    });
    const userIdType = UserIdType.EMAIL;
    new ManagedUserSet(stack, "staff", { users: Users.fromIds([...staff]), userIdType });
    new ManagedUserSet(stack, "us-staff", { users: Users.fromIds([...usStaff]), userIdType, provider });
    const synthesised = JSON.parse(Testing.synth(stack, true)) as { terraform: { backend?: unknown } };
    delete synthesised.terraform.backend;
    workspace.writeFiles({ "main.tf.json": JSON.stringify(synthesised) });
  }

  async function applied(isNamed = true): Promise<Pools> {
    const pools = await openPools();
    declare(pools, [ada, bob, eve], [ada, bob, zoe], isNamed);
    check(await pools.workspace.apply(), { code: 0 });
    return pools;
  }

  test("a leaver of one pool who stays in the other loses the account of the first only", async () => {
    const pools = await applied();
    const { workspace, us } = pools;
    expect(workspace.userSet("staff")?.user_pool_name).toBe("eu");
    expect(workspace.userSet("us-staff")?.user_pool_name).toBe("us");
    declare(pools, [bob, eve], [ada, bob, zoe]);
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: ["1 user will be permanently deleted", "(eu)."],
      neverSays: ["the user is protected"],
    });
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(pools)).toEqual([[ada]]);
    expect(deletionsReceived({ emulator: us })).toEqual([]);
    expect(us.pool.size).toBe(americans.length);
    check(await workspace.plan(), { code: 0 });
  });

  test("a change that names the pools deletes nobody, and the next one may", async () => {
    const pools = await applied(false);
    const { workspace } = pools;
    expect(workspace.userSet("staff")?.user_pool_name).toBeNull();
    declare(pools, [bob, eve], [ada, bob, zoe]);
    check(await workspace.plan("-out=plan"), {
      code: 1,
      says: ["a change that names another user pool deletes nobody", ada],
    });
    declare(pools, [ada, bob, eve], [ada, bob, zoe]);
    check(await workspace.apply(), { code: 0, neverSays: ["deleted"] });
    expect(workspace.userSet("staff")?.user_pool_name).toBe("eu");
    declare(pools, [bob, eve], [ada, bob, zoe]);
    check(await workspace.apply(), { code: 0, says: ["1 user will be permanently deleted"] });
    expect(deletionsReceived(pools)).toEqual([[ada]]);
  });
});
