import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { type Emulator, startEmulator, seedUsers } from "../../../support/emulator";
import { setChange } from "../../../support/reports/plan-json";
import { ReportFiles, runPlanReport } from "../../../support/reports/report-files";

const files = new ReportFiles();

const KEY = { GENAUTH_REDACT_KEY: "a key for the tests" };

describe("--look-up", () => {
  const pool = ["bo", "chidi"].map((username) => ({
    ...seedUsers(1)[0],
    username,
    userId: `id-of-${username}`,
  }));
  let emulator: Emulator;
  beforeAll(async () => {
    emulator = await startEmulator({
      users: pool.map((user) => ({ ...user, ...(user.username === "bo" && { name: "Of Bo" }) })),
    });
  });

  test("names everybody who is deleted, and says whose label disagrees", async () => {
    const { code, stdout } = await runPlanReport(
      [files.plan(["ada"]), "--look-up", "--format", "json"],
      emulator.environment(),
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      stacks: [
        {
          names_looked_up: true,
          leavers: [
            { id: "bo", name: "Of Bo", names_disagree: false },
            { id: "chidi", names_disagree: true },
          ],
        },
      ],
    });
    const redacted = await runPlanReport([files.plan(["ada"]), "--look-up", "--redact"], {
      ...KEY,
      ...emulator.environment(),
    });
    expect(redacted.stdout).not.toContain("Of Bo");
  });

  test("says which names are blank, and why, if GenAuth does not answer", async () => {
    const env = { ...emulator.environment(), GENAUTH_HOST: "http://127.0.0.1:9", GENAUTH_MAX_ATTEMPTS: "1" };
    const { code, stdout, stderr } = await runPlanReport([files.plan(["ada"]), "--look-up"], env);
    expect(code).toBe(0);
    expect(stdout).toContain(
      "Names in GenAuth are shown for 0 of 2 users: the others have none, or could not",
    );
    expect(stderr).toContain("warning: Some names in GenAuth could not be looked up: ");
  });
});

test("--protect names the stack that declares somebody who leaves, also one that takes the person out itself", async () => {
  const change = setChange("guests", { before: { bo: "Bo", dana: "Dana" }, after: { dana: "Dana" } });
  const guests = files.write(
    "guests.json",
    JSON.stringify({ format_version: "1.2", resource_changes: [change] }),
  );
  const { code, stdout } = await runPlanReport([
    files.plan(["ada"]),
    "--protect",
    guests,
    "--format",
    "json",
  ]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    stacks: [
      {
        leavers: [
          { id: "bo", declared_in: ["guests: genauth_user_set.guests"] },
          { id: "chidi", declared_in: [] },
        ],
      },
    ],
  });
});

test("--save writes every format, even of a plan that is refused, and prints the chosen one", async () => {
  const reports = join(files.folder, "new", "reports");
  const args = ["--fail-above", "0", "--format", "text", "--save", reports];
  const { code, stdout } = await runPlanReport([files.plan(["ada"]), ...args]);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^REFUSED: At most 2 users would be deleted, more than --fail-above allows \(0\)/);
  expect(readdirSync(reports).sort()).toEqual(["report.html", "report.json", "report.md", "report.txt"]);
  for (const name of readdirSync(reports))
    expect(readFileSync(join(reports, name), "utf8")).toContain("chidi");
});

test("--save to a place that cannot be written to fails with one sentence, after the report", async () => {
  const file = files.write("a-file", "");
  const { code, stdout, stderr } = await runPlanReport([files.plan(["ada"]), "--save", file]);
  expect(code).toBe(1);
  expect(stdout).toContain("chidi");
  expect(stderr).toMatch(/^error: .*a-file.* cannot be written: [^\n]+\n$/);
});

test("the context is in every format, and the stack in the mark of a comment", async () => {
  const context = [
    "--stack",
    "staff-eu",
    "--commit",
    "4e1243b",
    "--run-url",
    "https://ci.example.com/runs/7?a=b",
  ];
  const file = files.plan(["ada"], { timestamp: "2026-11-26T15:14:13Z" });
  for (const format of ["markdown", "text", "html", "json"]) {
    const { stdout } = await runPlanReport([file, ...context, "--format", format], {
      GENAUTH_HOST: "https://shell.example.com",
    });
    // The environment of this shell says nothing of where the plan was made.
    expect(stdout).not.toContain("shell.example.com");
    for (const text of ["staff-eu", "4e1243b", "2026-11-26", "ci.example.com/runs/7"]) {
      expect({ format, text, isIn: stdout.replaceAll("&#46;", ".").includes(text) }).toEqual({
        format,
        text,
        isIn: true,
      });
    }
  }
  const { stdout } = await runPlanReport([file, ...context]);
  expect(stdout.split("\n")[0]).toBe("<!-- cdktf-genauth:plan stack=staff-eu -->");
  expect(stdout).toContain("Commit `4e1243b`");
  expect(stdout).toContain("[The run](<https://ci.example.com/runs/7?a=b>)");
});

test.each(["markdown", "text", "json", "html"])("--redact shows nobody, as %s", async (format) => {
  const messages = files.messages({ summary: "2 users will be deleted: bo, …", detail: "bo and chidi" });
  const args = [files.plan(["ada"]), "--messages", messages, "--redact", "--format", format];
  const { stdout } = await runPlanReport(args, KEY);
  expect(stdout).toMatch(/user-[0-9a-f]{16}/);
  expect(stdout).toContain("2 users will be deleted");
  expect(stdout).not.toMatch(/\bbo\b|chidi|Label of/);
});
