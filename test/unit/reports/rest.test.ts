import { describe, expect, test } from "@jest/globals";
import { stackDocument, renderHtml, renderMarkdown, renderText, reportOnPlan } from "../../../src/reports";
import { DECLARATION_FORMAT } from "../../../src/payload/declaration";
import { PROVISIONER_COMMAND, provisionerEnvironment } from "../../../src/payload/provisioner";
import { parsePlan } from "../../../src/terraform-json";
import { UserIdType } from "../../../src/users";
import { planJson } from "../../support/reports/plan-json";

const CALM = { stay: ["ada", "bo", "chidi"] };

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

test.each(["delete", "forget"])(
  "a plan to %s a set says that those whom it has suspended stay so",
  (action) => {
    const address = "genauth_user_set.former";
    const warningsOf = (suspended: object): string[] => {
      const before = { user_id_type: "username", users: {}, suspended };
      const change = { actions: [action], before, after: null };
      const plan = planWith({
        resource_changes: [{ address, mode: "managed", type: "genauth_user_set", change }],
      });
      return reportOnPlan(plan, { messages: [] }).warnings.map(({ summary }) => summary);
    };
    const summary = "Users that the set has suspended stay suspended without it";
    expect(warningsOf({ ada: "2026-12-11T00:00:00Z" })).toEqual([summary]);
    expect(warningsOf({})).toEqual([]);
  },
);

test("that users are not known is said once, also where the provider has numbered its warning", () => {
  const summary = "The removed users are not known yet";
  const address = "genauth_user_set.former";
  const before = { user_id_type: "username", users: { ada: "Ada" } };
  const change = { actions: ["update"], before, after: before, after_unknown: { users: true } };
  const plan = planWith({
    resource_changes: [{ address, mode: "managed", type: "genauth_user_set", change }],
  });
  const said = (summary: string) => [{ severity: "warning" as const, summary, detail: "", address }];
  const summariesAfter = (messages: ReturnType<typeof said>) =>
    reportOnPlan(plan, { messages }).warnings.map((warning) => warning.summary);
  expect(summariesAfter([])).toEqual([summary]);
  expect(summariesAfter(said(summary))).toEqual([summary]);
  expect(summariesAfter(said(`${summary} (warning 2)`))).toEqual([`${summary} (warning 2)`]);
});

describe("the rest of a plan", () => {
  const data = (type: string, mode = "data") => ({ address: `${mode}.${type}.x`, mode, type });
  const changes = (action: string, more: object = {}) => ({ resource_changes: [other([action], more)] });
  const IN_MODULE = 'module.m["a.b"].terraform_data.x[0]';
  const provisioned = { address: "terraform_data.x", type: "terraform_data", provisioners: [LOCAL_EXEC] };
  const run = { module_calls: { m: { module: { resources: [provisioned] } } } };
  const someoneElses = {
    type: "null_resource",
    change: { actions: ["create"], after: { triggers: { at: "1" } } },
  };

  const moveOf = (type: string) => {
    const set = { user_id_type: "username", users: { dan: "Dan" } };
    return {
      ...other(["no-op"], { address: `${type}.hr`, type, previous_address: "null_resource.hr" }),
      change: { actions: ["no-op"], before: set, after: set },
    };
  };

  interface Listed {
    readonly what: string;
    readonly more: Parameters<typeof planWith>[0];
    /** What the report lists. */
    readonly rest: readonly { readonly kind: string; readonly address: string; readonly action: string }[];
  }
  const resource = (action: string) => ({ kind: "resource", address: "terraform_data.x", action });
  const AWS = "registry.terraform.io/hashicorp/aws";

  test.each<Listed>([
    { what: "a resource that changes", more: changes("update"), rest: [resource("update")] },
    {
      what: "a resource that is replaced",
      more: { resource_changes: [other(["create", "delete"])] },
      rest: [resource("replace")],
    },
    {
      what: "a resource that moves",
      more: changes("no-op", { previous_address: "terraform_data.y" }),
      rest: [resource("move")],
    },
    {
      what: "a set that takes over a null resource",
      more: { resource_changes: [moveOf("genauth_user_set")] },
      rest: [{ kind: "user_set", address: "genauth_user_set.hr", action: "move" }],
    },
    { what: "a resource that is forgotten", more: changes("forget"), rest: [resource("forget")] },
    {
      what: "a null_resource with another purpose",
      more: changes("create", someoneElses),
      rest: [resource("create")],
    },
    {
      what: "a provisioner in a module",
      more: { ...changes("create", { address: IN_MODULE }), configuration: { root_module: run } },
      rest: [
        { kind: "resource", address: IN_MODULE, action: "create" },
        { kind: "provisioner", address: IN_MODULE, action: "local-exec" },
      ],
    },
    {
      what: "a data source of the configuration",
      more: configured([data("external")]),
      rest: [{ kind: "data_source", address: "data.external.x", action: "read" }],
    },
    {
      what: "a data source that the apply reads, once",
      more: { ...changes("read", data("http")), ...configured([data("http")]) },
      rest: [{ kind: "data_source", address: "data.http.x", action: "read" }],
    },
    {
      what: "an ephemeral resource",
      more: configured([data("vault", "ephemeral")]),
      rest: [{ kind: "ephemeral", address: "ephemeral.vault.x", action: "open" }],
    },
    {
      what: "an ephemeral resource, but not the provider's own data source, which only reads the pool",
      more: {
        ...changes("read", data("genauth_users")),
        ...configured([data("genauth_users"), data("genauth_users", "ephemeral")]),
      },
      rest: [{ kind: "ephemeral", address: "ephemeral.genauth_users.x", action: "open" }],
    },
    {
      what: "a resource that has drifted",
      more: { resource_drift: [other(["update"])] },
      rest: [{ ...resource("update"), kind: "drift" }],
    },
    {
      what: "a change that is deferred",
      more: { deferred_changes: [{ resource_change: other(["create"]) }] },
      rest: [{ ...resource("create"), kind: "deferred" }],
    },
    {
      what: "an action",
      more: { action_invocations: [{ address: "action.run.x", type: "run" }] },
      rest: [{ kind: "action", address: "action.run.x", action: "invoke" }],
    },
    {
      what: "a provider that is started, although it has no resource",
      more: {
        configuration: {
          root_module: {},
          provider_config: {
            aws: { name: "aws", full_name: AWS },
            null: { name: "null", full_name: "registry.terraform.io/hashicorp/null" },
            genauth: { name: "genauth", full_name: "terraform.local/genauth/genauth" },
          },
        },
      },
      rest: [{ kind: "provider", address: AWS, action: "start" }],
    },
  ])("lists $what, and never under a calm headline", ({ more, rest }) => {
    const report = reportOnPlan(planWith(more), { messages: [] });
    expect(report.rest).toMatchObject(rest);
    const document = stackDocument(report);
    expect(document).toMatchObject({
      tone: "attention",
      headline: ["Nobody loses an account; the plan changes more than user sets"],
    });
    for (const render of [renderMarkdown, renderText, renderHtml]) {
      expect(render(document)).toContain(`The rest of the plan (${rest.length})`);
    }
  });

  test("lists an output that changes, and names it in the headline without alarm", () => {
    const output_changes = { key: { actions: ["create"] }, same: { actions: ["no-op"] } };
    const report = reportOnPlan(planWith({ output_changes }), { messages: [] });
    expect(report.rest).toEqual([{ kind: "output", address: "output.key", action: "create" }]);
    const document = stackDocument(report);
    expect(document).toMatchObject({
      tone: "calm",
      headline: ["Nobody loses an account; 1 output changes"],
    });
    expect(renderMarkdown(document)).toContain("The rest of the plan (1)");
  });

  test("says so for a plan whose only other change runs a command", () => {
    const plan = planWith({
      resource_changes: [other(["create"])],
      ...configured([{ address: "terraform_data.x", type: "terraform_data", provisioners: [LOCAL_EXEC] }]),
    });
    const text = renderText(stackDocument(reportOnPlan(plan, { messages: [] })));
    expect(text.replaceAll(/\s+/g, " ")).toContain(
      "This plan also changes 1 other resource and runs 1 provisioner: terraform_data.x. This can run any command with the keys of the apply.",
    );
  });

  test("says that a set that moves keeps its users", () => {
    const plan = planWith({ resource_changes: [moveOf("genauth_user_set")] });
    const text = renderText(stackDocument(reportOnPlan(plan, { messages: [] }))).replaceAll(/\s+/g, " ");
    expect(text).toContain("This plan also moves or imports 1 user set: genauth_user_set.hr.");
    expect(text).toContain("Moving or importing a set removes nobody. The rest of this changes no user set.");
  });

  test("is nothing if only user sets change, and the headline is calm", () => {
    const report = reportOnPlan(planWith({ resource_changes: [other(["no-op"])] }), { messages: [] });
    expect(report.rest).toEqual([]);
    expect(stackDocument(report)).toMatchObject({ tone: "calm", headline: ["Nobody loses an account"] });
  });

  test("does not name a provider whose resources the state holds", () => {
    const full_name = "registry.terraform.io/hashicorp/aws";
    const bucket = {
      address: "aws_s3_bucket.x",
      mode: "managed",
      type: "aws_s3_bucket",
      provider_name: full_name,
    };
    const plan = planWith({
      configuration: { root_module: {}, provider_config: { aws: { name: "aws", full_name } } },
      prior_state: { format_version: "1.0", values: { root_module: { resources: [bucket] } } },
    });
    expect(reportOnPlan(plan, { messages: [] }).rest).toEqual([]);
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
    retainedIds: [],
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
