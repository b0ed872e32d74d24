import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Child } from "../../../../support/engine/child";
import { type Emulator, seedUsers, startEmulator } from "../../../../support/emulator";
import { applySet, check, deletionsReceived } from "../../../../support/acceptance/removal-case";
import { NullResourceWorkspace } from "../../../../support/null-resource-workspace";
import { Template } from "../../../../support/template";
import { Workspace } from "../../../../support/workspace";
import { SUPPORTED, supportedEngine } from "../../../faults/engine-versions/supported-engines";
import { atEnd } from "../../../../support/at-end";

const pool = seedUsers(6);
const emails = pool.map(({ email }) => email ?? "");
const [ada = "", bob = ""] = emails;
const email = { user_id_type: "email" };

describe.each(SUPPORTED)("$name $version", (source) => {
  const building = new Set<Child>();
  let template: Template;
  let withNull: Template;
  beforeAll(async () => {
    const engine = await supportedEngine(source, (child) => building.add(child));
    template = await Template.prepare(engine);
    withNull = await Template.prepare(engine, true);
  });
  afterAll(() => {
    for (const child of building) child.signal("SIGKILL");
  });

  async function open<W extends Workspace>(
    Kind: new (...args: ConstructorParameters<typeof Workspace>) => W,
    from: Template,
  ): Promise<{ readonly emulator: Emulator; readonly workspace: W }> {
    const emulator = await startEmulator({ users: pool });
    const workspace = new Kind(from, { ...emulator.environment(), GENAUTH_CONFIRM_SECONDS: "0.2" });
    atEnd(() => workspace.close());
    return { emulator, workspace };
  }

  test.each([
    ["genauth_user_set", () => open(Workspace, template)],
    ["null_resource", () => open(NullResourceWorkspace, withNull)],
  ])("%s: creates a set, plans nothing, and a saved plan deletes the leaver", async (_, opened) => {
    const { emulator, workspace } = await opened();
    await applySet(workspace, { ...email, users: emails });
    check(await workspace.plan(), { code: 0, says: ["No changes"] });

    workspace.write({ ...email, users: emails.slice(2), retained_ids: [bob] });
    check(await workspace.plan("-out=plan"), { code: 2, says: [ada, bob] });
    expect(deletionsReceived({ emulator })).toEqual([]);
    check(await workspace.apply("plan"), { code: 0 });
    expect(deletionsReceived({ emulator })).toEqual([[ada]]);
    expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual(emails.slice(2));
    check(await workspace.plan(), { code: 0, says: ["No changes"] });
  });

  test("a user whom the plan keeps is bound by it: an apply that would delete the user is refused", async () => {
    const { emulator, workspace } = await open(Workspace, template);
    const file = join(workspace.folder, "protected.json");
    const provider = { protected_users: '${jsondecode(file("protected.json"))}' };
    writeFileSync(file, JSON.stringify({ email: [ada] }));
    await applySet(workspace, { ...email, users: emails });
    workspace.write({ ...email, users: emails.slice(1) }, provider);
    check(await workspace.plan("-out=plan"), {
      code: 2,
      says: ["protected", "will leave the set but not GenAuth"],
    });
    writeFileSync(file, JSON.stringify({ email: [bob] }));
    check(await workspace.apply("plan"), { code: 1, says: ["inconsistent final plan"] });
    expect(deletionsReceived({ emulator })).toEqual([]);
    expect(Object.keys(workspace.userSet()?.users ?? {})).toEqual(emails);
  });
});
