import { describe, expect, test } from "@jest/globals";
import { UserIdType } from "../../../src";
import { provisionerEnvironment } from "../../../src/payload";
import { declaration, faultOf, nullResource, planOf } from "./support/plans";

describe("the declaration that a null resource passes to its command", () => {
  /** The gate's fault of a declaration that is changed so, although the owner allows the provisioner. */
  const faultOfDeclared = (change: object) => {
    const environment = provisionerEnvironment({ ...declaration, ...change });
    return faultOf(planOf([nullResource(environment)]), ["provisioner=null_resource.staff"]);
  };
  const OTHER_USERS = expect.stringContaining("other users for its command than its triggers");
  const UNREADABLE = expect.stringContaining("a declaration of its users that the command would refuse");

  test.each([
    { what: "other users", change: { users: [["cleo@example.com", ""]] } },
    { what: "fewer users", change: { users: [] } },
    { what: "another id type", change: { userIdType: UserIdType.USERNAME } },
  ])("is refused with $what than the plan shows", ({ change }) => {
    expect(faultOfDeclared(change)).toMatchObject({ summary: OTHER_USERS });
  });

  test.each([
    { what: "something more", change: { more: 1 } },
    { what: "another format", change: { format: 2 } },
  ])("is refused with $what, which the command would refuse", ({ change }) => {
    expect(faultOfDeclared(change)).toMatchObject({ summary: UNREADABLE });
  });

  test("is refused of a null resource without triggers", () => {
    const change = { after: { triggers: null }, after_unknown: {} };
    expect(faultOf(planOf([nullResource(undefined, change)]))).toMatchObject({ summary: OTHER_USERS });
  });

  test("is refused without a way to allow it", () => {
    expect(faultOfDeclared({ users: [] })?.detail).not.toContain("If it is meant");
  });

  test("is compared with the triggers of its own resource, and of no other that is replaced", () => {
    const other = {
      ...nullResource(),
      address: "null_resource.other",
      change: { actions: ["delete", "create"], after: { triggers: { user_id_type: "phone" } } },
      configured: {},
    };
    expect(faultOf(planOf([nullResource(), other]))).toBeUndefined();
  });

  test("that cannot be read is refused", () => {
    const environment = { ...provisionerEnvironment(declaration), GENAUTH_SET_DECLARED_0: "H4sI" };
    expect(faultOf(planOf([nullResource(environment)]))).toMatchObject({ summary: UNREADABLE });
  });

  describe("of other users", () => {
    const other = provisionerEnvironment({ ...declaration, users: [["cleo@example.com", ""]] });

    test("passes where the plan does not show the users", () => {
      const unknown = { after: {}, after_unknown: { triggers: true } };
      expect(faultOf(planOf([nullResource(other, unknown)]))).toBeUndefined();
      expect(faultOf(planOf([nullResource(other, { actions: ["delete"], after: null })]))).toBeUndefined();
    });

    test("is refused where only a label is not known", () => {
      const label = {
        after: { triggers: { user_id_type: "email" } },
        after_unknown: { triggers: { "user:ada@example.com": true } },
      };
      expect(faultOf(planOf([nullResource(undefined, label)]))).toBeUndefined();
      expect(faultOf(planOf([nullResource(other, label)]))).toMatchObject({ summary: OTHER_USERS });
    });
  });
});
