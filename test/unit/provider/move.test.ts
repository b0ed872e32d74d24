import { describe, expect, test } from "@jest/globals";
import type { MovedObject } from "../../../src/plugin";
import { moveUserSet } from "../../../src/provider/user-set/move";

const triggers = { user_id_type: "email", "user:ada@example.com": "Ada", "user:bob@example.com": "" };
const SOURCE: MovedObject = {
  provider: "registry.terraform.io/hashicorp/null",
  type: "null_resource",
  state: { id: "5577006791947779410", triggers },
};

describe("a set that is moved from a null_resource", () => {
  test.each([
    "registry.terraform.io/hashicorp/null",
    "registry.opentofu.org/hashicorp/null",
    "mirror.example:8443/hashicorp/null",
  ])("has the users of its triggers, from the provider %s", (provider) => {
    const { state, privateData, diagnostics } = moveUserSet({ ...SOURCE, provider });
    expect(diagnostics).toEqual([]);
    expect(privateData).toHaveLength(0);
    expect(state).toMatchObject({ user_id_type: "email", drift: null });
    expect(state?.users).toEqual(
      new Map([
        ["ada@example.com", "Ada"],
        ["bob@example.com", ""],
      ]),
    );
    expect(state?.id).toBe(moveUserSet(SOURCE).state?.id);
    expect(state?.id).not.toBe(moveUserSet({ ...SOURCE, state: { id: "2", triggers } }).state?.id);
  });

  test.each<[string, Partial<MovedObject>, string]>([
    ["another provider", { provider: "registry.terraform.io/someone/null" }, "moves a null_resource of"],
    ["a provider that is named like it", { provider: "evilhashicorp/null" }, "moves a null_resource of"],
    ["another resource type", { type: "null_data_source" }, "moves a null_data_source of"],
    ["no triggers", { state: { id: "1", triggers: null } }, "not those of a user set"],
    [
      "triggers without an id type",
      { state: { id: "1", triggers: { version: "1" } } },
      "not those of a user set",
    ],
    [
      "an unknown id type",
      { state: { id: "1", triggers: { user_id_type: "shoe" } } },
      "not those of a user set",
    ],
    [
      "another trigger",
      { state: { id: "1", triggers: { ...triggers, version: "1" } } },
      'Its trigger "version"',
    ],
    ["an id that is no e-mail", { state: { id: "1", triggers: { ...triggers, "user:bob": "" } } }, "e-mail"],
    ["no attributes", { state: null }, "not those of a user set"],
  ])("is refused from %s", (_from, source, reason) => {
    const { state, diagnostics } = moveUserSet({ ...SOURCE, ...source });
    expect(state).toBeNull();
    expect(diagnostics).toMatchObject([
      { severity: "error", summary: "This object cannot become a user set" },
    ]);
    expect(diagnostics[0]?.detail).toContain(reason);
    expect(diagnostics[0]?.detail).toContain("Remove the moved block.");
  });
});
