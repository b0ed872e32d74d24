import { describe, expect, test } from "@jest/globals";
import type { MovedObject } from "../../../src/plugin";
import { moveUserSet } from "../../../src/provider/user-set/move";

const triggers = { user_id_type: "email", "user:ada@example.com": "Ada", "user:bob@example.com": "" };
const SOURCE: MovedObject = {
  provider: "registry.terraform.io/hashicorp/null",
  type: "null_resource",
  state: { id: "5577006791947779410", triggers },
};

describe("a null_resource that a moved block names", () => {
  test.each([
    { from: "Terraform's registry", provider: "registry.terraform.io/hashicorp/null" },
    { from: "OpenTofu's registry", provider: "registry.opentofu.org/hashicorp/null" },
    { from: "a mirror", provider: "mirror.example:8443/hashicorp/null" },
  ])("becomes a set of the users in its triggers, with the null provider of $from", ({ provider }) => {
    const { state, diagnostics } = moveUserSet({ ...SOURCE, provider });
    expect(diagnostics).toEqual([]);
    expect(state?.user_id_type).toBe("email");
    expect(state?.users).toEqual(
      new Map([
        ["ada@example.com", "Ada"],
        ["bob@example.com", ""],
      ]),
    );
  });

  test("binds no user and knows no drift, because the users were not looked up yet", () => {
    const { state, privateData } = moveUserSet(SOURCE);
    // The private data holds the bindings.
    expect(privateData).toEqual(new Uint8Array());
    expect(state?.drift).toBeNull();
  });

  test("has one id at plan and at apply, because the engine compares them; another null_resource has another id", () => {
    const atPlan = moveUserSet(SOURCE).state?.id;
    const atApply = moveUserSet(SOURCE).state?.id;
    const ofAnother = moveUserSet({ ...SOURCE, state: { id: "2", triggers } }).state?.id;
    expect(atApply).toBe(atPlan);
    expect(ofAnother).not.toBe(atPlan);
  });

  const NO_SET = "The triggers of this null_resource are not those of a user set.";

  test.each<{ readonly what: string; readonly source: Partial<MovedObject>; readonly says: string }>([
    {
      what: "its provider is somebody else's",
      source: { provider: "registry.terraform.io/someone/null" },
      says: "The block moves a null_resource of registry.terraform.io/someone/null.",
    },
    {
      what: "its provider only ends like HashiCorp's",
      source: { provider: "evilhashicorp/null" },
      says: "The block moves a null_resource of evilhashicorp/null.",
    },
    {
      what: "it is no null_resource",
      source: { type: "null_data_source" },
      says: "The block moves a null_data_source of registry.terraform.io/hashicorp/null.",
    },
    { what: "it has no state", source: { state: null }, says: NO_SET },
    { what: "it has no triggers", source: withTriggers(null), says: NO_SET },
    { what: "its triggers name no id type", source: withTriggers({ version: "1" }), says: NO_SET },
    {
      what: "its triggers name an unknown id type",
      source: withTriggers({ user_id_type: "shoe" }),
      says: NO_SET,
    },
    {
      what: "a trigger is none of a user set",
      source: withTriggers({ ...triggers, version: "1" }),
      says: 'Its trigger "version" is not one of a user set.',
    },
    {
      what: "a user has no id of the set's type",
      source: withTriggers({ ...triggers, "user:bob": "" }),
      says: 'The id "bob" is not an e-mail address: it needs an @ with text on both sides. Correct it, or remove the entry.',
    },
  ])("is refused if $what", ({ source, says }) => {
    const { state, diagnostics } = moveUserSet({ ...SOURCE, ...source });
    expect(state).toBeNull();
    expect(diagnostics).toMatchObject([
      {
        severity: "error",
        summary: "This object cannot become a user set",
        detail: `${says} Only a null_resource of a NullResourceUserSet can become a genauth_user_set. Remove the moved block.`,
      },
    ]);
  });
});

function withTriggers(triggers: unknown): Partial<MovedObject> {
  return { state: { id: "1", triggers } };
}
