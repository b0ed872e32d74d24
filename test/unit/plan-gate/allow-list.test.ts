import { describe, expect, test } from "@jest/globals";
import { AllowList } from "../../../src/plan-gate";
import {
  BUILT_IN,
  faultOf,
  type Json,
  planOf,
  foreign,
  configured,
  within,
  calls,
  action,
} from "./support/plans";

const unknown = planOf([foreign("a_b.x", "a_b")]);

const openTofuHttp = planOf(
  [foreign("data.http.x", "http", "data", "registry.opentofu.org/hashicorp/http")],
  {
    configuration: { root_module: {} },
  },
);

describe("an owner allows, and only all of it,", () => {
  test.each<{ what: string; plan: Json; allow: readonly string[] }>([
    {
      what: "a resource, its provider, and the provider that the configuration implies",
      plan: unknown,
      allow: ["provider=evil.example/a/b", "provider=hashicorp/a", "resource=a_b"],
    },
    {
      what: "a data source, and its provider in any registry",
      plan: openTofuHttp,
      allow: ["provider=hashicorp/http", "data=http"],
    },
    {
      what: "a provisioner",
      plan: planOf([
        {
          ...foreign("terraform_data.x", "terraform_data", "managed", BUILT_IN),
          configured: { provisioners: [{ type: "local-exec", expressions: {} }] },
        },
      ]),
      allow: ["provisioner=terraform_data.x"],
    },
    { what: "a module", plan: within(calls("a", "evil/x/y")), allow: ["module=evil/x/y"] },
    {
      what: "a data source, and its provider by its bare name",
      plan: openTofuHttp,
      allow: ["provider=http", "data=http"],
    },
    {
      what: "an action, and its provider",
      plan: planOf([], { action_invocations: [action] }),
      allow: ["provider=hashicorp/local", "action=local_command"],
    },
    {
      what: "an action that only the configuration shows, and its provider",
      plan: within({ actions: [{ ...configured("action.a.x", "a"), mode: undefined }] }),
      allow: ["provider=hashicorp/a", "action=a"],
    },
  ])("$what", ({ plan, allow }) => {
    expect(faultOf(plan, allow)).toBeUndefined();
    for (const left of allow) {
      const others = allow.filter((entry) => entry !== left);
      expect(faultOf(plan, others)).toMatchObject({ summary: expect.stringContaining("not allowed") });
    }
  });
});

describe("an option --allow", () => {
  test("takes no wildcard", () => {
    expect(() => new AllowList(["provider=hashicorp/*"])).toThrow("has a wildcard, and allows one thing");
  });

  test.each(["", "aws", "provider", "provider=", "type=aws", "Provider=a/b"])(
    "that is %j is not understood",
    (entry) => {
      expect(() => new AllowList([entry])).toThrow(
        "Write provider=…, resource=…, data=…, ephemeral=…, action=…, module=… or provisioner=…, such as",
      );
    },
  );
});
