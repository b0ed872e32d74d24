import { describe, expect, test } from "@jest/globals";
import { APPROVES_NOTHING, byChange } from "../../../src/guard/approval";
import { type AuditLine, NO_AUDIT } from "../../../src/guard/audit";
import { leaveUndecided, refuse } from "../../../src/guard/ruling";
import { describeSummary, type GuardSummary, Tally } from "../../../src/guard/tally";

/** What a guard says at its end, and which refusals it records until then. */

const NOTHING = { approved: 0, sent: 0, done: 0 };

describe("a summary", () => {
  const quiet: GuardSummary = { changes: byChange(() => NOTHING), requests: 1, refused: {} };

  test("says of each change that was approved how many were sent, of how many", () => {
    const changes = {
      deletion: { approved: 3, sent: 2, done: 1 },
      suspension: { approved: 4, sent: 0, done: 0 },
      reactivation: NOTHING,
    };
    expect(describeSummary({ ...quiet, changes, requests: 5 })).toBe(
      "5 calls. Sent: deletion of 2 of 3 approved, suspension of 0 of 4 approved.",
    );
  });

  test("says that no change was sent if none was approved", () => {
    expect(describeSummary(quiet)).toBe("1 call. Sent: no change.");
  });

  test("gives each reason of a refusal a line, and says how often it was given", () => {
    const refused = { "no approved plan deletes this user": 1, "it is version 2": 12 };
    expect(describeSummary({ ...quiet, refused })).toBe(
      [
        "1 call. Sent: no change.",
        "  refused 1 time: no approved plan deletes this user",
        "  refused 12 times: it is version 2",
      ].join("\n"),
    );
  });
});

/** A tally, the lines that it records, and what it has counted of refusals. */
function newTally() {
  const lines: AuditLine[] = [];
  const tally = new Tally({ ...NO_AUDIT, write: (line) => Promise.resolve(void lines.push(line)) });
  const none = byChange(() => new Set());
  return { tally, lines, refused: () => tally.summary(APPROVES_NOTHING, none, none).refused };
}

describe("a tally", () => {
  test("counts what is refused and what is left undecided, and not what is sent or abandoned", async () => {
    const { tally, lines, refused } = newTally();
    await tally.note(1, refuse("no"));
    await tally.note(2, leaveUndecided("too late"));
    await tally.note(3, { kind: "abandoned" });
    await tally.note(4, { kind: "sent", reply: { kind: "none", cause: "timed_out", reason: "no answer" } });
    expect(refused()).toEqual({ no: 1, "too late": 1 });
    expect(lines).toEqual([
      { event: "refused", request: 1, reason: "no", users: [] },
      { event: "undecided", request: 2, reason: "too late", users: [] },
    ]);
  });

  test("counts the first 20 reasons each by itself, and all others together", async () => {
    const { tally, refused } = newTally();
    for (let number = 1; number <= 22; number += 1) await tally.note(number, refuse(`reason ${number}`));
    await tally.note(23, refuse("reason 1"));
    expect(Object.keys(refused())).toHaveLength(21);
    expect(refused()).toMatchObject({ "reason 1": 2, "reason 20": 1, "other reasons": 2 });
  });

  test("records the first 100 refusals, and counts all", async () => {
    const { tally, lines, refused } = newTally();
    for (let number = 1; number <= 102; number += 1) await tally.note(number, refuse("no"));
    expect(lines.map(({ request }) => request)).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect(refused()).toEqual({ no: 102 });
  });

  test("lets a refusal stand that cannot be recorded", async () => {
    const write = () => Promise.reject(new Error("the disk is full"));
    const refusal = refuse("no");
    expect(await new Tally({ ...NO_AUDIT, write }).note(1, refusal)).toBe(refusal);
  });
});
