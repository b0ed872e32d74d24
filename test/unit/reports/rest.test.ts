import { describe, expect, test } from "@jest/globals";
import { planDocument, renderHtml, renderMarkdown, renderText, reportOnPlan } from "../../../src/reports";
import { DECLARATION_FORMAT } from "../../../src/payload/declaration";
import { PROVISIONER_COMMAND, provisionerEnvironment } from "../../../src/payload/provisioner";
import { parsePlan } from "../../../src/terraform-json";
import { UserIdType } from "../../../src/users";
import { planJson } from "../../support/reports/plan-json";

const CALM = { stay: ["ada", "bo", "chidi"], removals: {} };

/** A plan in which nobody leaves, with more in it. */
function planWith({
  resource_changes = [],
  ...more
}: {
  resource_changes?: readonly object[];
  [part: string]: unknown;
}) {
  const plan = JSON.parse(planJson(CALM)) as { resource_changes: object[] };
  return parsePlan(
    JSON.stringify({ ...plan, ...more, resource_changes: [...plan.resource_changes, ...resource_changes] }),
  );
}

const other = (actions: readonly string[], more: object = {}) => ({
  address: "terraform_data.x",
  mode: "managed",
  type: "terraform_data",
  change: { actions, before: {}, after: {} },
  ...more,
});

const configured = (resources: readonly object[]) => ({ configuration: { root_module: { resources } } });

const LOCAL_EXEC = { type: "local-exec", expressions: { command: { constant_value: "env" } } };

describe("the rest of a plan", () => {
  test.each([
    ["another resource", { resource_changes: [other(["update"])] }, ["resource terraform_data.x update"]],
    [
      "a replacement",
      { resource_changes: [other(["create", "delete"])] },
      ["resource terraform_data.x replace"],
    ],
    [
      "a resource that is moved",
      { resource_changes: [other(["no-op"], { previous_address: "terraform_data.y" })] },
      ["resource terraform_data.x move"],
    ],
    [
      "a resource that is forgotten",
      { resource_changes: [other(["forget"])] },
      ["resource terraform_data.x forget"],
    ],
    [
      "a provisioner of a resource that is created",
      {
        resource_changes: [other(["create"], { address: 'module.m["a.b"].terraform_data.x[0]' })],
        configuration: {
          root_module: {
            module_calls: {
              m: {
                module: {
                  resources: [
                    { address: "terraform_data.x", type: "terraform_data", provisioners: [LOCAL_EXEC] },
                  ],
                },
              },
            },
          },
        },
      },
      [
        'resource module.m["a.b"].terraform_data.x[0] create',
        'provisioner module.m["a.b"].terraform_data.x[0] local-exec',
      ],
    ],
    [
      "a data source, read at plan",
      configured([{ address: "data.external.keys", mode: "data", type: "external" }]),
      ["data_source data.external.keys read"],
    ],
    [
      "a data source, read at apply",
      {
        resource_changes: [other(["read"], { address: "data.http.x", mode: "data", type: "http" })],
        ...configured([{ address: "data.http.x", mode: "data", type: "http" }]),
      },
      ["data_source data.http.x read"],
    ],
    [
      "the provider's own data source, which only reads the pool, at plan and at apply",
      {
        resource_changes: [
          other(["read"], { address: "data.genauth_users.x", mode: "data", type: "genauth_users" }),
        ],
        ...configured([
          { address: "data.genauth_users.x", mode: "data", type: "genauth_users" },
          { address: "data.genauth_users.y", mode: "data", type: "genauth_users" },
          { address: "genauth_users.z", mode: "ephemeral", type: "genauth_users" },
        ]),
      },
      ["ephemeral genauth_users.z open"],
    ],
    [
      "an ephemeral resource",
      configured([{ address: "ephemeral.vault.x", mode: "ephemeral", type: "vault" }]),
      ["ephemeral ephemeral.vault.x open"],
    ],
    [
      "an output",
      { output_changes: { key: { actions: ["create"] }, same: { actions: ["no-op"] } } },
      ["output output.key create"],
    ],
    [
      "a change outside of Terraform",
      { resource_drift: [other(["update"])] },
      ["drift terraform_data.x update"],
    ],
    [
      "a deferred change",
      { deferred_changes: [{ reason: "unknown", resource_change: other(["create"]) }] },
      ["deferred terraform_data.x create"],
    ],
    [
      "an action",
      { action_invocations: [{ address: "action.run.x", type: "run" }] },
      ["action action.run.x invoke"],
    ],
    [
      "a null_resource with another purpose",
      {
        resource_changes: [
          other(["create"], {
            type: "null_resource",
            change: { actions: ["create"], before: null, after: { triggers: { at: "1" } } },
          }),
        ],
      },
      ["resource terraform_data.x create"],
    ],
  ])("%s is listed, and never under a calm headline", (_title, more, expected) => {
    const report = reportOnPlan(planWith(more), { messages: [] });
    expect(report.rest.map(({ kind, address, action }) => `${kind} ${address} ${action}`)).toEqual(expected);
    const document = planDocument(report);
    expect(document).toMatchObject({
      tone: "attention",
      headline: ["Nobody loses an account; the plan changes more than user sets"],
    });
    for (const render of [renderMarkdown, renderText, renderHtml]) {
      expect(render(document)).toContain(`The rest of the plan (${expected.length})`);
    }
  });

  test("says so for a plan whose only other change runs a command", () => {
    const plan = planWith({
      resource_changes: [other(["create"])],
      ...configured([{ address: "terraform_data.x", type: "terraform_data", provisioners: [LOCAL_EXEC] }]),
    });
    const text = renderText(planDocument(reportOnPlan(plan, { messages: [] })));
    expect(text.replaceAll(/\s+/g, " ")).toContain(
      "This plan also changes 1 other resource and runs 1 provisioner: terraform_data.x. This can run any command with the keys of the apply.",
    );
  });

  test("is nothing if only user sets change, and the headline is calm", () => {
    const report = reportOnPlan(planWith({ resource_changes: [other(["no-op"])] }), { messages: [] });
    expect(report.rest).toEqual([]);
    expect(planDocument(report)).toMatchObject({ tone: "calm", headline: ["Nobody loses an account"] });
  });

  test("shows no key of an instance with --redact", () => {
    const plan = planWith({
      resource_changes: [other(["create"], { address: 'terraform_data.x["ada@example.com"]' })],
    });
    expect(reportOnPlan(plan, { redactKey: "a key for the tests" }).rest).toMatchObject([
      { address: "terraform_data.x" },
    ]);
  });
});

describe("the provisioner of a null_resource's set", () => {
  const environment = provisionerEnvironment({
    format: DECLARATION_FORMAT,
    set: "stack/staff",
    userIdType: UserIdType.EMAIL,
    users: [["ada@example.com", "Ada"]],
    retainedUserIds: [],
    protectedUsers: {},
  });
  const own = {
    type: "local-exec",
    expressions: {
      command: { constant_value: PROVISIONER_COMMAND },
      environment: { constant_value: environment, references: ["self"] },
      quiet: { constant_value: true },
    },
  };
  const withProvisioner = (provisioner: object, type = "null_resource") => {
    const set = {
      address: "null_resource.staff",
      mode: "managed",
      type: "null_resource",
      change: {
        actions: ["delete", "create"],
        before: { triggers: { user_id_type: "email", "user:ada@example.com": "" } },
        after: { triggers: { user_id_type: "email", "user:ada@example.com": "Ada" } },
      },
    };
    return planWith({
      resource_changes: [set],
      ...configured([{ address: "null_resource.staff", type, provisioners: [provisioner] }]),
    });
  };
  const changed = (expressions: object) => ({ ...own, expressions: { ...own.expressions, ...expressions } });

  test("is not listed", () => {
    expect(reportOnPlan(withProvisioner(own), { messages: [] }).rest).toEqual([]);
  });

  test.each([
    ["another command", changed({ command: { constant_value: `${PROVISIONER_COMMAND}; env` } })],
    ["another interpreter", changed({ interpreter: { constant_value: ["bash"] } })],
    ["another folder", changed({ working_dir: { constant_value: "/tmp" } })],
    [
      "one more variable",
      changed({ environment: { constant_value: { ...environment, NODE_OPTIONS: "-r x" } } }),
    ],
    [
      "another script",
      changed({ environment: { constant_value: { ...environment, GENAUTH_SET_COMMAND: "/tmp/x" } } }),
    ],
    [
      "an expression in a literal",
      changed({
        environment: { constant_value: { ...environment, GENAUTH_SET_DECLARED_1: '${file("x")}' } },
      }),
    ],
    ["variables that the plan does not show", changed({ environment: { references: ["self"] } })],
    ["another type", { ...own, type: "remote-exec" }],
  ])("is listed with %s", (_title, provisioner) => {
    const plan = withProvisioner(provisioner);
    const { type } = provisioner as { type: string };
    const expected = [{ kind: "provisioner", address: "null_resource.staff", action: type }];
    expect(reportOnPlan(plan, { messages: [] }).rest).toEqual(expected);
  });

  test("is not listed if it does not run", () => {
    const plan = planWith(
      configured([{ address: "terraform_data.x", type: "terraform_data", provisioners: [own] }]),
    );
    expect(reportOnPlan(plan, { messages: [] }).rest).toEqual([]);
  });
});
