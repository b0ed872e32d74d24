import { describe, expect, test } from "@jest/globals";
import { faultOf, GENAUTH, planOf, type PlannedResource, set } from "./support/plans";

/** A plan passes the gate only if the engine would carry out all of it. */

const other = { ...set, address: "genauth_user_set.other" };
const unchanged = { change: { actions: ["no-op"] } };

const detail = "Plan again, without -target or -exclude, and after the first apply of what others depend on.";
const LEAVES_A_PART = { summary: "The plan leaves a part to a later plan", detail };
const NOT_APPLIED = {
  summary: "The engine would not apply the plan, although it changes something",
  detail,
};

test("a plan that the engine calls incomplete is refused", () => {
  expect(faultOf(planOf([set], { complete: true }))).toBeUndefined();
  expect(faultOf(planOf([set], { complete: false }))).toEqual(LEAVES_A_PART);
});

describe("a plan that the engine would not apply", () => {
  test("is refused if it changes a set, also beside an unchanged one", () => {
    expect(faultOf(planOf([set], { applyable: false }))).toEqual(NOT_APPLIED);
    expect(faultOf(planOf([set, { ...other, ...unchanged }], { applyable: false }))).toEqual(NOT_APPLIED);
  });

  test("passes if it changes nothing: engines say the same of every plan without a change", () => {
    expect(faultOf(planOf([{ ...set, ...unchanged }], { applyable: false }))).toBeUndefined();
  });
});

test("a plan that failed passes the gate: its own errors say why it is not whole", () => {
  const failed = { complete: false, applyable: false, errored: true };
  expect(faultOf(planOf([set], failed))).toBeUndefined();
});

describe("if the engine does not say whether a plan is complete, as with OpenTofu,", () => {
  /** The fault of a plan that names some objects, while others are in the state before it. */
  function faultIfNamed(named: readonly PlannedResource[], { state }: { state: readonly PlannedResource[] }) {
    const { prior_state } = planOf(state);
    return faultOf(planOf(named, { prior_state, complete: undefined }));
  }

  test("a plan that names every object of the state passes, even if it changes only one of them", () => {
    expect(faultIfNamed([set, { ...other, ...unchanged }], { state: [set, other] })).toBeUndefined();
  });

  test("a plan that leaves out an object of the state is refused", () => {
    expect(faultIfNamed([set], { state: [set, other] })).toEqual(LEAVES_A_PART);
    expect(faultIfNamed([], { state: [set] })).toEqual(LEAVES_A_PART);
  });

  test("a plan that moves an object passes: it names its address before the move", () => {
    const moved = { ...set, address: "genauth_user_set.moved", previous_address: set.address };
    expect(faultIfNamed([moved], { state: [set] })).toBeUndefined();
  });

  test("a plan that leaves out a data source passes: an engine names one only to read it at apply", () => {
    const data = {
      address: "data.genauth_users.all",
      mode: "data",
      type: "genauth_users",
      provider: GENAUTH,
    };
    expect(faultIfNamed([set], { state: [set, data] })).toBeUndefined();
  });
});
