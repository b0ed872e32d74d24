import { linkSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { GuardHeader } from "../../../src/api";
import { newFolder } from "../../support/at-end";
import { readAudit } from "../../support/guard/guarded";
import { DELETE, deletion, openGuard } from "./support/in-process";
import { ada, carl } from "./support/people";
import { planOf } from "./support/plans";

/** What the guard writes to its audit file. */

const plans = [planOf({ deleted: [ada.email] })];

test("each change stands in the file before its call, and then its answer, a refusal and the end", async () => {
  const folder = newFolder();
  const auditFile = join(folder, "audit.jsonl");
  const guarded = await openGuard({ plans, auditFile });
  const lines = () => readAudit({ folder });
  let lastBeforeCall: unknown;
  guarded.emulator.steps.add({
    on: "delete-users-batch",
    run: () => void (lastBeforeCall = lines().at(-1)),
  });

  await guarded.deleteByEmail(ada);
  await guarded.deleteByEmail(carl);
  await guarded.session.close();

  expect(lastBeforeCall).toMatchObject({
    event: "sending",
    change: "deletion",
    user_id_type: "email",
    users: [{ id: ada.email, user_id: ada.id, status: "Activated" }],
  });
  expect(lines().slice(-3)).toMatchObject([
    { event: "answered", status: 200, request: 1 },
    { event: "refused", request: 2, users: [{ change: "deletion", ids: [carl.email] }] },
    { event: "ended", changes: { deletion: { approved: 1, sent: 1, done: 1 } } },
  ]);
  expect(statSync(auditFile).mode & 0o777).toBe(0o600);
});

test("the file lists the first refusals, and ends with a count of all, without long text", async () => {
  const folder = newFolder();
  const guarded = await openGuard({ plans, auditFile: join(folder, "audit.jsonl") });
  const longHost = { headers: { [GuardHeader.HOST]: "x".repeat(9000) } };
  await guarded.send(DELETE, deletion([ada.email]), longHost);
  await guarded.send(`/${"x".repeat(9000)}`, {});
  for (let number = 0; number < 200; number += 1) await guarded.send(`/x${number}`, {});
  const { refused } = await guarded.session.close();
  const reasons = Object.keys(refused);
  expect(reasons.length).toBeLessThan(50);
  expect(Math.max(...reasons.map(({ length }) => length))).toBeLessThan(300);
  expect(Object.values(refused).reduce((sum, times) => sum + times, 0)).toBe(202);
  const lines = readAudit({ folder });
  expect(lines.length).toBeLessThan(110);
  expect(lines.at(-1)).toMatchObject({ event: "ended", refused });
});

describe("a guard does not start, and writes nothing, if its audit file is", () => {
  test.each<{ readonly its: string; readonly make: (path: string, folder: string) => void }>([
    { its: "a link", make: (path, folder) => symlinkSync(join(folder, "victim"), path) },
    { its: "a link to nothing", make: (path, folder) => symlinkSync(join(folder, "nothing"), path) },
    {
      its: "a second name of another file",
      make: (path, folder) => linkSync(join(folder, "victim"), path),
    },
  ])("$its", async ({ make }) => {
    const folder = newFolder();
    writeFileSync(join(folder, "victim"), "before");
    const auditFile = join(folder, "audit.jsonl");
    make(auditFile, folder);
    await expect(openGuard({ plans, auditFile })).rejects.toThrow("cannot be written");
    expect(readFileSync(join(folder, "victim"), "utf8")).toBe("before");
  });
});
