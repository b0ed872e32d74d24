import { expect, test } from "@jest/globals";
import { describePlan } from "../../../src/users/messages/describe-plan";
import { setWarning } from "../../../src/provider/user-set/diagnostics";
import { userSetSchema } from "../../../src/provider/user-set/schema";
import { seedUsers } from "../../support/emulator";
import { readDocument } from "../../support/docs/documents";

const LEAVER = "user004@example.com";

/** The abridged plan of a document. `test/pipelines/docs` holds README's against a real plan. */
function planIn(document: string): string {
  return /^```\n( {2}# genauth_user_set.*?)^```$/ms.exec(readDocument(document))?.[1] ?? "";
}

test.each(["README.md", "README.zh-CN.md"])("the plan in %s is what the source says", (document) => {
  const [, count = ""] = /cdktf-genauth emulator --count (\d+)/.exec(readDocument(document)) ?? [];
  const users = seedUsers(Number(count));
  const { userId = "", name = "" } = users.find(({ email }) => email === LEAVER) ?? {};
  const { summary, detail } = describePlan({
    leavers: [{ id: LEAVER, label: name, fate: { kind: "delete", userId, name } }],
    kept: users.length - 1,
    isBinding: true,
  });
  const [plan = "", warning = ""] = planIn(document).split("\n\nWarning: ");
  const said = setWarning(summary, detail, [LEAVER]);
  expect(`${said.summary}\n\n${said.detail}`).toContain(warning.trim());
  expect(warning).toContain(LEAVER);

  const attributes = [...plan.matchAll(/^ {6}~ (\w+) +=/gm)].map(([, attribute]) => attribute);
  expect(attributes).toEqual(["removals", "users"]);
  expect(Object.keys(userSetSchema.attributes)).toEqual(expect.arrayContaining(attributes));
  expect(plan).toContain(`- "${LEAVER}" = "${name}" -> null`);
  expect(plan).toContain(`(${users.length - 1} unchanged elements hidden)`);
});
