import { describe, expect, test } from "@jest/globals";
import { faultOf, GENAUTH, type Json, planOf, set } from "./support/plans";

describe("what the engine would not carry out as a whole", () => {
  test("a plan that leaves a part to a later plan, or that the engine would not apply, is refused", () => {
    expect(faultOf(planOf([set], { complete: false }))).toMatchObject({
      summary: "The plan leaves a part to a later plan",
    });
    expect(faultOf(planOf([set], { applyable: false }))).toMatchObject({
      summary: expect.stringContaining("The engine would not apply the plan"),
    });
  });

  test("a plan that the engine would not apply is refused although some of it is no change", () => {
    const idle = { ...set, address: "genauth_user_set.other", change: { actions: ["no-op"] } };
    expect(faultOf(planOf([set, idle], { applyable: false }))).toMatchObject({
      summary: expect.stringContaining("The engine would not apply the plan"),
    });
  });

  describe("if the engine does not say whether a plan is complete, as OpenTofu", () => {
    const plan = planOf([set], { complete: undefined });

    test("a plan that leaves out the only object of the state is refused", () => {
      expect(faultOf({ ...plan, resource_changes: [] })).toMatchObject({
        summary: "The plan leaves a part to a later plan",
      });
    });

    test("a plan that names only one of two objects is refused", () => {
      const two = planOf([set, { ...set, address: "genauth_user_set.other" }], { complete: undefined });
      expect(faultOf({ ...two, resource_changes: plan.resource_changes })).toMatchObject({
        summary: "The plan leaves a part to a later plan",
      });
    });

    test("a plan that names every object passes, also if it names one by the address before a move", () => {
      expect(faultOf(plan)).toBeUndefined();
      const [change] = plan.resource_changes as Json[];
      const moved = { ...change, address: "genauth_user_set.moved", previous_address: set.address };
      expect(faultOf({ ...plan, resource_changes: [moved] })).toBeUndefined();
    });

    test("a plan that leaves out a data source passes: an engine names one only to read it at apply", () => {
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

  test("a plan without a change passes, although engines say of it, too, that they would not apply it", () => {
    const idle = { ...set, change: { actions: ["no-op"] } };
    expect(faultOf(planOf([idle], { applyable: false }))).toBeUndefined();
  });

  test("a plan that failed passes here: its errors say why it is not whole", () => {
    const failed = { complete: false, applyable: false, errored: true };
    expect(faultOf(planOf([set], failed))).toBeUndefined();
  });
});
