import { describe, expect, test } from "@jest/globals";
import { faultOf, nullResource, planOf } from "./support/plans";

describe("a plan of a newer engine", () => {
  /** A plan of this package's own, with one part changed. */
  const withPart = (path: readonly (string | number)[], value: unknown): string => {
    const plan = JSON.parse(JSON.stringify(planOf([nullResource()]))) as Record<string, unknown>;
    let place: Record<string | number, unknown> = plan;
    for (const part of path.slice(0, -1)) place = place[part] as Record<string | number, unknown>;
    place[path.at(-1) ?? ""] = value;
    return JSON.stringify(plan);
  };

  test.each<{ path: readonly (string | number)[] }>([
    { path: ["deprecations"] },
    { path: ["resource_changes", 0, "schema_digest"] },
    { path: ["resource_changes", 0, "change", "identity"] },
    { path: ["resource_drift_summary"] },
    { path: ["planned_values", "root_module", "ordering"] },
    { path: ["prior_state", "lineage"] },
    { path: ["prior_state", "values", "root_module", "resources", 0, "identity_schema_version"] },
    { path: ["checks", 0, "severity"] },
    { path: ["configuration", "provider_config", "genauth", "origin"] },
    { path: ["configuration", "root_module", "outputs", "o", "deprecated"] },
  ])("passes with a new field that runs nothing: $path", ({ path }) => {
    expect(faultOf(withPart(path, { new: true }))).toBeUndefined();
  });

  const root = ["configuration", "root_module"] as const;
  test.each<{ path: readonly (string | number)[]; value: unknown; says: string }>([
    { path: [...root, "hooks"], value: [], says: "hooks in the root module" },
    { path: [...root, "module_calls", "m", "module", "hooks"], value: {}, says: "hooks in module.m" },
    { path: [...root, "module_calls", "m", "hooks"], value: {}, says: "hooks in the call of module.m" },
    { path: [...root, "resources", 0, "hooks"], value: {}, says: "hooks in null_resource.staff" },
    {
      path: [...root, "actions"],
      value: [{ address: "action.a.x", type: "a", name: "x", provider_config_key: "a", hooks: {} }],
      says: "hooks in action.a.x",
    },
    {
      path: [...root, "resources", 0, "provisioners", 0, "on_stop"],
      value: "x",
      says: "on_stop in the provisioner local-exec of null_resource.staff",
    },
    { path: [...root, "resources", 0, "mode"], value: "list", says: "the mode list of null_resource.staff" },
    { path: ["resource_changes", 0, "mode"], value: "list", says: "the mode list of null_resource.staff" },
    {
      path: ["resource_changes", 0, "change", "actions"],
      value: ["invoke"],
      says: "the action invoke on null_resource.staff",
    },
    {
      path: ["resource_changes", 0, "provider_name"],
      value: undefined,
      says: "null_resource.staff, without a provider",
    },
    { path: ["configuration"], value: undefined, says: "no configuration" },
  ])("is refused with a part that could run something: $says", ({ path, value, says }) => {
    expect(faultOf(withPart(path, value))).toEqual({
      summary: expect.stringContaining(`The plan holds something that this version does not know: ${says}`),
      detail: expect.stringContaining("If it is that, update cdktf-genauth"),
    });
  });

  test.each<{ path: readonly (string | number)[]; value: unknown; says: string }>([
    { path: ["format_version"], value: "2.0", says: "at format_version" },
    { path: ["resource_changes", 0, "change"], value: undefined, says: "at resource_changes[0].change" },
    { path: [...root, "module_calls", "m", "module"], value: undefined, says: "at module" },
    { path: ["configuration", "provider_config", "genauth", "full_name"], value: 1, says: "at full_name" },
  ])("that cannot be read is an error: $path", ({ path, value, says }) => {
    expect(() => faultOf(withPart(path, value))).toThrow(says);
  });
});
