import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { check, deletionsReceived, CHANGE_STARTED } from "../../support/acceptance/removal-case";

const pool = seedUsers(12);
const emails = pool.map(({ email }) => email ?? "");
const [a = "", b = "", c = "", d = "", e = ""] = emails;

/** A block of plain HCL for one or several sets. */
function setBlock(name: string, users: string, further = ""): string {
  return `resource "genauth_user_set" "${name}" {
  user_id_type = "email"
  ${further}
  users = ${users}
}`;
}

function labelled(...ids: readonly string[]): string {
  return JSON.stringify(Object.fromEntries(ids.map((id) => [id, ""])));
}

function main(provider: string, ...blocks: readonly string[]): Readonly<Record<string, string>> {
  return {
    "main.tf": `terraform {
  required_providers {
    genauth = { source = "terraform.local/genauth/genauth" }
  }
}
provider "genauth" {
  ${provider}
}
${blocks.join("\n")}
`,
  };
}

/** One set per team, by `for_each`. */
function byName(teams: Readonly<Record<string, readonly string[]>>): string {
  return setBlock("teams", '{ for id in each.value : id => "" }', `for_each = ${JSON.stringify(teams)}`);
}

/** One set per team, by `count`. */
function byNumber(...teams: readonly (readonly string[])[]): string {
  const list = JSON.stringify(teams);
  return setBlock("teams", `{ for id in ${list}[count.index] : id => "" }`, `count = ${teams.length}`);
}

describe.each(engines())("several sets in plain HCL on $name", (engine) => {
  const open = useScenarios(engine);

  async function applied(...blocks: readonly string[]): Promise<Scenario> {
    const scenario = await open({ emulator: { users: pool } });
    scenario.workspace.writeFiles(main("", ...blocks));
    check(await scenario.workspace.apply(), { code: 0 });
    return scenario;
  }

  async function expectRefused(
    { workspace, emulator }: Scenario,
    blocks: readonly string[],
    ...says: readonly string[]
  ): Promise<void> {
    workspace.writeFiles(main("", ...blocks));
    check(await workspace.apply(), {
      code: 1,
      says: [/nobody was deleted/i, ...says],
      neverSays: [CHANGE_STARTED],
    });
    expect(deletionsReceived({ emulator })).toEqual([]);
    expect(emulator.pool.size).toBe(pool.length);
  }

  test("of two sets, each says once how an apply keeps to the plan, below the names of its own leavers", async () => {
    const { workspace } = await applied(setBlock("one", labelled(a, b)), setBlock("two", labelled(c, d)));
    workspace.writeFiles(main("", setBlock("one", labelled(b)), setBlock("two", labelled(d))));
    const { code, text } = await workspace.plan();
    expect(code).toBe(2);
    const [first = "", second = "", ...others] = text.split("Provider produced inconsistent final plan");
    expect(others).toHaveLength(1);
    const leaversIn = (part: string) => [a, c].filter((id) => part.includes(`  ${id}`));
    expect([...leaversIn(first.slice(first.indexOf("Warning:"))), ...leaversIn(second)].sort()).toEqual([
      a,
      c,
    ]);
  });

  test("of two sets whose warnings begin alike, a plan shows both warnings whole", async () => {
    const { workspace } = await applied(
      setBlock("one", labelled(a, b, d)),
      setBlock("two", labelled(a, c, e)),
    );
    workspace.writeFiles(main("", setBlock("one", labelled(d)), setBlock("two", labelled(e))));
    const { code, text } = await workspace.plan();
    const warnings = text.slice(text.indexOf("Warning:"));
    check(
      { code, text: warnings },
      { code: 2, says: [`: ${a}, …`, `: ${a}, … (warning 2)`, b, c], neverSays: ["similar warning"] },
    );
  });

  test("who leaves two sets, of which one deletes at once, is deleted as its plan says, and the next apply forgets the user", async () => {
    const both = (...leaving: readonly string[]): string[] => [
      setBlock("patient", labelled(...leaving, b), "suspend_days = 14"),
      setBlock("prompt", labelled(...leaving, c)),
    ];
    const { workspace, emulator } = await applied(...both(a));
    workspace.writeFiles(main("", ...both()));
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: ["1 user will be suspended", `permanently deleted from GenAuth in 1 call: ${a}`],
    });
    // The engine applies both at once. The patient set may find nobody to suspend any more, which it says.
    await workspace.apply("plan");
    expect(deletionsReceived({ emulator })).toEqual([[a]]);
    expect(emulator.pool.size).toBe(pool.length - 1);
    check(await workspace.apply(), { code: 0 });
    check(await workspace.plan(), { code: 0 });
    expect(workspace.userSet("patient")).toMatchObject({ users: { [b]: "" }, suspended: {} });
    expect(deletionsReceived({ emulator })).toEqual([[a]]);
    expect(emulator.pool.list().every(({ status = "Activated" }) => status === "Activated")).toBe(true);
  });

  test("who leaves two sets that wait 5 and 14 days is suspended, and deleted once, when the shorter time has passed", async () => {
    const both = (...leaving: readonly string[]): string[] => [
      setBlock("short", labelled(...leaving, b), "suspend_days = 5"),
      setBlock("long", labelled(...leaving, c), "suspend_days = 14"),
    ];
    const { workspace, emulator } = await applied(...both(a));
    workspace.writeFiles(main("", ...both()));
    check(await workspace.apply(), { code: 0 });
    expect(emulator.pool.find(a, "email")?.status).toBe("Suspended");
    expect(Object.keys(workspace.userSet("short")?.suspended ?? {})).toEqual([a]);
    expect(Object.keys(workspace.userSet("long")?.suspended ?? {})).toEqual([a]);

    emulator.letDaysPass(7);
    check(await workspace.apply(), {
      code: 0,
      says: [`permanently deleted from GenAuth in 1 call: ${a}`],
    });
    expect(deletionsReceived({ emulator })).toEqual([[a]]);

    // The set that waits longer finds that the user is gone.
    check(await workspace.apply(), { code: 0 });
    check(await workspace.plan(), { code: 0 });
    expect(workspace.userSet("short")?.suspended).toEqual({});
    expect(workspace.userSet("long")?.suspended).toEqual({});
    expect(emulator.pool.size).toBe(pool.length - 1);
  });

  test("who leaves one set, while another set's id for that user is bound to somebody else, is deleted, and nobody else", async () => {
    const [former = "", , staying = "", heir = ""] = pool.map(({ userId }) => userId);
    const blocks = (...leaving: readonly string[]): string[] => [
      setBlock("mail", labelled(a, b)),
      `resource "genauth_user_set" "ids" {
  users = ${labelled(...leaving, staying)}
}`,
    ];
    const { workspace, emulator } = await applied(...blocks(former));
    emulator.pool.passId("email", former, heir);
    workspace.writeFiles(main("", ...blocks()));
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: [
        "An apply binds the id to the new user",
        `permanently deleted from GenAuth in 1 call: ${former}`,
      ],
    });
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived({ emulator })).toEqual([[former]]);
    check(await workspace.plan(), { code: 0 });
  });

  test("a user moves from one team to another: refused, and kept if all ids are protected", async () => {
    const scenario = await applied(byName({ red: [a, b], blue: [c, d] }));
    const moved = { red: [a], blue: [b, c, d] };
    await expectRefused(scenario, [byName(moved)], "set declares", b);
    const { workspace } = scenario;
    const everybody = `protected_users = { email = ${JSON.stringify(Object.values(moved).flat())} }`;
    workspace.writeFiles(main(everybody, byName(moved)));
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: ["will leave the set but not GenAuth", "protected"],
    });
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(Object.keys(workspace.userSet("teams", "blue")?.users ?? {})).toEqual([b, c, d]);
  });

  test("the first of two teams of a count is removed: refused, with an explanation of count", async () => {
    const scenario = await applied(byNumber([a, b], [c, d]));
    await expectRefused(scenario, [byNumber([c, d])], "of a set that is being removed", "for_each");
  });

  test("a set is split in two with moved: refused", async () => {
    const scenario = await applied(setBlock("all", labelled(a, b, c, d)));
    const moved = "moved {\n  from = genauth_user_set.all\n  to = genauth_user_set.red\n}";
    const blocks = [moved, setBlock("red", labelled(a, b)), setBlock("blue", labelled(c, d))];
    await expectRefused(scenario, blocks, "set declares", c);
  });

  /** Users that are unknown before apply. */
  function unknown(...ids: readonly string[]): string {
    return `resource "terraform_data" "joining" {\n  input = ${labelled(...ids)}\n}`;
  }

  test("one set deletes users while those of another are unknown: refused, unless unknown users are accepted", async () => {
    const scenario = await applied(setBlock("staff", labelled(a, b)));
    const joining = (further: string) => [
      setBlock("staff", labelled(a)),
      unknown(b),
      setBlock(
        "joining",
        "terraform_data.joining.output",
        `depends_on = [genauth_user_set.staff]\n${further}`,
      ),
    ];
    await expectRefused(scenario, joining(""), "not known yet", "allow_unknown_users", "protected_users", b);

    const { workspace } = scenario;
    workspace.writeFiles(main(`protected_users = { email = ["${b}"] }`, ...joining("")));
    check(await workspace.plan(), { code: 2, says: ["will leave the set but not GenAuth"] });

    workspace.writeFiles(main("", ...joining("allow_unknown_users = true")));
    check(await workspace.plan("-out=plan"), { code: 2, says: ["1 user will be permanently deleted"] });
    check(await workspace.apply("plan"), {
      code: 1,
      says: ["the other set may already have done so", "cdktf-genauth drift --users", b],
    });
    expect(deletionsReceived(scenario)).toEqual([[b]]);
  });
});
