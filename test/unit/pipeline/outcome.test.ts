import { mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import type { Job } from "../../../src/pipeline/job";
import {
  describeOutcome,
  type ApplyOutcome,
  readOutcome,
  readRecorded,
  recordOutcome,
  settleOutcome,
} from "../../../src/pipeline/outcome";

let folder: string;
beforeEach(() => void (folder = newFolder()));

/** What an apply hands over when its engine begins. */
const STARTED: ApplyOutcome = {
  kind: "started",
  refused: ["guests"],
  causes: [{ commit: "c".repeat(40), request: "#7", ticket: "HR-7", people: 2 }],
};

/** A job that applies, in the folder, and the outcomes that its platform hands to later jobs. */
function applyingJob(): { readonly job: Job; readonly outputs: readonly string[] } {
  const outputs: string[] = [];
  const platform = {
    setOutput: (_: string, value: string) => void outputs.push(value),
    announceCutOff: () => undefined,
  };
  mkdirSync(join(folder, "apply"));
  return { job: { folder, platform } as unknown as Job, outputs };
}

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

  /** Reads the outcome from an audit of these lines, of a run with stacks that were refused or whose engine failed. */
  function read(
    lines: readonly object[],
    { refused = [], failed = [] }: { readonly refused?: string[]; readonly failed?: string[] } = {},
  ): ApplyOutcome {
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
    {
      what: "an engine failed",
      stacks: { failed: ["guests"] },
      says: "Not applied as planned: guests. The log of the job says why.",
    },
    {
      what: "a stack was refused",
      stacks: { refused: ["office"] },
      says: "Refused, and not applied: office. The report of the plan says why.",
    },
    {
      what: "one stack was refused and the engine of another failed",
      stacks: { refused: ["office"], failed: ["guests"] },
      says: "office. The report of the plan says why. Not applied as planned: guests.",
    },
  ])("is in part if $what, and names the stack", ({ stacks, says }) => {
    const outcome = read([...whole, ended], stacks);
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
      const { job, outputs } = applyingJob();
      writeFileSync(
        join(folder, "apply", "audit.jsonl"),
        lines.map((line) => JSON.stringify(line)).join("\n"),
      );
      recordOutcome(job, STARTED);
      expect(await settleOutcome(job)).toMatch(/^Cut off: 3 of 5 users deleted/);
      expect(JSON.parse(outputs.at(-1) ?? "")).toMatchObject({ kind: "cut_off" });
      expect(readRecorded(folder)).toMatchObject({
        kind: "cut_off",
        refused: ["guests"],
        causes: [{ request: "#7" }],
        changes: { deletion: { done: 3 } },
      });

      // What has said how it ended is left as it is, and is not said again.
      recordOutcome(job, { kind: "refused" });
      expect(await settleOutcome(job)).toBeUndefined();
      expect(readRecorded(folder)).toEqual({ kind: "refused" });
    });

    test("is cut off, too, if the guard came to its end alone", async () => {
      const { job } = applyingJob();
      const whole = [started, { ...ended, pid: 2 ** 30 }].map((line) => JSON.stringify(line)).join("\n");
      writeFileSync(join(folder, "apply", "audit.jsonl"), whole);
      recordOutcome(job, STARTED);
      expect(await settleOutcome(job)).toMatch(/^Cut off: 2 of 4 users deleted; 1 user suspended/);
    });
  });

  test("is what was recorded last, in the file and for later jobs", () => {
    const { job, outputs } = applyingJob();
    const victim = join(folder, "victim");
    writeFileSync(victim, "before");
    symlinkSync(victim, join(folder, "apply", "outcome.json"));
    recordOutcome(job, { kind: "refused" });
    recordOutcome(job, STARTED);
    expect(JSON.parse(readFileSync(join(folder, "apply", "outcome.json"), "utf8"))).toEqual(STARTED);
    expect(readFileSync(victim, "utf8")).toBe("before");
    expect(outputs).toEqual(['{"kind":"refused"}', JSON.stringify(STARTED)]);
    expect(describeOutcome(STARTED)).toContain("What was applied is not known");
  });
});
