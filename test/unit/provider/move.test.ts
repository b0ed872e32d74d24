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

  test.each<[Partial<MovedObject>, string]>([
    [{ provider: "registry.terraform.io/someone/null" }, "moves a null_resource of"],
    [{ provider: "evilhashicorp/null" }, "moves a null_resource of"],
    [{ type: "null_data_source" }, "moves a null_data_source of"],
    [{ state: { id: "1", triggers: null } }, "not those of a user set"],
    [{ state: { id: "1", triggers: { version: "1" } } }, "not those of a user set"],
    [{ state: { id: "1", triggers: { user_id_type: "shoe" } } }, "not those of a user set"],
    [{ state: { id: "1", triggers: { ...triggers, version: "1" } } }, 'Its trigger "version"'],
    [{ state: { id: "1", triggers: { ...triggers, "user:bob": "" } } }, "e-mail"],
    [{ state: null }, "not those of a user set"],
  ])("is refused from %j", (source, reason) => {
    const { state, diagnostics } = moveUserSet({ ...SOURCE, ...source });
    expect(state).toBeNull();
    expect(diagnostics).toMatchObject([
      { severity: "error", summary: "This object cannot become a user set" },
    ]);
    expect(diagnostics[0]?.detail).toContain(reason);
    expect(diagnostics[0]?.detail).toContain("Remove the moved block.");
  });
});
