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

interface Edited {
  readonly state: string;
  readonly edit: (instance: EditedInstance) => void;
}

test.each<Edited & { says: string }>([
  {
    state: "of a later version",
    edit: (instance) => (instance.schema_version = 99),
    says: "newer provider version",
  },
  {
    state: "with a list in place of its users",
    edit: ({ attributes }) => (attributes.users = ["a"]),
    says: "expected a map of string",
  },
  {
    state: "with a text in place of its users",
    edit: ({ attributes }) => (attributes.users = "a"),
    says: "expected a map of string",
  },
  {
    state: "with a limit that is larger than a number",
    edit: ({ attributes }) => (attributes.max_deletions = 1e300),
    says: "more digits than this provider can keep",
  },
  {
    state: "with private data of a later version",
    edit: (instance) => (instance.private = privateData({ version: 2 })),
    says: "later version",
  },
])("a state $state is refused with a message, and nobody is deleted", async ({ edit, says }) => {
  const { run, left } = await applyOn(edit);
  check(run, { code: 1, says: [says], neverSays: ["This is a bug", "    at "] });
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

test.each<Edited>([
  {
    state: "with a foreign attribute",
    edit: ({ attributes }) => (attributes["left_by_somebody"] = { deep: [1] }),
  },
  { state: "without its computed attributes", edit: ({ attributes }) => delete attributes.drift },
  { state: "without its private data", edit: (instance) => delete instance.private },
  {
    state: "with private data of other users",
    edit: (instance) => (instance.private = privateData(OTHER_USERS)),
  },
])("a state $state still removes exactly the removed user", async ({ edit }) => {
  const { run, left } = await applyOn(edit);
  check(run, { code: 0 });
  expect(left).toBe(SIZE);
});
