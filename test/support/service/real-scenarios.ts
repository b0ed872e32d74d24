import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { check } from "../acceptance/removal-case";
import { type Engine, engines } from "../engine/engines";
import { NullProviderMirror } from "../null-provider/mirror";
import { NullResourceWorkspace } from "../null-resource-workspace";
import type { ResourceType } from "../scenario";
import { Template } from "../template";
import { Workspace } from "../workspace";
import type { RealService } from "./real-service";

/** What a run says, by the resource type of the set. */
const SAYS: Readonly<Record<ResourceType, { readonly plan: readonly string[]; readonly apply: RegExp }>> = {
  genauth_user_set: {
    plan: [
      "Warning: 1 user will be permanently deleted from GenAuth in 1 call",
      "0 to add, 1 to change, 0 to destroy",
    ],
    apply: /0 added, 1 changed, 0 destroyed/,
  },
  null_resource: {
    plan: ["must be replaced"],
    apply: /1 of 1 user gone, 0 not.* No drift.*1 added, 0 changed, 1 destroyed/,
  },
};

/**
 * Rehearses in a pool, and then removes a test user from a set of each resource type, on real engines with the provider that was
 * built.
 *
 * @param reach returns the pool, once the tests begin
 */
export function describeOnRealService(reach: () => Promise<RealService>): void {
  let service: RealService | undefined;
  beforeAll(async () => {
    service = await reach();
    // If it throws, no test begins.
    process.stdout.write(`\n${await service.rehearse()}\n`);
  });
  afterAll(() => service?.close());

  describe.each(engines())("on $name", (engine) => {
    describe.each(Object.keys(SAYS) as ResourceType[])("a %s", (resourceType) => {
      const open = useWorkspaces(engine, resourceType);

      test("a removed user is deleted as the saved plan shows, and the others stay", async () => {
        if (service === undefined) throw new Error("The pool is not reached.");
        const variables = service.variables();
        await service.withTestUsers(resourceType, 3, async (users, shows) => {
          const staying = users.slice(1);
          const workspace = open(variables);
          workspace.write({ users: users.map(({ userId }) => userId), user_id_type: "user_id" });
          check(await workspace.apply(), { code: 0 });
          expect(await shows(users)).toBe(true);

          workspace.write({ users: staying.map(({ userId }) => userId), user_id_type: "user_id" });
          check(await workspace.plan("-out=plan"), { code: 2, says: SAYS[resourceType].plan });
          expect(await shows(users)).toBe(true);

          check(await workspace.apply("plan"), { code: 0, says: [SAYS[resourceType].apply] });
          expect(await shows(staying)).toBe(true);
          const { users: declared = {}, drift } = workspace.userSet() ?? {};
          expect(Object.keys(declared).sort()).toEqual(staying.map(({ userId }) => userId).sort());
          expect(drift).toMatchObject({ missing: [], survivors: [] });
          check(await workspace.plan(), { code: 0, says: ["No changes"] });
        });
      });
    });
  });
}

/** Prepares the engine before the tests, and closes each test's workspace. */
function useWorkspaces(
  engine: Engine,
  resourceType: ResourceType,
): (variables: Readonly<Record<string, string>>) => Workspace {
  let template: Template | undefined;
  let workspace: Workspace | undefined;
  beforeAll(async () => {
    template = await Template.prepare(
      engine,
      resourceType === "null_resource" ? new NullProviderMirror() : undefined,
    );
  });
  afterEach(() => workspace?.close());
  return (variables) => {
    if (template === undefined) throw new Error("A workspace is opened inside a test.");
    workspace = new (resourceType === "null_resource" ? NullResourceWorkspace : Workspace)(
      template,
      variables,
      "process",
    );
    return workspace;
  };
}
