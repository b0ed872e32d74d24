import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "@jest/globals";
import { recordedLines, recordingOf } from "../../../scripts/demo/recording";
import { engines } from "../../support/engine/engines";
import { pathOfPicture, WRITES_PICTURES } from "../../support/pictures";
import { DemoRun } from "./demo-run";

const [engine] = engines();
const ENGINE = { TERRAFORM_BINARY_NAME: engine.path };

let run: DemoRun | undefined;
afterEach(async () => {
  await run?.close();
  run = undefined;
});

function start(args: readonly string[], environment: Readonly<Record<string, string>> = ENGINE): DemoRun {
  run = new DemoRun(args, environment);
  return run;
}

test("runs to its end, reports that, and leaves no files or processes", async () => {
  const demo = start([]);
  const { code, stdout, stderr } = await demo.finished;

  expect(stdout).toMatch(/Done: all checks passed/);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("✓ there were two deletions, of 50 and 3 users");
  expect(stdout).toContain("✓ 49 are gone, and only Hana Haas is still there");
  expect(stdout).toMatch(/Warning: 2 users will be suspended, and deleted 14 days later \(/);
  expect(stdout).toContain("✓ both are suspended in GenAuth, and nobody is deleted");
  expect(stdout).toContain("✓ Kofi Diaz may log in again, and only Kofi Eze still waits");
  expect(stdout).toContain("✓ Kofi Eze is gone, and the other 16 are all there");
  expect(stdout).not.toContain("\u001b");
  // What a person reads in a minute for each of the three parts.
  expect(stdout.split("\n").length).toBeLessThan(160);
  expect(demo.leftFiles()).toEqual([]);
  expect(demo.leftProcesses()).toEqual([]);

  // `npm run pictures` writes the recording that README shows; otherwise it must show what the demo prints today.
  const recording = recordingOf(recordedLines(stdout));
  if (WRITES_PICTURES) writeFileSync(pathOfPicture("demo.svg"), recording);
  expect(readFileSync(pathOfPicture("demo.svg"), "utf8")).toBe(recording);
}, 180_000);

test.each([
  { moment: "before an engine runs", pattern: /2\. Start the emulator/ },
  { moment: "while an engine runs", pattern: /\$ \w+ apply -input=false -auto-approve/ },
])(
  "Ctrl-C $moment ends it with 130 and leaves nothing behind",
  async ({ pattern }) => {
    const demo = start([]);
    await demo.waitFor(pattern);
    expect(demo.leftProcesses()).not.toEqual([]);
    demo.signal("SIGINT");
    const { code, stdout } = await demo.finished;

    expect(code).toBe(130);
    expect(stdout).toMatch(/✗ Interrupted/);
    expect(demo.leftFiles()).toEqual([]);
    expect(demo.leftProcesses()).toEqual([]);
  },
  120_000,
);

test("--keep leaves the folder and prints its path", async () => {
  const demo = start(["--keep"]);
  await demo.waitFor(/the stack is synthesised/);
  demo.signal("SIGINT");
  const { stdout } = await demo.finished;

  const [, folder = ""] = /The folder is kept: (.+)/.exec(stdout) ?? [];
  expect(demo.leftFiles().map((name) => join(demo.temp, name))).toEqual([folder]);
  expect(existsSync(join(folder, "staff.csv"))).toBe(true);
}, 120_000);

test("without an engine and without Go, two sentences say what to install", async () => {
  const demo = start([], { TERRAFORM_BINARY_NAME: "", PATH: "/nonexistent", XDG_CACHE_HOME: "/nonexistent" });
  const { code, stdout } = await demo.finished;

  expect(code).toBe(1);
  expect(stdout).toMatch(/✗ Neither OpenTofu nor Terraform is on the PATH, .*\. Install OpenTofu .*\.\n$/);
});

test("a given program that is not an engine is named in the error", async () => {
  const demo = start([], { TERRAFORM_BINARY_NAME: process.execPath });
  const { code, stdout } = await demo.finished;

  expect(code).toBe(1);
  expect(stdout).toContain(`TERRAFORM_BINARY_NAME is "${process.execPath}"`);
});

test("an unknown option is refused before anything is done", async () => {
  const demo = start(["--kep"]);
  const { code, stdout, stderr } = await demo.finished;

  expect(code).toBe(2);
  expect(stdout + stderr).toContain("--kep");
  expect(stdout + stderr).not.toMatch(/^\s+at /m);
});
