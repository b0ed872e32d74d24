import { expect, test } from "@jest/globals";
import { readApproval } from "../../../src/guard/approval";
import { UserLookUps } from "../../../src/users";
import { ModelDirectory } from "../../support/users/model-directory";
import { planOf as changesOf, setChange } from "../../support/reports/plan-json";

/** These plans say whom their ids mean, so nobody is looked up. */
const lookUps = new UserLookUps(new ModelDirectory([]));

/** Plans of one run, of which the second is not applied. */
const leaves = changesOf([
  setChange("staff", { before: { ada: "", bo: "", eve: "" }, after: {}, deleted: ["ada", "bo", "eve"] }),
]);
const refused = changesOf([
  setChange("guests", { before: { ada: "" }, after: { bo: "" }, deleted: ["ada"] }),
]);

test("a plan that is not applied approves nobody, and keeps whom it declares, before and after", async () => {
  const { ids, declared } = await readApproval([leaves], lookUps, {}, [refused]);
  expect(ids.deletion.size).toBe(3);
  const keeps = (username: string) =>
    declared.match({ userId: `id-of-${username}`, username, identities: [] }) !== undefined;
  expect(["ada", "bo", "eve"].map(keeps)).toEqual([true, true, false]);
  const alone = await readApproval([leaves], lookUps);
  expect(alone.declared.match({ userId: "x", username: "ada", identities: [] })).toBeUndefined();
});
