import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { explainRelease } from "../../../src/null-resource/explain-release";
import { triggersOf } from "../../../src/payload/triggers";
import { UserIdType } from "../../../src/users";

const [ada, bob, eve] = ["ada@example.com", "bob@example.com", "eve@example.com"];
const labelled = (...ids: readonly string[]) => Object.fromEntries(ids.map((id) => [id, ""]));

/**
 * What the command says before it looks anybody up, for a set of Ada, Bob and Eve that declares Bob and Eve.
 *
 * @param folder the configuration's
 * @param args the engine's arguments
 * @param program the engine
 */
function explain(folder: string, args: readonly string[], program = ""): Promise<string | undefined> {
  const declared = new Map(Object.entries(labelled(bob, eve)));
  const payload = {
    object: "1",
    folder,
    prior: { type: UserIdType.EMAIL, users: new Map(Object.entries(labelled(ada, bob, eve))) },
    declaration: {
      format: 1,
      set: "stack/staff",
      userIdType: UserIdType.EMAIL,
      users: [...declared],
      retainedIds: [],
      protectedUsers: {},
    },
  } as const;
  const process = { key: "1", pid: 1, args: ["terraform", "apply", ...args], program };
  return explainRelease(payload, declared, {
    readEngine: () => process,
    environment: {},
    stop: new AbortController().signal,
  });
}

/** An engine whose saved plan replaces the set by one with these triggers. */
function engineShowing(triggers: Readonly<Record<string, string>>): string {
  const change = { actions: ["delete", "create"], before: { id: "1" }, after: { triggers } };
  const named = { address: "null_resource.staff", mode: "managed", type: "null_resource", name: "staff" };
  const plan = { format_version: "1.2", resource_changes: [{ ...named, change }] };
  const program = join(newFolder(), "engine");
  writeFileSync(program, `#!/bin/sh\ncat <<'PLAN'\n${JSON.stringify(plan)}\nPLAN\n`);
  chmodSync(program, 0o755);
  return program;
}

test("a saved plan that shows the declared users may delete who left", async () => {
  const program = engineShowing(triggersOf(UserIdType.EMAIL, labelled(bob, eve)));
  expect(await explain(".", ["plan"], program)).toBeUndefined();
});

test.each<{ readonly what: string; readonly triggers: Readonly<Record<string, string>> }>([
  { what: "nobody is removed", triggers: triggersOf(UserIdType.EMAIL, labelled(ada, bob, eve)) },
  { what: "more users are removed", triggers: triggersOf(UserIdType.EMAIL, labelled(bob)) },
  { what: "other users are removed", triggers: triggersOf(UserIdType.EMAIL, labelled(ada, bob)) },
  { what: "a label changes", triggers: triggersOf(UserIdType.EMAIL, { ...labelled(bob), [eve]: "Eve" }) },
  { what: "the id type changes", triggers: triggersOf(UserIdType.USERNAME, labelled(bob, eve)) },
  { what: "there is no set", triggers: { other: "x" } },
])(
  "a saved plan in which $what is refused, because the command would do something else",
  async ({ triggers }) => {
    await expect(explain(".", ["plan"], engineShowing(triggers))).rejects.toThrow(
      "Nobody was deleted: the saved plan plan does not show the users that the set declares",
    );
  },
);

/** An engine that cannot read the plan, and is a script of these lines. */
function engineFailing(...lines: readonly string[]): string {
  const program = join(newFolder(), "engine");
  writeFileSync(program, ["#!/bin/sh", ...lines].join("\n"), { mode: 0o755 });
  return program;
}

const WITHOUT_VARIABLES = "Error: No value for variable passphrase";

test.each([
  {
    engine: "OpenTofu, which takes variables",
    withVariables: "Error: Failed to read plan: another version made it",
    told: "Error: Failed to read plan: another version made it",
  },
  {
    engine: "Terraform, which takes no variables",
    withVariables: "Error: Failed to parse command-line flags\n\nflag provided but not defined: -var",
    told: WITHOUT_VARIABLES,
  },
])("a saved plan is refused with the true reason if it cannot be read by $engine", async (each) => {
  const program = engineFailing(
    `case "$*" in *-var=*) echo '${each.withVariables}' ;; *) echo '${WITHOUT_VARIABLES}' ;; esac >&2`,
    "exit 1",
  );
  await expect(explain(".", ["-var=passphrase=x", "plan"], program)).rejects.toThrow(
    `Nobody was deleted: the saved plan plan does not show what happens to the set. ${each.told}\n` +
      "The set stays unchanged in the state. Plan again, and apply that plan. Keep its file unchanged until apply has ended.",
  );
});

test("a saved plan whose reading is killed is refused with the signal", async () => {
  const program = engineFailing("kill -KILL $$");
  await expect(explain(".", ["plan"], program)).rejects.toThrow(
    `does not show what happens to the set. ${program} show was ended by SIGKILL.\nThe set stays unchanged`,
  );
});

test.each(["override.tf.json", "staff_override.tf.json", "staff_override.tf", "override.tofu"])(
  "a plan that was not saved is refused if %s changes a null_resource",
  async (name) => {
    const folder = newFolder();
    writeFileSync(join(folder, name), 'resource "null_resource" "staff" {}');
    await expect(explain(folder, [])).rejects.toThrow(
      /^Nobody was deleted: .*override.* overrides a null_resource and the plan was not saved/,
    );
  },
);
