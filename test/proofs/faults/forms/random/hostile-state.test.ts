import { afterEach, beforeAll, expect, test } from "@jest/globals";
import { seedUsers, startEmulator } from "../../../../support/emulator";
import { check } from "../../../../support/acceptance/removal-case";
import { engines } from "../../../../support/engine/engines";
import type { Workspace } from "../../../../support/workspace";
import { PreparedRemoval } from "../../kills/cut-apply";

const SIZE = 6;
const users = seedUsers(SIZE);
const [stranger] = seedUsers(1, { prefix: "stranger" });

let removal: PreparedRemoval;
const opened: Workspace[] = [];
beforeAll(async () => {
  const [engine] = engines();
  // Five stay and one leaves.
  removal = await PreparedRemoval.make(engine, SIZE, SIZE - 1);
});
afterEach(async () => {
  for (const workspace of opened.splice(0)) await workspace.close();
});

/** A set in a state file. */
interface EditedInstance {
  schema_version: number;
  attributes: Record<string, unknown>;
  private?: string;
}

/** Applies the removal of one user to a state that somebody edited. */
async function applyOn(edit: (instance: EditedInstance) => void) {
  const { emulator, workspace } = await openOn(edit);
  const run = await workspace.apply();
  return { run, left: emulator.pool.size };
}

/** Opens a folder with the edited state and the configuration of that removal. */
async function openOn(edit: (instance: EditedInstance) => void) {
  const emulator = await startEmulator({ users: [...users, ...(stranger ? [stranger] : [])] });
  const workspace = removal.begin(emulator);
  opened.push(workspace);
  const state = structuredClone(workspace.state()) as unknown as {
    resources: { instances: EditedInstance[] }[];
  };
  const instance = state.resources[0]?.instances[0];
  if (!instance) throw new Error("The prepared state holds no set.");
  edit(instance);
  workspace.writeFiles({ "terraform.tfstate": JSON.stringify(state) });
  return { emulator, workspace };
}

const privateData = (head: object): string => Buffer.from(`${JSON.stringify(head)}\n`).toString("base64");

test.each<[string, (instance: EditedInstance) => void, string]>([
  ["of a later version", (instance) => (instance.schema_version = 99), "newer provider version"],
  ["whose users are a list", ({ attributes }) => (attributes.users = ["a"]), "expected a map of string"],
  ["whose users are text", ({ attributes }) => (attributes.users = "a"), "expected a map of string"],
  [
    "whose limit is larger than a number",
    ({ attributes }) => (attributes.max_deletions = 1e300),
    "more digits than this provider can keep",
  ],
  [
    "with private data of a later version",
    (instance) => (instance.private = privateData({ version: 2 })),
    "later version",
  ],
])("a state %s is refused with a message, and nobody is deleted", async (_what, edit, reason) => {
  const { run, left } = await applyOn(edit);
  check(run, { code: 1, says: [reason], neverSays: ["This is a bug", "    at "] });
  expect(left).toBe(SIZE + 1);
});

test("a state with damaged private data is refreshed with a warning, and can be destroyed, which deletes nobody", async () => {
  const { workspace, emulator } = await openOn(
    (instance) => (instance.private = privateData({ version: 2 })),
  );
  check(await workspace.run("plan", "-input=false"), { code: 1, says: ["cannot be read", "-refresh=false"] });
  check(await workspace.plan("-destroy", "-refresh=false"), { code: 2, says: ["released, not deleted"] });
  workspace.write({ users: users.map(({ userId }) => userId) });
  check(await workspace.plan("-destroy"), { code: 2, says: ["released, not deleted"] });
  check(await workspace.plan(), { code: 0, says: ["was not refreshed"] });
  workspace.write({ users: [] });
  check(await workspace.destroy("-refresh=false"), { code: 0 });
  expect(workspace.userSet()).toBeUndefined();
  expect(emulator.pool.size).toBe(SIZE + 1);
});

test.each<[string, (instance: EditedInstance) => void]>([
  ["with a foreign attribute", ({ attributes }) => (attributes["left_by_somebody"] = { deep: [1] })],
  ["without its computed attributes", ({ attributes }) => delete attributes.drift],
  ["without its private data", (instance) => delete instance.private],
  [
    "with private data of other users",
    (instance) =>
      (instance.private = privateData({
        version: 1,
        digest: "x",
        undeclared: [],
        rebindings: [],
        others: [],
        waiting: [],
        attempts: [],
      })),
  ],
])("a state %s still removes exactly the removed user", async (_what, edit) => {
  const { run, left } = await applyOn(edit);
  check(run, { code: 0 });
  expect(left).toBe(SIZE);
});
