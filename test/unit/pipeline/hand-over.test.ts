import { mkdirSync, openSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { newFolder } from "../../support/at-end";
import { readHandedOver, sha256Of, writeHandedOver } from "../../../src/pipeline/hand-over";
import { sealPlans, type SealedPlans, unsealPlans } from "../../../src/pipeline/sealed-plans";
import { type Job, returnFolder } from "../../../src/pipeline/job";
import {
  describeOutcome,
  type ApplyOutcome,
  readOutcome,
  readRecorded,
  recordOutcome,
  settleOutcome,
} from "../../../src/pipeline/outcome";
import { findStateLock } from "../../../src/pipeline/engine-messages";
import { defused } from "../../../src/pipeline/programs";
import { showDifference } from "../../../src/pipeline/repository";
import { GitHubApi } from "../../../src/pipeline/github/api";
import { readOwners } from "../../../src/pipeline/github/owner";
import { readAnswer } from "../../../src/pipeline/web";
import { withoutCommands } from "../../../src/text";
import { stackDocument, renderMarkdown, renderText } from "../../../src/reports";
import { reportOf } from "../../support/reports/reports";
import { serveHttp } from "../../support/http-server";

let folder: string;
beforeEach(() => void (folder = newFolder()));

describe("what one job hands to the next", () => {
  test("is read if it is the one that the job said", () => {
    const sha256 = writeHandedOver(folder, "plan", Buffer.from("plan"));
    expect(readHandedOver(folder, "plan", sha256).toString()).toBe("plan");
    expect(readHandedOver(folder, "plan", undefined).toString()).toBe("plan");
    expect(() => readHandedOver(folder, "plan", sha256Of("other"))).toThrow(
      "The saved plan is not the one that an earlier job handed over",
    );
    expect(() => readHandedOver(folder, "plan", "")).toThrow("the job said nothing");
    expect(() => readHandedOver(folder, "stacks", undefined)).toThrow("is missing");
  });

  test("is no link, and lies behind none", () => {
    const elsewhere = join(folder, "elsewhere");
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, "plan.sealed"), "plan");
    const linked = join(folder, "linked");
    mkdirSync(join(linked, "plan"), { recursive: true });
    symlinkSync(join(elsewhere, "plan.sealed"), join(linked, "plan", "plan.sealed"));
    expect(() => readHandedOver(linked, "plan", undefined)).toThrow("is a link");
    const behind = join(folder, "behind");
    mkdirSync(behind);
    symlinkSync(elsewhere, join(behind, "plan"));
    expect(() => readHandedOver(behind, "plan", undefined)).toThrow("is a link");
    symlinkSync(behind, join(folder, "run"));
    expect(() => readHandedOver(join(folder, "run"), "plan", undefined)).toThrow("is a link");
  });
});

const canGive = process.platform === "linux" && process.getuid?.() === 0;

(canGive ? test : test.skip)(
  "the folder of a run is given back, and nothing that a link in it leads to",
  () => {
    const [run, elsewhere] = [join(folder, "run"), join(folder, "elsewhere")];
    for (const each of [join(run, "plan"), join(elsewhere, "inner")]) mkdirSync(each, { recursive: true });
    symlinkSync(elsewhere, join(run, "plan", "link"));
    returnFolder({ folder: run, environment: { SUDO_UID: "65534", SUDO_GID: "65534" } });
    const owners = [join(run, "plan"), elsewhere, join(elsewhere, "inner")].map((path) => statSync(path).uid);
    expect(owners).toEqual([65534, 0, 0]);
  },
);

describe("sealed plans", () => {
  const KEY = "0123456789abcdef0123456789abcdef";
  const plans: SealedPlans = {
    commit: "c".repeat(40),
    stacks_sha256: "0".repeat(64),
    why: { ticket: "HR-7" },
    causes: [],
    approvals: 1,
    protect: ["bo@example.com"],
    apply: [
      {
        name: "staff",
        plan: "AAAA",
        plan_json: "ada@example.com",
        report_sha256: "1".repeat(64),
      },
    ],
    refused: ["guests"],
  };

  test("name nobody, are never the same twice, and are what was sealed", () => {
    const sealed = sealPlans(plans, KEY);
    expect(sealed.includes("ada@example.com")).toBe(false);
    expect(sealPlans(plans, KEY).equals(sealed)).toBe(false);
    expect(unsealPlans(sealed, KEY)).toEqual(plans);
  });

  test("are refused with another key, and if a byte was changed", () => {
    const sealed = sealPlans(plans, KEY);
    expect(() => unsealPlans(sealed, KEY.replace("0", "1"))).toThrow("could not be decrypted");
    for (let at = 0; at < sealed.length; at += 7) {
      const forged = Buffer.from(sealed);
      forged[at] = (forged[at] ?? 0) ^ 1;
      expect(() => unsealPlans(forged, KEY)).toThrow("could not be decrypted");
    }
    expect(() => unsealPlans(Buffer.from("plan"), KEY)).toThrow("could not be decrypted");
    for (const key of [undefined, "", "short"])
      expect(() => sealPlans(plans, key)).toThrow("GENAUTH_PLAN_KEY must have at least 32 characters");
  });
});

/** What an apply hands over when its engine begins. */
const STARTED: ApplyOutcome = {
  kind: "started",
  refused: ["guests"],
  causes: [{ commit: "c".repeat(40), request: "#7", ticket: "HR-7", people: 2 }],
};

describe("how an apply ended", () => {
  const changes = {
    deletion: { approved: 4, sent: 3, done: 2 },
    suspension: { approved: 1, sent: 1, done: 1 },
    reactivation: { approved: 0, sent: 0, done: 0 },
  };
  const whole = [
    { event: "started", host: "https://api.example" },
    { event: "answered", request: 1, status: 200 },
  ];
  const ended = { event: "ended", changes, requests: 9 };

  /** Reads the outcome from an audit of these lines. */
  function read(lines: readonly object[], refused: string[] = [], failed: string[] = []): ApplyOutcome {
    const apply = join(newFolder(), "apply");
    const audit = join(apply, "audit.jsonl");
    mkdirSync(apply);
    const opened = openSync(audit, "ax+");
    writeFileSync(audit, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    // A program of the engine's user puts another folder in its place.
    rmSync(apply, { recursive: true });
    mkdirSync(apply);
    writeFileSync(audit, JSON.stringify({ ...ended, changes: { ...changes, deletion: changes.suspension } }));
    return readOutcome(opened, { refused, failed, causes: [] });
  }

  test("is read from the guard's audit, with all three changes", () => {
    const outcome = read([...whole, ended]);
    expect(outcome).toMatchObject({ kind: "as_approved", changes, refused: [] });
    expect(describeOutcome(outcome)).toBe(
      "Applied as approved: 2 of 4 users deleted; 1 user suspended. The others were gone by then, or the apply kept them: its log says which, and why.",
    );
    const all = { approved: 2, sent: 2, done: 2 };
    expect(
      describeOutcome(read([...whole, { ...ended, changes: { ...ended.changes, deletion: all } }])),
    ).toBe("Applied as approved: 2 users deleted; 1 user suspended.");
  });

  test.each([
    [[], ["guests"], "Not applied as planned: guests. The log of the job says why."],
    [["office"], [], "Refused, and not applied: office. The report of the plan says why."],
    [["office"], ["guests"], "office. The report of the plan says why. Not applied as planned: guests."],
  ])("is in part if a stack was refused, or an engine failed, and names both", (refused, failed, says) => {
    const outcome = read([...whole, ended], refused, failed);
    expect(outcome.kind).toBe("in_part");
    expect(describeOutcome(outcome)).toContain(says);
  });

  test("is not known if the guard has not begun its audit", () => {
    expect(read([])).toEqual({ kind: "unknown" });
  });

  describe("that was cut off", () => {
    const nobody = { approved: 0, sent: 0, done: 0 };
    const started = {
      event: "started",
      pid: 2 ** 30,
      changes: { ...changes, deletion: { ...nobody, approved: 5 }, suspension: nobody },
    };
    const call = (request: number, ...users: readonly string[]) => ({
      event: "sending",
      request,
      change: "deletion",
      users: users.map((id) => ({ id, user_id: `system-${id}` })),
    });
    const lines = [
      started,
      call(1, "ada", "bo", "cy"),
      { event: "answered", request: 1, status: 200 },
      call(2, "di"),
      { event: "answered", request: 2, status: 422, cause: "refused" },
      // Its answer never came.
      call(3, "di"),
    ];

    test("counts whom GenAuth said it deleted, and whom a call was sent for", () => {
      const outcome = read(lines);
      expect(outcome).toMatchObject({
        kind: "cut_off",
        changes: { deletion: { approved: 5, sent: 4, done: 3 }, suspension: nobody },
      });
      expect(describeOutcome(outcome)).toMatch(/^Cut off: 3 of 5 users deleted/);
      expect(describeOutcome(outcome)).toContain("What became of 1 more user is not known: a call was sent.");
      expect(describeOutcome(outcome)).toContain("The state may still be locked");
    });

    test("is counted by a later step, because the job itself could not", async () => {
      const outputs: string[] = [];
      const platform = {
        setOutput: (_: string, value: string) => void outputs.push(value),
        announceCutOff: () => undefined,
      };
      const job = { folder, platform } as unknown as Job;
      mkdirSync(join(folder, "apply"));
      writeFileSync(
        join(folder, "apply", "audit.jsonl"),
        lines.map((line) => JSON.stringify(line)).join("\n"),
      );
      recordOutcome(job, STARTED);
      expect(await settleOutcome(job)).toMatch(/^Cut off: 3 of 5 users deleted/);
      expect(JSON.parse(outputs.at(-1) ?? "")).toMatchObject({ kind: "cut_off" });
      expect(readRecorded(folder)).toMatchObject({
        ...{ kind: "cut_off", refused: ["guests"], causes: [{ request: "#7" }] },
        changes: { deletion: { done: 3 } },
      });

      // What has said how it ended is left as it is.
      recordOutcome(job, { kind: "refused" });
      expect(await settleOutcome(job)).toMatch(/^Refused/);
    });

    test("is cut off, too, if the guard came to its end alone", async () => {
      const job = {
        folder,
        platform: { setOutput: () => undefined, announceCutOff: () => undefined },
      } as unknown as Job;
      mkdirSync(join(folder, "apply"));
      const whole = [started, { ...ended, pid: 2 ** 30 }].map((line) => JSON.stringify(line)).join("\n");
      writeFileSync(join(folder, "apply", "audit.jsonl"), whole);
      recordOutcome(job, STARTED);
      expect(await settleOutcome(job)).toMatch(/^Cut off: 2 of 4 users deleted; 1 user suspended/);
    });
  });

  test("names the lock of the state that an apply left which was cut off", () => {
    const printed = [
      "╷",
      "│ Error: Error acquiring the state lock",
      "│ ",
      "│ Error message: HTTP remote state already locked: ID=5d4c",
      "│ Lock Info:",
      "│   ID:        5d4c7b1a-0000-4000-8000-000000000001",
      "│   Path:      ",
      "│   Operation: OperationTypeApply",
      "│   Who:       runner@fv-az1",
      "│   Version:   1.11.4",
      "│   Created:   2026-12-01 20:00:00 +0000 UTC",
      "╵",
    ].join("\n");
    expect(findStateLock(printed)).toEqual({
      id: "5d4c7b1a-0000-4000-8000-000000000001",
      who: "runner@fv-az1",
      since: "2026-12-01 20:00:00 +0000 UTC",
    });
    expect(findStateLock("Error: Saved plan is stale")).toBeUndefined();
  });

  test("is what was recorded last, in the file and for later jobs", () => {
    const outputs: string[] = [];
    const platform = {
      setOutput: (_: string, value: string) => void outputs.push(value),
      announceCutOff: () => undefined,
    };
    const job = { folder, platform } as unknown as Job;
    const victim = join(folder, "victim");
    writeFileSync(victim, "before");
    mkdirSync(join(folder, "apply"));
    symlinkSync(victim, join(folder, "apply", "outcome.json"));
    recordOutcome(job, { kind: "refused" });
    recordOutcome(job, STARTED);
    expect(JSON.parse(readFileSync(join(folder, "apply", "outcome.json"), "utf8"))).toEqual(STARTED);
    expect(readFileSync(victim, "utf8")).toBe("before");
    expect(outputs).toEqual(['{"kind":"refused"}', JSON.stringify(STARTED)]);
    expect(describeOutcome(STARTED)).toContain("What was applied is not known");
  });
});

describe("the difference of user files", () => {
  test("shows every person of a list in one line", () => {
    const people = Array.from({ length: 150 }, (_, index) => `{"id": "person-${index}@example.com"}`).join(
      ", ",
    );
    const shown = showDifference(`-[${people}]\n+[]\n`, ["staff.json"]);
    expect(shown.match(/person-\d+@/g)).toHaveLength(150);
    expect(shown).toContain('person-149@example.com"}]\n+[]');
  });

  test("says so where it is cut", () => {
    const shown = showDifference(`-${"x".repeat(600_000)}\n`, ["staff.json"]);
    expect(shown).toContain("was cut here: 100002 characters are missing.** Read the files themselves.");
  });

  test("stays in its block, whatever the files contain", () => {
    const shown = showDifference("+`````\rNobody leaves\u001b[2J\r\n", ["staff.csv"]);
    const [, fence = "", block = ""] = /^(`+)diff\n([\s\S]*?)\n\1$/m.exec(shown) ?? [];
    expect(fence.length).toBeGreaterThan(5);
    expect(block).toBe("+`````\\u{d}Nobody leaves\\u{1b}[2J");
  });

  test("says so if there is none", () => {
    expect(showDifference("", ["staff.csv", "b.csv"])).toBe(
      "The user files do not change: staff.csv, b.csv.\n",
    );
  });
});

test.each([
  ["::add-mask::ada", String.raw`\::add-mask::ada`],
  ["  ::set-output", String.raw`  \::set-output`],
  ["a ##[add-mask]ada", String.raw`a #\#[add-mask]ada`],
  ["one\n::two", "one\n\\::two"],
])("%j is no command to the runner", (text, shown) => {
  expect(withoutCommands(text)).toBe(shown);
});

/** What acts on a runner, on a terminal, or on the direction of writing, inside a row of a user file. */
const ACTING = [
  "\r::add-mask::ada",
  "\n::stop-commands::x",
  "##[add-mask]ada",
  "\u202eada",
  "\u2028::debug::",
  "\u001b[2J",
];

describe.each(ACTING)("%j of a checkout acts nowhere", (text) => {
  const label = `Ada${text}`;
  const report = reportOf([{ id: "ada", label }], {
    warnings: [{ severity: "warning", summary: label, detail: label }],
  });

  test.each([
    ["changes", () => showDifference(`-ada,${label}\n`, ["staff.csv"])],
    ["plan, as text", () => renderText(stackDocument(report))],
    ["plan, as a summary", () => renderMarkdown(stackDocument(report), "summary")],
    ["the log and the error of each job", () => defused(label)],
  ])("%s", (_, show) => {
    const shown = show();
    expect(shown).not.toMatch(/^\s*::|##\[/m);
    expect(shown).not.toMatch(/[\r\u2028\u2029\u202a-\u202e\u2066-\u2069]/);
    expect(shown).not.toContain("\u001b");
  });
});

test.each([
  ["", "names nobody"],
  ["<account>", "holds <account>, which is no account"],
  ["olga @otto", "holds @otto"],
])("OWNERS %j is refused", (OWNERS, says) => {
  expect(() => readOwners({ OWNERS })).toThrow(says);
  expect([...readOwners({ OWNERS: " Olga  otto_corp " })]).toEqual(["olga", "otto_corp"]);
});

test("a refusal of GitHub names the permission that the job lacks", async () => {
  const url = await serveHttp((_request, response) => response.writeHead(403).end("{}"));
  const github = new GitHubApi({
    GH_TOKEN: "t",
    GITHUB_API_URL: url,
    GITHUB_REPOSITORY: "team/people",
  });
  const comments = "issues/7/comments";
  await expect(github.send("POST", comments, {})).rejects.toThrow('add "pull-requests: write" to');
  // Reading comes first, and would not be enough.
  await expect(github.read(comments, z.unknown())).rejects.toThrow('add "pull-requests: write" to');
  await expect(github.send("PATCH", "issues/7", {})).rejects.toThrow('add "issues: write" to');
  await expect(github.read("actions/runs/1", z.unknown())).rejects.toThrow('add "actions: read" to');
});

test.each([
  ['[{"sha":"a"},{"id":7}]', "at 1.sha: Invalid input: expected string, received undefined"],
  ["{}", "Invalid input: expected array, received object"],
  ["<html>", "it is not JSON"],
])("an answer of a platform that has an unexpected form is named: %s", (body, what) => {
  const read = () =>
    readAnswer(Buffer.from(body), z.array(z.object({ sha: z.string() })), "GitLab's answer for x");
  expect(read).toThrow(`GitLab's answer for x has an unexpected form: ${what}. This job went no further.`);
});
