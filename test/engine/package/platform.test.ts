import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const CHECK = join(__dirname, "../../../scripts/check-platform.mjs");

/** Runs the check in a Node.js that reports another platform or version. */
function checkAs(property: "platform" | "versions", value: unknown) {
  const pretend = `Object.defineProperty(process, ${JSON.stringify(property)}, { value: ${JSON.stringify(value)} });`;
  const preload = `data:text/javascript,${encodeURIComponent(pretend)}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", preload, CHECK], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test.each([
  ["Windows", "platform", "win32", /^cdktf-genauth runs on Linux and macOS; [^\n]*WSL 2\.\n$/],
  ["Node.js 18", "versions", { node: "18.20.0" }, /^cdktf-genauth needs Node\.js 20\.9 or later; [^\n]*\n$/],
  ["Node.js 20.8", "versions", { node: "20.8.1" }, /^cdktf-genauth needs Node\.js 20\.9 or later; [^\n]*\n$/],
] as const)("%s is refused in one sentence", (_what, property, value, sentence) => {
  expect(checkAs(property, value)).toEqual({
    status: 1,
    stdout: "",
    stderr: expect.stringMatching(sentence) as unknown,
  });
});

test.each([
  ["Linux", "platform", "linux"],
  ["macOS", "platform", "darwin"],
  ["Node.js 20.9", "versions", { node: "20.9.0" }],
  ["Node.js 24", "versions", { node: "24.0.0" }],
] as const)("%s is accepted without a message", (_what, property, value) => {
  expect(checkAs(property, value)).toEqual({ status: 0, stdout: "", stderr: "" });
});
