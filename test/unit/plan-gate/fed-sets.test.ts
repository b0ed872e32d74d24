import { describe, expect, test } from "@jest/globals";
import { findFedSet } from "../../../src/plan-gate";
import { parsePlan } from "../../../src/terraform-json";
import {
  faultOf,
  GENAUTH,
  type Json,
  nullResource,
  type PlannedResource,
  planOf,
  set as staff,
} from "./support/plans";

// "Fed" is a set that takes its users from the pool itself: who is deleted there would leave the set by that, with no change in Git.
// Objects as the configuration of a plan has them: the data source, an expression, and a set.
const pool = { address: "data.genauth_users.all", mode: "data", type: "genauth_users" };
const from = (...references: readonly string[]) => ({ references });
const staffWith = (users: object, more: object = {}) => ({
  address: "genauth_user_set.staff",
  type: "genauth_user_set",
  expressions: { user_id_type: { constant_value: "email" }, users },
  ...more,
});

/** What the gate says of the set of a configuration that takes its users from the pool; undefined if there is none. */
function fedSetOf(root_module: object, more: object = {}): string | undefined {
  const plan = { format_version: "1.2", resource_changes: [], configuration: { root_module }, ...more };
  return findFedSet(parsePlan(JSON.stringify(plan)))?.summary;
}

const FED = "genauth_user_set.staff takes its users from data.genauth_users.all, which reads the pool itself";

test("a set whose users refer to the data source is found", () => {
  expect(fedSetOf({ resources: [pool, staffWith(from("data.genauth_users.all.users"))] })).toBe(FED);
  expect(fedSetOf({ resources: [pool, staffWith(from('data.genauth_users.all["a.b"].users'))] })).toBe(FED);
});

test("a set passes of which another argument than users refers to the data source: nobody leaves by that", () => {
  // A label that reads like the address is no reference.
  const users = { constant_value: { "ada@example.com": "data.genauth_users.all" } };
  const kept = staffWith(users);
  const expressions = { ...kept.expressions, retained_ids: from("data.genauth_users.all.ids") };
  expect(fedSetOf({ resources: [pool, { ...kept, expressions }] })).toBeUndefined();
});

test("a null resource that is no set may read the pool", () => {
  const watcher = {
    address: "null_resource.x",
    type: "null_resource",
    expressions: { triggers: from("data.genauth_users.all.users") },
  };
  expect(fedSetOf({ resources: [pool, watcher] })).toBeUndefined();
});

test("a set is found that refers to the data source through another resource", () => {
  const holder = {
    address: "terraform_data.x",
    type: "terraform_data",
    expressions: { input: from("data.genauth_users.all.users", "terraform_data.x") },
  };
  expect(fedSetOf({ resources: [pool, holder, staffWith(from("terraform_data.x.output"))] })).toBe(FED);
});

test("a set is found that refers to a local value, if the engine says that the data source contributed", () => {
  const contributing = {
    relevant_attributes: [{ resource: "data.genauth_users.all", attribute: ["users"] }],
  };
  const byLocal = { resources: [pool, staffWith(from("local.staff"))] };
  expect(fedSetOf(byLocal, contributing)).toBe(FED);
  expect(fedSetOf(byLocal)).toBeUndefined();
  // A variable comes from elsewhere.
  expect(fedSetOf({ resources: [pool, staffWith(from("var.staff"))] }, contributing)).toBeUndefined();
});

test("a set in a module is found that gets its users from the caller", () => {
  const module = { resources: [staffWith(from("var.people"))] };
  const call = { source: "./m", module, expressions: { people: from("data.genauth_users.all.users") } };
  expect(fedSetOf({ resources: [pool], module_calls: { m: call } })).toBe(`module.m.${FED}`);
});

test("a set is found that gets its users by for_each, its own or that of its module", () => {
  const repeated = { for_each_expression: from("data.genauth_users.all.users") };
  expect(fedSetOf({ resources: [pool, staffWith(from("each.value"), repeated)] })).toBe(FED);
  const module = { resources: [staffWith(from("var.people"))] };
  const call = { source: "./m", module, expressions: { people: from("each.value") }, ...repeated };
  expect(fedSetOf({ resources: [pool], module_calls: { m: call } })).toBe(`module.m.${FED}`);
});

test("a set is found that gets its users from the output of a module", () => {
  const module = {
    resources: [pool],
    outputs: { people: { expression: from("data.genauth_users.all.users") } },
  };
  const resources = [staffWith(from("module.pool.people", "module.pool"))];
  expect(fedSetOf({ resources, module_calls: { pool: { source: "./m", module } } })).toBe(
    "genauth_user_set.staff takes its users from module.pool.data.genauth_users.all, which reads the pool itself",
  );
});

test("a search along references that form a circle ends, and finds nothing", () => {
  const module = {
    resources: [],
    variables: { a: {} },
    outputs: { b: { expression: from("var.a") } },
  };
  const call = { source: "./m", module, expressions: { a: from("module.m.b") } };
  expect(fedSetOf({ resources: [staffWith(from("module.m.b"))], module_calls: { m: call } })).toBeUndefined();
});

describe("a plan with a set that takes its users from the pool itself", () => {
  /** The data source as a resource of the plan. */
  const PLANNED_POOL = {
    address: "data.genauth_users.all",
    mode: "data",
    type: "genauth_users",
    provider: GENAUTH,
  };
  const DETAIL =
    "A user who does not match there any more would be deleted, although nobody has taken the user out of a list. " +
    "Write the users into a file once, with cdktf-genauth export, and let the set read that file. " +
    "The data source can go on to serve checks and outputs.";
  const references = ["data.genauth_users.all.users", "data.genauth_users.all"];
  const withKey = (resource: PlannedResource): PlannedResource => ({
    ...resource,
    configured: { provider_config_key: "genauth", ...resource.configured },
  });

  /** A plan of a set with these arguments, beside the data source. */
  const planWith = (expressions: Json) =>
    planOf([PLANNED_POOL, { ...staff, configured: { expressions } }].map(withKey));

  test("is refused, and cannot be allowed", () => {
    // Other faults name an option that would allow them; this one names none.
    expect(faultOf(planWith({ users: { references } }), ["data=genauth_users"])).toEqual({
      summary: FED,
      detail: DETAIL,
    });
  });

  test("passes if it is another argument that reads the pool", () => {
    expect(faultOf(planWith({ reactivate: { references } }))).toBeUndefined();
  });

  describe("as a null resource", () => {
    const own = nullResource();
    const provisioners = own.configured?.["provisioners"] as readonly Json[];
    const planRunning = (...run: readonly Json[]) =>
      planOf([
        withKey(PLANNED_POOL),
        { ...own, configured: { provisioners: run, expressions: { triggers: { references } } } },
      ]);
    const REFUSAL = {
      summary: "null_resource.staff takes its users from data.genauth_users.all, which reads the pool itself",
      detail: DETAIL,
    };

    test("is refused, by its triggers", () => {
      expect(faultOf(planRunning(...provisioners))).toEqual(REFUSAL);
    });

    test("is refused if it runs something else, too", () => {
      const plan = planRunning({ type: "local-exec", expressions: {} }, ...provisioners);
      expect(faultOf(plan, ["provisioner=null_resource.staff"])).toEqual(REFUSAL);
    });
  });
});
