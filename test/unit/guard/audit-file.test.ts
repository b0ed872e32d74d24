import {
  chmodSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { GuardHeader } from "../../../src/api";
import { openAudit } from "../../../src/guard/audit";
import type { OsUser } from "../../../src/guard/os-user";
import { closing, newFolder } from "../../support/at-end";
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

test("the file ends with a count of the refusals by their reasons, which hold no long text", async () => {
  const folder = newFolder();
  const guarded = await openGuard({ plans, auditFile: join(folder, "audit.jsonl") });
  const longHost = { headers: { [GuardHeader.HOST]: "x".repeat(9000) } };
  await guarded.send(DELETE, deletion([ada.email]), longHost);
  await guarded.send(`/${"x".repeat(9000)}`, {});
  const { refused } = await guarded.session.close();
  expect(Object.values(refused)).toEqual([1, 1]);
  for (const reason of Object.keys(refused)) expect(reason.length).toBeLessThan(300);
  expect(readAudit({ folder }).at(-1)).toMatchObject({ event: "ended", refused });
});

/** The line of an earlier run. */
const EARLIER = '{"at":"2026-12-01T08:00:00.000Z","event":"ended"}\n';

describe("a guard does not start, and writes nothing, if its audit file is", () => {
  test.each<{ readonly its: string; readonly make: (path: string, victim: string) => void }>([
    { its: "a link", make: (path, victim) => symlinkSync(victim, path) },
    { its: "a link to nothing", make: (path, victim) => symlinkSync(`${victim}.absent`, path) },
    { its: "a second name of another audit file", make: (path, victim) => linkSync(victim, path) },
  ])("$its", async ({ make }) => {
    const folder = newFolder();
    const victim = join(folder, "victim");
    writeFileSync(victim, EARLIER);
    const auditFile = join(folder, "audit.jsonl");
    make(auditFile, victim);
    await expect(openGuard({ plans, auditFile })).rejects.toThrow("cannot be written");
    expect(readFileSync(victim, "utf8")).toBe(EARLIER);
    expect(readdirSync(folder)).not.toContain("victim.absent");
  });

  test("a file of something else", async () => {
    const auditFile = join(newFolder(), "staff.csv");
    writeFileSync(auditFile, "id,label\n");
    await expect(openGuard({ plans, auditFile })).rejects.toThrow("It must be a file of audits alone");
    expect(readFileSync(auditFile, "utf8")).toBe("id,label\n");
  });

  test("a device", async () => {
    await expect(openGuard({ plans, auditFile: "/dev/null" })).rejects.toThrow("It must be a file of audits");
  });
});

describe("a line is appended to an audit file that", () => {
  test.each([
    { its: "ends with a line", before: EARLIER, kept: EARLIER },
    { its: "a full disk has cut in a line", before: `${EARLIER}{"at":"20`, kept: `${EARLIER}{"at":"20\n` },
    { its: "a full disk has cut in its first line", before: '{"a', kept: '{"a\n' },
    { its: "is empty", before: "", kept: "" },
  ])("$its", async ({ before, kept }) => {
    const path = join(newFolder(), "audit.jsonl");
    writeFileSync(path, before);
    const audit = closing(await openAudit(path));
    await audit.write({ event: "started" });
    const after = readFileSync(path, "utf8");
    expect(after.slice(0, kept.length)).toBe(kept);
    expect(after.slice(kept.length)).toMatch(/^\{"at":"[^"]*Z","pid":\d+,"event":"started"\}\n$/);
  });
});

test("a line that cannot be written fails, and says that the file lacks the rest of the run", async () => {
  const path = join(newFolder(), "audit.jsonl");
  const audit = await openAudit(path);
  await audit.close();
  await expect(audit.write({ event: "sending" })).rejects.toThrow(
    /audit\.jsonl cannot be written: .* It lacks the rest of this run: plan again\./,
  );
});

describe("a guard does not start if its command's user could change its audit file:", () => {
  const { getuid = () => 0, getgid = () => 0 } = process;
  const stranger: OsUser = { name: "stranger", uid: getuid() + 1, gid: getgid() + 1, home: "/" };
  const colleague: OsUser = { ...stranger, gid: getgid() };
  const owner: OsUser = { ...stranger, uid: getuid() };

  /** Makes an empty audit file, and gives its path. */
  function makeFile(modes: { readonly ofFolder: number; readonly ofFile: number }): string {
    const folder = newFolder();
    const path = join(folder, "audit.jsonl");
    writeFileSync(path, "");
    chmodSync(path, modes.ofFile);
    chmodSync(folder, modes.ofFolder);
    return path;
  }

  test.each([
    { it: "everybody may write it", ofFolder: 0o700, ofFile: 0o602, command: stranger },
    { it: "everybody may write its folder", ofFolder: 0o777, ofFile: 0o600, command: stranger },
    { it: "the user's group may write it", ofFolder: 0o700, ofFile: 0o620, command: colleague },
    { it: "the user's group may write its folder", ofFolder: 0o770, ofFile: 0o600, command: colleague },
    { it: "it is the user's own", ofFolder: 0o700, ofFile: 0o600, command: owner },
  ])("$it", async ({ command, ...modes }) => {
    const starting = openGuard({ plans, auditFile: makeFile(modes), users: { command } });
    await expect(starting).rejects.toThrow("The command's user could change it. Choose a folder");
  });

  test("but it starts if everybody may only read it", async () => {
    const audit = closing(await openAudit(makeFile({ ofFolder: 0o755, ofFile: 0o644 }), stranger));
    await expect(audit.write({ event: "started" })).resolves.toBeUndefined();
  });
});
