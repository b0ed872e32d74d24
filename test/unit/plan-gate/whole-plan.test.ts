import { describe, expect, test } from "@jest/globals";
import { faultOf, GENAUTH, type Json, planOf, set } from "./support/plans";

describe("a plan that the engine would not carry out as a whole", () => {
  test("is refused", () => {
    expect(faultOf(planOf([set], { complete: false }))).toMatchObject({
      summary: "The plan leaves a part to a later plan",
    });
    expect(faultOf(planOf([set], { applyable: false }))).toMatchObject({
      summary: expect.stringContaining("The engine would not apply the plan"),
    });
  });

  test("is refused although it also leaves something as it is", () => {
    const idle = { ...set, address: "genauth_user_set.other", change: { actions: ["no-op"] } };
    expect(faultOf(planOf([set, idle], { applyable: false }))).toMatchObject({
      summary: expect.stringContaining("The engine would not apply the plan"),
    });
  });

  describe("by an engine that does not say so, as OpenTofu,", () => {
    const plan = planOf([set], { complete: undefined });

    test("is refused if it leaves out an object of the state", () => {
      expect(faultOf({ ...plan, resource_changes: [] })).toMatchObject({
        summary: "The plan leaves a part to a later plan",
      });
    });

    test("is refused if it names only one of two objects", () => {
      const two = planOf([set, { ...set, address: "genauth_user_set.other" }], { complete: undefined });
      expect(faultOf({ ...two, resource_changes: plan.resource_changes })).toMatchObject({
        summary: "The plan leaves a part to a later plan",
      });
    });

    test("passes if it names every object, also by the address before a move", () => {
      expect(faultOf(plan)).toBeUndefined();
      const [change] = plan.resource_changes as Json[];
      const moved = { ...change, address: "genauth_user_set.moved", previous_address: set.address };
      expect(faultOf({ ...plan, resource_changes: [moved] })).toBeUndefined();
    });

    test("passes without a data source of the state, which is read or not", () => {
      const data = {
        address: "data.genauth_users.all",
        mode: "data",
        type: "genauth_users",
        provider: GENAUTH,
      };
      const whole = planOf([set, data], { complete: undefined });
      expect(faultOf({ ...whole, resource_changes: plan.resource_changes })).toBeUndefined();
    });
  });

  test("passes if it changes nothing: of such a plan, engines say that it is not applied, too", () => {
    const idle = { ...set, change: { actions: ["no-op"] } };
    expect(faultOf(planOf([idle], { applyable: false }))).toBeUndefined();
  });

  test("passes if it failed: its errors say why it is not whole", () => {
    const failed = { complete: false, applyable: false, errored: true };
    expect(faultOf(planOf([set], failed))).toBeUndefined();
  });
});
