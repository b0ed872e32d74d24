import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { seedUsers } from "../../support/emulator";
import { applySet, check, deletionsReceived } from "../../support/acceptance/removal-case";
import { engines, enginesThatHandOnPlans, handsOnPlans } from "../../support/engine/engines";
import { type Scenario, useScenarios } from "../../support/scenario";

const pool = seedUsers(210);
const emails = pool.map(({ email }) => email ?? "");
const leavers = emails.slice(0, 200);
const [ada = "", bob = ""] = emails;
const email = { user_id_type: "email", max_deletions_percent: 100 };

const newest = enginesThatHandOnPlans();
const others = engines().filter((engine) => !handsOnPlans(engine));

/** All private data in the state, as text. */
function privateDataOf({ workspace }: Scenario): string {
  return workspace
    .state()
    .resources.flatMap(({ instances }) => instances)
    .map((instance) => (instance as { readonly private?: string }).private ?? "")
    .map((text) => Buffer.from(text, "base64").toString("latin1"))
    .join("\n");
}

describe.each([...newest, ...others])(
  "200 users lose their protection between plan and apply on $name $version",
  (engine) => {
    const open = useScenarios(engine);

    async function refused(suspend: object): Promise<{ readonly scenario: Scenario; readonly text: string }> {
      const scenario = await open({ emulator: { users: pool } });
      const { workspace } = scenario;
      const file = join(workspace.folder, "protected.json");
      writeFileSync(file, JSON.stringify({ email: leavers }));
      await applySet(workspace, { ...email, ...suspend, users: emails });
      workspace.setVariables({ GENAUTH_PROTECTED_USERS_FILE: file });
      workspace.write({ ...email, ...suspend, users: emails.slice(leavers.length) });
      check(await workspace.plan("-out=plan"), {
        code: 2,
        says: ["200 users will leave the set but not GenAuth"],
      });
      writeFileSync(file, JSON.stringify({}));
      const run = await workspace.apply("plan");
      check(run, { code: 1, neverSays: [/\d users? will be (permanently deleted|suspended)/] });
      expect(deletionsReceived(scenario)).toEqual([]);
      expect(Object.keys(workspace.userSet()?.users ?? {})).toHaveLength(emails.length);
      expect(privateDataOf(scenario)).not.toMatch(/"plan"/);
      return { scenario, text: run.text };
    }

    test("nobody is deleted, and no warning says that somebody will be", async () => {
      const { text } = await refused({});
      if (!handsOnPlans(engine)) {
        check({ code: 1, text }, { code: 1, says: ["inconsistent final plan"], neverSays: ["Warning"] });
        return;
      }
      const says = ["200 users would be deleted whom the approved plan does not delete", ada, "and 180 more"];
      check({ code: 1, text }, { code: 1, says, neverSays: ["bug in the provider", "Warning"] });
      expect(text.match(/Error:/g)).toHaveLength(1);
    });
  },
);

(newest.length > 0 ? describe : describe.skip)(
  "an engine that hands plans on: Terraform 1.16 or later, named in TERRAFORM_NEWEST",
  () => {
    const [engine] = newest;
    if (!engine) {
      test("is not here", () => undefined);
      return;
    }
    const open = useScenarios(engine);

    test("a deletion as planned, a creation and a replacement go on, and the state keeps nothing of the plan", async () => {
      const scenario = await open({ emulator: { users: pool } });
      const { workspace } = scenario;
      await applySet(workspace, { ...email, users: emails.slice(0, 5) });
      workspace.write({ ...email, users: emails.slice(1, 5) });
      check(await workspace.plan("-out=plan"), { code: 2, says: ["1 user will be permanently deleted"] });
      check(await workspace.apply("plan"), { code: 0 });
      expect(deletionsReceived(scenario)).toEqual([[ada]]);
      expect(privateDataOf(scenario)).not.toMatch(/"plan"/);
      workspace.write({ user_id_type: "user_id", users: pool.slice(1, 5).map(({ userId }) => userId) });
      check(await workspace.plan("-out=plan"), { code: 2, says: ["released, not deleted"] });
      check(await workspace.apply("plan"), { code: 0 });
      expect(privateDataOf(scenario)).not.toMatch(/"plan"/);
      check(await workspace.plan(), { code: 0, says: ["No changes"] });
    });

    test("an id that another set adds travels with the plan, and whoever has it by the apply is kept", async () => {
      const scenario = await open({ emulator: { users: pool } });
      const { workspace, emulator } = scenario;
      const [first, second] = pool.map(({ userId }) => userId);
      const ids = (users: readonly (string | undefined)[]) => ({
        users: users.map((id) => id ?? ""),
        max_deletions_percent: 100,
        depends_on: ["genauth_user_set.emails"],
      });
      workspace.writeConfiguration({
        sets: { emails: { ...email, users: [bob] }, ids: ids([first, second]) },
      });
      check(await workspace.apply(), { code: 0 });
      const added = { ...email, users: [bob, "new@example.com"] };
      workspace.writeConfiguration({ sets: { emails: added, ids: ids([second]) } });
      check(await workspace.plan("-out=plan"), {
        code: 2,
        says: ["1 user will be permanently deleted"],
        neverSays: ["that nobody has yet"],
      });
      emulator.pool.update(first ?? "", { email: "new@example.com" });
      check(await workspace.apply("plan"), {
        code: 0,
        says: ["by email new@example.com, which another set adds"],
      });
      expect(deletionsReceived(scenario)).toEqual([]);
      expect(privateDataOf(scenario)).not.toMatch(/"plan"/);
    });

    test.each([
      ["whose plan changes it is refused, and other sets are applied", true],
      ["that the plan does not change is not read again", false],
    ])("a file of users has changed since the plan: the set %s", async (_, isPlanned) => {
      const scenario = await open({ emulator: { users: pool } });
      const { workspace } = scenario;
      const file = join(workspace.folder, "users.json");
      const declare = (ids: readonly string[]) => {
        writeFileSync(file, JSON.stringify(Object.fromEntries(ids.map((id) => [id, ""]))));
      };
      const staff = { ...email, users: '${jsondecode(file("users.json"))}' };
      const [kept = "", leaver = ""] = emails.slice(4, 6);
      declare(emails.slice(0, 3));
      workspace.writeConfiguration({ sets: { staff, others: { ...email, users: [kept, leaver] } } });
      check(await workspace.apply(), { code: 0 });
      if (isPlanned) declare(emails.slice(1, 3));
      workspace.writeConfiguration({ sets: { staff, others: { ...email, users: [kept] } } });
      check(await workspace.plan("-out=plan"), { code: 2 });
      declare(emails.slice(2, 3));
      check(
        await workspace.apply("plan"),
        isPlanned
          ? { code: 1, says: ['Call to function "file" failed: function returned an inconsistent result'] }
          : { code: 0 },
      );
      expect(deletionsReceived(scenario)).toEqual([[leaver]]);
      expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual(emails.slice(0, 3));
    });

    test("protected_users from a local that reads a changed file: no set is applied", async () => {
      const scenario = await open({ emulator: { users: pool } });
      const { workspace } = scenario;
      const file = join(workspace.folder, "ids.json");
      const [kept = "", leaver = ""] = emails;
      const blocks = { locals: { ids: { email: '${jsondecode(file("ids.json"))}' } } };
      const write = (users: readonly string[]) => {
        const provider = { protected_users: "${local.ids}" };
        workspace.writeConfiguration({ sets: { staff: { ...email, users } }, provider, blocks });
      };
      writeFileSync(file, JSON.stringify([kept]));
      write([kept, leaver]);
      check(await workspace.apply(), { code: 0 });
      write([kept]);
      check(await workspace.plan("-out=plan"), { code: 2 });
      writeFileSync(file, JSON.stringify([kept, "joins@example.com"]));
      check(await workspace.apply("plan"), { code: 1, says: ["function returned an inconsistent result"] });
      expect(deletionsReceived(scenario)).toEqual([]);
    });
  },
);
