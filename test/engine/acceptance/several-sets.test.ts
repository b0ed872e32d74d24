import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { engines } from "../../support/engine/engines";
import { useScenarios, type Scenario } from "../../support/scenario";
import { check, deletionsReceived, STARTED } from "../../support/acceptance/removal-case";

const pool = seedUsers(12);
const emails = pool.map(({ email }) => email ?? "");
const usernames = pool.map(({ username }) => username ?? "");
const [a = "", b = "", c = "", d = "", e = "", f = ""] = emails;

/** Whichever of the two sets is planned first. */
const MAY_BE_DECLARED = ["1 user that", "may declare under another id", "by username", /nobody was deleted/i];

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
    const scenario = await open({
      emulator: { users: pool },
      environment: { GENAUTH_CONFIRM_SECONDS: "0.2" },
    });
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
    check(await workspace.apply(), { code: 1, says: [/nobody was deleted/i, ...says], neverSays: [STARTED] });
    expect(deletionsReceived({ emulator })).toEqual([]);
    expect(emulator.pool.size).toBe(pool.length);
  }

  test("two teams of a for_each exchange users: refused, with advice", async () => {
    const scenario = await applied(byName({ red: [a, b], blue: [c, d] }));
    await expectRefused(
      scenario,
      [byName({ red: [a, c], blue: [b, d] })],
      "set declares",
      "protected_users",
      b,
    );
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
      says: ["leaves the set and keeps the account", "protected"],
    });
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(Object.keys(workspace.userSet("teams", "blue")?.users ?? {})).toEqual([b, c, d]);
  });

  test("the first of three teams of a count is removed: refused", async () => {
    const scenario = await applied(byNumber([a, b], [c, d], [e, f]));
    await expectRefused(scenario, [byNumber([c, d], [e, f])], "deletes");
  });

  test("the first of two teams of a count is removed: refused, with an explanation of count", async () => {
    const scenario = await applied(byNumber([a, b], [c, d]));
    await expectRefused(scenario, [byNumber([c, d])], "of a set that is being removed", "for_each");
  });

  test("the last of several teams of a count can be removed", async () => {
    const scenario = await applied(byNumber([a, b], [c, d]));
    scenario.workspace.writeFiles(main("", byNumber([a, b])));
    check(await scenario.workspace.apply(), { code: 0, says: ["not deleted"] });
    expect(deletionsReceived(scenario)).toEqual([]);
  });

  test("a set is split in two with moved: refused", async () => {
    const scenario = await applied(setBlock("all", labelled(a, b, c, d)));
    const moved = "moved {\n  from = genauth_user_set.all\n  to = genauth_user_set.red\n}";
    const blocks = [moved, setBlock("red", labelled(a, b)), setBlock("blue", labelled(c, d))];
    await expectRefused(scenario, blocks, "set declares", c);
  });

  test("a user is removed from one set and declared in another by another id type: refused", async () => {
    const other = `resource "genauth_user_set" "names" {
      user_id_type = "username"
      users = ${labelled(usernames[1] ?? "", usernames[2] ?? "")}
    }`;
    const scenario = await applied(setBlock("staff", labelled(a, b)), other);
    await expectRefused(scenario, [setBlock("staff", labelled(a)), other], usernames[1] ?? "");
  });

  test("while nobody can be looked up, a removal beside a set that adds ids of another type is refused", async () => {
    const names = (...ids: readonly string[]) => `resource "genauth_user_set" "names" {
      user_id_type = "username"
      users = ${labelled(...ids)}
    }`;
    const scenario = await applied(setBlock("staff", labelled(a, b)), names(usernames[2] ?? ""));
    const { workspace, emulator } = scenario;
    const moved = [setBlock("staff", labelled(a)), names(usernames[2] ?? "", usernames[1] ?? "")];
    emulator.faults.add({ then: { kind: "http", status: 503 } });
    workspace.writeFiles(main("max_attempts = 1", ...moved));
    check(await workspace.plan("-refresh=false", "-out=plan"), {
      code: 1,
      says: [...MAY_BE_DECLARED, b],
    });
    // A set that protects everybody has nothing to fear from the other one.
    const everybody = JSON.stringify({ email: [a], username: [usernames[1], usernames[2]] });
    workspace.writeFiles(main(`max_attempts = 1\n  protected_users = ${everybody}`, ...moved));
    check(await workspace.plan("-refresh=false", "-out=plan"), { code: 2, says: ["could not be looked up"] });
    emulator.faults.clear();
    check(await workspace.apply("plan"), { code: 0, says: ["protected"] });
    expect(deletionsReceived(scenario)).toEqual([]);
    expect(emulator.pool.size).toBe(pool.length);
  });

  test("while nobody can be looked up, a removal beside a set that has never found an id of another type is refused", async () => {
    const { userId = "", username = "" } = pool[1] ?? {};
    const names = `resource "genauth_user_set" "names" {
      user_id_type = "username"
      users = ${labelled(username, usernames[2] ?? "")}
    }`;
    const { workspace, emulator } = await open({ emulator: { users: pool } });
    emulator.pool.update(userId, { username: "elsewhere" });
    workspace.writeFiles(main("", setBlock("staff", labelled(a, b)), names));
    check(await workspace.apply(), { code: 0, says: [username] });
    emulator.pool.update(userId, { username });
    emulator.faults.add({ then: { kind: "http", status: 503 } });
    workspace.writeFiles(main("max_attempts = 1", setBlock("staff", labelled(a)), names));
    check(await workspace.plan("-refresh=false", "-out=plan"), { code: 1, says: [...MAY_BE_DECLARED, b] });
    emulator.faults.clear();
    check(await workspace.plan("-refresh=false"), { code: 1, says: [`${b} (there: ${username})`] });
    expect(emulator.pool.size).toBe(pool.length);
  });

  test("a removal that is open until another look-up succeeds is compared by all ids of its user: refused", async () => {
    const { userId = "", username = "" } = pool[1] ?? {};
    // So many leave that the added id is looked up by a call of its own.
    const many = seedUsers(60);
    const leavers = many.slice(1, 51).map(({ email = "" }) => email);
    const staff = (...ids: readonly string[]) =>
      setBlock(
        "staff",
        JSON.stringify(Object.fromEntries([a, ...ids].map((id) => [id, "Staff"]))),
        "max_deletions_percent = 100",
      );
    const names = `resource "genauth_user_set" "names" {
      user_id_type = "username"
      users = ${labelled(username, many.at(-1)?.username ?? "")}
    }`;
    const { workspace, emulator } = await open({ emulator: { users: many } });
    // The other set has never seen whom its id names.
    emulator.pool.update(userId, { username: "elsewhere" });
    workspace.writeFiles(main("", staff(...leavers), names));
    check(await workspace.apply(), { code: 0, says: [username] });
    emulator.pool.update(userId, { username });
    // An id with the same label may be the new one of somebody who leaves, until a look-up says whose it is.
    emulator.faults.add({ ids: ["new@example.com"], then: { kind: "http", status: 503 } });
    workspace.writeFiles(main("max_attempts = 1", staff("new@example.com"), names));
    check(await workspace.plan("-refresh=false"), {
      code: 1,
      says: [/(This change|Another set) may delete 1 user/, `${b} Staff (there: ${username})`],
    });
  });

  test("a user is removed from one set and added to another by another id type in the same change: refused", async () => {
    const names = (...ids: readonly string[]) => `resource "genauth_user_set" "names" {
      user_id_type = "username"
      users = ${labelled(...ids)}
    }`;
    const scenario = await applied(setBlock("staff", labelled(a, b)), names(usernames[2] ?? ""));
    const after = [setBlock("staff", labelled(a)), names(usernames[1] ?? "", usernames[2] ?? "")];
    await expectRefused(scenario, after, usernames[1] ?? "");
  });

  test("a set removes a user while another adds an id that nobody has yet: the plan warns, and protection keeps the user", async () => {
    const phone = pool[1]?.phone ?? "";
    const phones = (...ids: readonly string[]) => `resource "genauth_user_set" "phones" {
      user_id_type = "phone"
      users = ${labelled(...ids)}
    }`;
    const scenario = await applied(phones(phone), setBlock("staff", labelled(a)));
    const { workspace, emulator } = scenario;
    const after = [phones(), setBlock("staff", labelled(a, "new@example.com"))];
    const warned = [
      "adds 1 id that nobody has yet",
      "new@example.com",
      "becomes an id of one of these users",
    ];
    workspace.writeFiles(main("", ...after));
    check(await workspace.plan("-out=plan"), { code: 2, says: ["1 user will be permanently", ...warned] });
    const everybody = JSON.stringify({ email: [a, "new@example.com"] });
    workspace.writeFiles(main(`protected_users = ${everybody}`, ...after));
    check(await workspace.plan("-out=plan"), { code: 2, says: [phone], neverSays: ["nobody has yet"] });
    const { userId = "" } = pool[1] ?? {};
    emulator.pool.update(userId, { email: "new@example.com" });
    check(await workspace.apply("plan"), { code: 0, says: ["protected"] });
    expect(deletionsReceived(scenario)).toEqual([]);
  });

  test("one person leaves two sets that end the person on different days: refused, and accepted with the same days", async () => {
    const names = (days: number, ...ids: readonly string[]) => `resource "genauth_user_set" "names" {
      user_id_type = "username"
      suspend_days = ${days}
      users = ${labelled(...ids)}
    }`;
    const [, name = "", stays = ""] = usernames;
    const scenario = await applied(setBlock("staff", labelled(a, b)), names(3, name, stays));
    const { workspace } = scenario;
    workspace.writeFiles(main("", setBlock("staff", labelled(a)), names(3, stays)));
    check(await workspace.plan("-out=plan"), {
      code: 1,
      says: [
        "Two sets would delete 1 user on different days",
        "suspended for 3 days",
        "Give both sets the same suspend_days",
      ],
    });
    workspace.writeFiles(main("", setBlock("staff", labelled(a), "suspend_days = 3"), names(3, stays)));
    check(await workspace.plan("-out=plan"), { code: 2, says: [], neverSays: ["on different days"] });
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario)).toEqual([]);
  });

  test("a user whom one set suspended and another declares is named, and reactivated once protected", async () => {
    const suspending = (...ids: readonly string[]) =>
      setBlock("staff", labelled(...ids), "suspend_days = 14");
    const scenario = await applied(suspending(a, b));
    const { workspace, emulator } = scenario;
    workspace.writeFiles(main("", suspending(a)));
    check(await workspace.apply(), { code: 0 });
    const { userId = "", username = "" } = pool[1] ?? {};
    const names = `resource "genauth_user_set" "names" {
      user_id_type = "username"
      users = ${labelled(username)}
    }`;
    const named = [
      /set holds 1 suspended user whom .* set declares/,
      b,
      username,
      "protected_users of the provider",
    ];
    workspace.writeFiles(main("", suspending(a), names));
    check(await workspace.plan("-out=plan"), { code: 2, says: named });
    check(await workspace.apply("plan"), { code: 0 });
    // Each plan says so.
    check(await workspace.plan(), { code: 0, says: named });
    expect(emulator.pool.find(userId)?.status).toBe("Suspended");

    const everybody = JSON.stringify({ email: [a], username: [username] });
    workspace.writeFiles(main(`protected_users = ${everybody}`, suspending(a), names));
    // After a killed provider, nothing proves that the set suspended the user.
    const state = JSON.stringify(workspace.state());
    workspace.writeFiles({ "terraform.tfstate": state.replaceAll(/"private":"[^"]*"/g, '"private":null') });
    const says = ["1 declared user is suspended, perhaps by this set", b];
    check(await workspace.plan(), { code: 2, says, neverSays: ["no longer be deleted later"] });

    workspace.writeFiles({ "terraform.tfstate": state });
    check(await workspace.apply(), {
      code: 0,
      neverSays: ["whom another set declares", "whom this set declares"],
    });
    expect(emulator.pool.find(userId)?.status).toBe("Activated");
  });

  test("a user is removed from one set and retained in another: refused", async () => {
    const retaining = setBlock("other", labelled(c), `retained_user_ids = ["${b}"]`);
    const scenario = await applied(setBlock("staff", labelled(a, b)), retaining);
    await expectRefused(scenario, [setBlock("staff", labelled(a)), retaining], "declares or retains", b);
  });

  test("two sets imported with the same id are two sets: refused", async () => {
    const scenario = await open({ emulator: { users: pool } });
    const { workspace } = scenario;
    const id = JSON.stringify({ user_id_type: "email", users: { [a]: "", [b]: "" } });
    const sets = [setBlock("red", labelled(a, b)), setBlock("blue", labelled(a, b))];
    const imports = ["red", "blue"].map(
      (name) => `import {\n  to = genauth_user_set.${name}\n  id = ${JSON.stringify(id)}\n}`,
    );
    workspace.writeFiles(main("", ...sets, ...imports));
    check(await workspace.apply(), { code: 0 });
    await expectRefused(scenario, [setBlock("red", labelled(a)), setBlock("blue", labelled(a, b))], b);
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
    check(await workspace.plan(), { code: 2, says: ["leaves the set and keeps the account"] });

    workspace.writeFiles(main("", ...joining("allow_unknown_users = true")));
    check(await workspace.plan("-out=plan"), { code: 2, says: ["1 user will be permanently deleted"] });
    check(await workspace.apply("plan"), {
      code: 1,
      says: ["the other set may already have deleted this user", "genauth-users drift --users", b],
    });
    expect(deletionsReceived(scenario)).toEqual([[b]]);
  });

  test("a set with unknown users has a user that another set declares: refused, although unknown users are accepted", async () => {
    const other = setBlock("other", labelled(b, c));
    const scenario = await applied(setBlock("staff", labelled(a, b)), other);
    const staff = setBlock("staff", "terraform_data.joining.output", "allow_unknown_users = true");
    await expectRefused(scenario, [staff, unknown(a), other], "may delete", b);

    const { workspace } = scenario;
    workspace.writeFiles(main(`protected_users = { email = ["${b}"] }`, staff, unknown(a), other));
    check(await workspace.plan("-out=plan"), { code: 2 });
    check(await workspace.apply("plan"), { code: 0, says: ["protected"] });
    expect(deletionsReceived(scenario)).toEqual([]);
  });

  test("sets in modules", async () => {
    const { workspace, emulator } = await open({ emulator: { users: pool } });
    const team = (users: string) => `terraform {
      required_providers {
        genauth = { source = "terraform.local/genauth/genauth" }
      }
    }
    variable "users" { type = map(string) }
    ${setBlock("team", users)}`;
    const module = (name: string, users: string) =>
      `module "${name}" {\n  source = "./team"\n  users = ${users}\n}`;
    workspace.writeModule("team", team("var.users"));
    workspace.writeFiles(main("", module("red", labelled(a, b)), module("blue", labelled(c, d))));
    check(await workspace.run("get"), { code: 0 });
    check(await workspace.apply(), { code: 0 });
    workspace.writeFiles(main("", module("red", labelled(a)), module("blue", labelled(b, c, d))));
    check(await workspace.plan(), { code: 1, says: ["set declares", b] });
    expect(emulator.pool.size).toBe(pool.length);
  });

  test("sets without common users do not affect each other", async () => {
    const scenario = await applied(byName({ red: [a, b], blue: [c, d] }));
    scenario.workspace.writeFiles(main("", byName({ red: [a], blue: [d, e] })));
    check(await scenario.workspace.plan("-out=plan"), {
      code: 2,
      says: ["1 user will be permanently deleted"],
    });
    check(await scenario.workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived(scenario).flat().sort()).toEqual([b, c].sort());
  });
});
