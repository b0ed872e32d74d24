import { describe, expect, test } from "@jest/globals";
import {
  stackDocument,
  type StackReport,
  renderHtml,
  renderMarkdown,
  renderText,
} from "../../../src/reports";
import { phraseText } from "../../../src/reports/plain-text";
import { reportOf } from "../../support/reports/reports";

type ReportedSet = StackReport["sets"][number];

/** How many users a set held before the plan, how many of them it deletes, and how many stay. */
type Counts = Pick<ReportedSet, "held" | "deleted" | "stay"> & Partial<ReportedSet>;

/** A report on sets, by their names. */
function reportOn(sets: Readonly<Record<string, Counts>>): StackReport {
  const deleted = Object.values(sets).reduce((sum, set) => sum + set.deleted, 0);
  const base = reportOf(Array.from({ length: deleted }, (_, at) => ({ id: `user${at}` })));
  const [staff] = base.sets;
  if (!staff) throw new Error("The report has no set.");
  const all = Object.entries(sets).map(([name, counts]) => ({
    ...staff,
    address: `genauth_user_set.${name}`,
    ...counts,
  }));
  return { ...base, sets: all };
}

describe("the first line names", () => {
  const firstLine = (sets: Parameters<typeof reportOn>[0]) =>
    phraseText(stackDocument(reportOn(sets)).headline);

  test("a set that everybody leaves", () => {
    expect(firstLine({ staff: { held: 5000, deleted: 5000, stay: 0 } })).toBe(
      "5,000 users will be permanently deleted: everybody in genauth_user_set.staff leaves (5,000 of 5,000)",
    );
  });

  test("a set that everybody leaves, even if two keep their accounts, and others join", () => {
    expect(firstLine({ staff: { held: 10, deleted: 8, not_deleted: 2, stay: 0, join: 4 } })).toBe(
      "8 users will be permanently deleted: everybody in genauth_user_set.staff leaves (10 of 10)",
    );
  });

  test("a small set that everybody leaves, before a large one that loses more users", () => {
    const staff = { held: 90, deleted: 50, stay: 40 };
    const board = { held: 3, deleted: 3, stay: 0 };
    expect(firstLine({ staff, board })).toBe(
      "53 users will be permanently deleted: everybody in genauth_user_set.board leaves (3 of 3)",
    );
  });

  test("how many sets everybody leaves, if they are several", () => {
    const board = { held: 3, deleted: 3, stay: 0 };
    const guests = { held: 4, deleted: 4, stay: 0 };
    expect(firstLine({ board, guests })).toBe(
      "7 users will be permanently deleted: everybody in 2 sets leaves",
    );
  });

  test("a set that more than five users leave, if they are at least half", () => {
    expect(firstLine({ staff: { held: 12, deleted: 6, stay: 6 } })).toBe(
      "6 users will be permanently deleted: 6 of 12 in genauth_user_set.staff leave (50 %)",
    );
    // Half, but not more than five.
    expect(firstLine({ staff: { held: 10, deleted: 5, stay: 5 } })).toBe(
      "5 users will be permanently deleted",
    );
    // More than five, but not half.
    expect(firstLine({ staff: { held: 13, deleted: 6, stay: 7 } })).toBe(
      "6 users will be permanently deleted",
    );
  });

  test("at most 99 % of a set in which somebody stays", () => {
    expect(firstLine({ staff: { held: 1000, deleted: 999, stay: 1 } })).toBe(
      "999 users will be permanently deleted: 999 of 1,000 in genauth_user_set.staff leave (99 %)",
    );
  });
});

test("this line is the heading in text, Markdown and HTML", () => {
  const document = stackDocument(reportOn({ staff: { held: 2, deleted: 2, stay: 0 } }));
  const says = (address: string) =>
    `2 users will be permanently deleted: everybody in ${address} leaves (2 of 2)`;
  expect(renderText(document)).toContain(`${says("genauth_user_set.staff")}\n====`);
  expect(renderMarkdown(document)).toContain(`## ${says("`genauth_user_set.staff`")}\n`);
  expect(renderHtml(document)).toContain(`<h1>${says("<code>genauth_user_set.staff</code>")}</h1>`);
});

describe("below it, who leaves and who stays", () => {
  const sentences = (report: StackReport) => stackDocument(report).facts.map(phraseText);

  test("is said of each set that loses somebody, an emptied one first, and of all other sets together", () => {
    const report = reportOn({
      staff: { held: 40, deleted: 12, stay: 28, join: 1 },
      board: { held: 9, deleted: 9, stay: 0 },
      guests: { held: 5, deleted: 0, stay: 5 },
      partners: { held: 7, deleted: 0, stay: 7, join: 2 },
    });
    expect(sentences(report)).toEqual([
      "Apply deletes 21 users from 2 sets. A deletion cannot be undone.",
      "genauth_user_set.board: everybody leaves (9 of 9), nobody stays.",
      "genauth_user_set.staff: 12 of 40 leave, 28 stay, 1 joins.",
      "In 2 other sets, 12 stay, 2 join.",
    ]);
  });

  test("is said with the number of each fate, if not all leavers of a set are deleted", () => {
    const report = reportOn({
      staff: { held: 118, deleted: 10, not_deleted: 1, stay: 107 },
      board: { held: 9, deleted: 5, suspended: 3, not_deleted: 1, stay: 0 },
    });
    const gone = reportOf([{ set: "genauth_user_set.staff", fate: "not_deleted", reason: "gone" }]);
    const found = { ...report, leavers: [...report.leavers, ...gone.leavers] };
    expect(sentences(found).slice(1)).toEqual([
      "genauth_user_set.board: everybody leaves (9 of 9: 5 deleted, 3 suspended, 1 not deleted), nobody stays.",
      "genauth_user_set.staff: 11 of 118 leave (10 deleted, 1 already gone), 107 stay.",
    ]);
  });

  test("is said of five sets, with the number of further ones that lose somebody", () => {
    const set = { held: 100, deleted: 1, stay: 99 };
    const report = reportOn({
      berlin: set,
      lagos: set,
      lima: set,
      oslo: set,
      pune: set,
      rome: set,
      xian: set,
    });
    expect(sentences(report).at(5)).toBe("genauth_user_set.pune: 1 of 100 leaves, 99 stay.");
    expect(sentences(report).at(6)).toBe("The table of sets shows 2 more sets that lose somebody.");
  });

  test("is said apart from a user who left earlier, was suspended, and is deleted now", () => {
    // The nine do not include this user.
    const report = reportOn({ staff: { held: 9, deleted: 1, due: 1, stay: 9 } });
    expect(sentences(report).slice(1)).toEqual([
      "genauth_user_set.staff: none of 9 leaves, 9 stay; 1 who left before is due.",
    ]);
  });
});
