import { afterEach, expect, test } from "@jest/globals";
import { engines } from "../../support/engine/engines";
import { DemoRun } from "./demo-run";

const [engine] = engines();
const ENGINE = { TERRAFORM_BINARY_NAME: engine.path };

let run: DemoRun | undefined;
afterEach(async () => {
  await run?.close();
  run = undefined;
});

function start(environment: Readonly<Record<string, string>> = ENGINE, how = { byNpm: false }): DemoRun {
  run = new DemoRun(environment, how);
  return run;
}

test("shows a deletion, a refusal and a suspension as README's reader sees them, and leaves nothing", async () => {
  const demo = start(ENGINE, { byNpm: true });
  const { code, stdout, stderr } = await demo.finished;

  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const shown = stdout.replaceAll(/\s+/g, " ");
  const story = [
    "$ npx cdktf-genauth install-provider --dir infra",
    "-- bash # a shell that talks to the emulator The emulator at http://127.0.0.1",
    " will perform the following actions: # genauth_user_set.staff will be updated in-place",
    "Warning: 1 user will be permanently deleted from GenAuth in 1 call: user004@example.com",
    "Warning: 1 user permanently deleted from GenAuth: user004@example.com",
    "The batch is halved until the refused user stands alone.",
    "Warning: 3 users permanently deleted from GenAuth",
    "Error: 1 of 4 removed users not confirmed gone from GenAuth",
    "This user is under a legal hold",
    "Warning: 1 user permanently deleted from GenAuth: user006@example.com",
    "Warning: 1 user will be suspended, and deleted 14 days later",
    "Warning: 1 user suspended: user009@example.com",
    "The emulator's clock shows",
    "Warning: 1 user permanently deleted from GenAuth: user009@example.com",
    "No drift: the user pool is as declared",
    "Of ten people, six left the file, and these six were deleted",
  ];
  const places = story.map((sentence) => shown.indexOf(sentence));
  expect(story.filter((_sentence, index) => places[index] === -1)).toEqual([]);
  expect(places).toEqual(places.toSorted((one, other) => one - other));
  // Neither scripts of this repository, nor a warning about the clock that the demo has moved.
  expect(stdout).not.toMatch(/scripts\/|dist\/|clocks of GenAuth/);
  expect(demo.leftFiles()).toEqual([]);
  expect(demo.leftProcesses()).toEqual([]);
}, 180_000);

test("Ctrl-C while an engine runs ends it with 130 and leaves nothing behind", async () => {
  const demo = start();
  await demo.waitFor(/\$ \w+ apply -auto-approve/);
  expect(demo.leftProcesses()).not.toEqual([]);
  demo.signal("SIGINT");
  const { code, stdout } = await demo.finished;

  expect(code).toBe(130);
  expect(stdout).toMatch(/\nInterrupted\.\n$/);
  expect(demo.leftFiles()).toEqual([]);
  expect(demo.leftProcesses()).toEqual([]);
}, 120_000);

test("without an engine and without Go, two sentences say what to install", async () => {
  const demo = start({ TERRAFORM_BINARY_NAME: "", PATH: "/nonexistent", XDG_CACHE_HOME: "/nonexistent" });
  const { code, stderr } = await demo.finished;

  expect(code).toBe(1);
  expect(stderr).toMatch(/^Neither OpenTofu nor Terraform is on the PATH, .*\. Install OpenTofu .*\.\n$/);
});

test("a given program that is not an engine is named in the error", async () => {
  const demo = start({ TERRAFORM_BINARY_NAME: process.execPath });
  const { code, stderr } = await demo.finished;

  expect(code).toBe(1);
  expect(stderr).toContain(`TERRAFORM_BINARY_NAME is "${process.execPath}"`);
});
