import { describe, expect, test } from "@jest/globals";
import { TerraformStack, Testing } from "cdktf";
import { GenAuthProvider, ManagedUserSet, UserIdType, Users } from "cdktf-genauth";
import { seedUsers } from "../../support/emulator";
import { scratchApps } from "../../support/constructs/scratch";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { check, deletionsReceived } from "../../support/acceptance/removal-case";

const pool = seedUsers(6);
const [, bob] = pool;
const emails = pool.map(({ email }) => email ?? "");
const nobodyDeleted = { neverSays: ["will be permanently deleted"] };

/** Valid ids that a reader of HCL, JSON, URLs or shells could take for something else. */
const UNUSUAL = [
  'say "hi"',
  "100%",
  "a/b\\c",
  "名前",
  "Ωmega'",
  "${1+1}",
  "%{ if true }",
  "a=b&c[]=d",
  "-rf",
  "#{x}",
  "__proto__x",
  "a b",
  "😀",
];

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

  async function applied(build: (stack: TerraformStack) => void): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool } });
    declare(scenario, build);
    check(await scenario.workspace.apply(), { code: 0 });
    return scenario;
  }

  test("a move to another set, by whatever id that names its users, deletes nobody", async () => {
    const others = {
      emails: { type: UserIdType.EMAIL, ids: emails },
      names: { type: UserIdType.USERNAME, ids: pool.map(({ username = "" }) => username) },
      numbers: { type: UserIdType.EXTERNAL_ID, ids: pool.map(({ externalId = "" }) => externalId) },
    };
    const build =
      (one: string[], usersOf: (ids: readonly string[], index: number) => string[]) =>
      (stack: TerraformStack): void => {
        new ManagedUserSet(stack, "one", { users: Users.fromIds(one), userIdType: UserIdType.EMAIL });
        for (const [index, [name, { type, ids }]] of Object.entries(others).entries())
          new ManagedUserSet(stack, name, { users: Users.fromIds(usersOf(ids, index)), userIdType: type });
      };
    const scenario = await applied(build(emails.slice(0, 4), (ids) => ids.slice(4)));
    const { workspace } = scenario;
    const after = (ids: readonly string[], index: number) => [
      ...ids.slice(index, index + 1),
      ...ids.slice(4),
    ];
    declare(scenario, build(emails.slice(3, 4), after));
    check(await workspace.plan("-out=plan"), { code: 2, says: ["the user is protected"], ...nobodyDeleted });
    check(await workspace.apply("plan"), { code: 0, says: ["3 users left the set but not GenAuth"] });
    expect(deletionsReceived(scenario)).toEqual([]);
    for (const [index, [name, { ids }]] of Object.entries(others).entries())
      expect(Object.keys(workspace.userSet(name)?.users ?? {}).sort()).toEqual(after(ids, index).sort());
    check(await workspace.plan(), { code: 0 });
  });

  test("unusual ids, and those and labels that look like expressions, are text in the plan and in GenAuth", async () => {
    const label = '${file("/etc/passwd")} %{ if true }';
    const users = UNUSUAL.map((username, index) => ({ userId: String(index).padStart(24, "a"), username }));
    const scenario = await open({ emulator: { users: [...users, ...pool] } });
    const build = (declared: Record<string, string>) => (stack: TerraformStack) => {
      new ManagedUserSet(stack, "one", {
        users: Users.fromMap(declared),
        userIdType: UserIdType.USERNAME,
        maxDeletionsPercent: 100,
      });
    };
    const staying = { [bob?.username ?? ""]: "Bob" };
    const everybody = { ...Object.fromEntries(UNUSUAL.map((id) => [id, label])), ...staying };
    declare(scenario, build(everybody));
    check(await scenario.workspace.apply(), { code: 0 });
    expect(scenario.workspace.userSet("one")?.users).toEqual(everybody);
    declare(scenario, build(staying));
    check(await scenario.workspace.apply(), { code: 0 });
    expect(deletionsReceived(scenario).map((ids) => [...ids].sort())).toEqual([[...UNUSUAL].sort()]);
    expect(scenario.emulator.pool.size).toBe(pool.length);
  });
});
