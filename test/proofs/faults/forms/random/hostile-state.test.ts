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

/** The private data of a set that remembers nobody. */
const OTHER_USERS = {
  version: 1,
  digest: "x",
  undeclared: [],
  rebindings: [],
  others: [],
  waiting: [],
};
const privateData = (head: object): string => Buffer.from(`${JSON.stringify(head)}\n`).toString("base64");

// Which values do not fit a type: unit/plugin/values.
test("a state with a list in place of its users is refused with a message, and nobody is deleted", async () => {
  const { run, left } = await applyOn(({ attributes }) => (attributes.users = ["a"]));
  check(run, {
    code: 1,
    says: ["expected a map of string"],
    neverSays: ["This is a bug", "    at "],
  });
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

test("a state with a foreign attribute, without its computed ones and with private data of other users still removes exactly the removed user", async () => {
  const { run, left } = await applyOn((instance) => {
    instance.attributes["left_by_somebody"] = { deep: [1] };
    delete instance.attributes.drift;
    instance.private = privateData(OTHER_USERS);
  });
  check(run, { code: 0 });
  expect(left).toBe(SIZE);
});
