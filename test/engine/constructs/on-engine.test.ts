import { beforeAll, describe, expect, test } from "@jest/globals";
import {
  App,
  LocalBackend,
  TerraformIterator,
  TerraformOutput,
  TerraformStack,
  TerraformVariable,
  Token,
} from "cdktf";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../support/at-end";
import { runToSuccess } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { GenAuthProvider, ManagedUserSet, UserIdType, Users } from "../../../src";
import { type Emulator, seedUsers, startEmulator } from "../../support/emulator";
import { engines } from "../../support/engine/engines";

const ODD = 'o"d\\d/${1+1}%{x}@x';
const LABEL = '${file("/etc/passwd")}';

/** A stack with everything that the construct writes as an expression or as text. */
function synthesise(outdir: string): void {
  const app = new App({ outdir });
  const stack = new TerraformStack(app, "stack");
  new LocalBackend(stack, { path: "terraform.tfstate" });
  new GenAuthProvider(stack, "genauth");
  const userIdType = UserIdType.EMAIL;

  const teams = TerraformIterator.fromMap({
    red: { users: Users.fromMap({ [ODD]: LABEL }).toMap() },
    blue: { users: Users.fromIds(["user001@example.com"]).toMap() },
  });
  const each = new ManagedUserSet(stack, "each", {
    forEach: teams,
    users: Users.fromMap(teams.getStringMap("users")),
    userIdType,
  });
  const map = new TerraformVariable(stack, "map", { type: "map(string)" });
  const list = new TerraformVariable(stack, "list", { type: "list(string)" });
  new ManagedUserSet(stack, "map_set", { users: Users.fromMap(Token.asStringMap(map.value)), userIdType });
  const listed = new ManagedUserSet(stack, "list_set", { users: Users.fromIds(list.listValue), userIdType });
  const plain = new ManagedUserSet(stack, "plain", { users: Users.fromMap({ [ODD]: LABEL }), userIdType });
  // Its ids come from a resource of the provider, which must not make a cycle.
  new ManagedUserSet(stack, "from_set", {
    users: Users.fromIds(listed.ids),
    userIdType,
    dependsOn: [each],
  });

  const { drift, ids, missing, survivors } = each;
  const outputs = {
    drift,
    ids,
    missing,
    survivors,
    plainMissing: plain.missing,
    plainDrift: plain.drift,
  };
  for (const [name, value] of Object.entries(outputs)) new TerraformOutput(stack, name, { value });
  app.synth();
}

describe.each(engines())("a synthesised stack on $name", (engine) => {
  let folder: string;
  let emulator: Emulator;

  beforeAll(async () => {
    folder = newFolder();
    writeFileSync(join(folder, "empty.tfrc"), "");
    emulator = await startEmulator({ users: seedUsers(3) });
  });

  async function run(...args: string[]): Promise<string> {
    const env = cleanEnvironment(join(folder, "empty.tfrc"), {
      ...emulator.environment(),
      TF_VAR_map: JSON.stringify({ "user002@example.com": "Two" }),
      TF_VAR_list: JSON.stringify(["user003@example.com"]),
    });
    return (await runToSuccess(engine.path, args, { cwd: join(folder, "stacks/stack"), env })).stdout;
  }

  test("evaluates the tokens, and no part of the data", async () => {
    synthesise(folder);
    await run("init", "-no-color");
    await run("apply", "-auto-approve", "-no-color");

    const { values } = JSON.parse(await run("show", "-json")) as {
      values: {
        outputs: Record<string, { value: unknown }>;
        root_module: { resources: { name: string; index?: string; values: { users: unknown } }[] };
      };
    };
    const users = values.root_module.resources.map(({ name, index, values }) => [
      index ?? name,
      values.users,
    ]);
    expect(Object.fromEntries(users)).toEqual({
      red: { [ODD]: LABEL },
      blue: { "user001@example.com": "" },
      map_set: { "user002@example.com": "Two" },
      list_set: { "user003@example.com": "" },
      plain: { [ODD]: LABEL },
      from_set: { "user003@example.com": "" },
    });
    const missing = { missing: [ODD], survivors: [], locked_out: [] };
    expect(
      Object.fromEntries(Object.entries(values.outputs).map(([name, { value }]) => [name, value])),
    ).toEqual({
      drift: { red: missing, blue: { missing: [], survivors: [], locked_out: [] } },
      ids: ["user001@example.com", ODD],
      missing: [ODD],
      survivors: [],
      plainMissing: [ODD],
      plainDrift: missing,
    });
  }, 120_000);
});
