import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const CHECK = join(__dirname, "../../../scripts/check-platform.mjs");

/** Runs the check in a Node.js whose process reports another platform or version. */
function checkWhere(reports: { readonly platform?: string; readonly versions?: { readonly node: string } }) {
  const pretend = Object.entries(reports).map(
    ([property, value]) =>
      `Object.defineProperty(process, ${JSON.stringify(property)}, { value: ${JSON.stringify(value)} });`,
  );
  const preload = `data:text/javascript,${encodeURIComponent(pretend.join(""))}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", preload, CHECK], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test.each([
  {
    machine: "Windows",
    reports: { platform: "win32" },
    says: /^cdktf-genauth runs on Linux and macOS; [^\n]*WSL 2\.\n$/,
  },
  {
    machine: "Node.js 18",
    reports: { versions: { node: "18.20.0" } },
    says: /^cdktf-genauth needs Node\.js 20\.9 or later; [^\n]*\n$/,
  },
  {
    machine: "Node.js 20.8",
    reports: { versions: { node: "20.8.1" } },
    says: /^cdktf-genauth needs Node\.js 20\.9 or later; [^\n]*\n$/,
  },
])("$machine is refused in one sentence", ({ reports, says }) => {
  expect(checkWhere(reports)).toEqual({
    status: 1,
    stdout: "",
    stderr: expect.stringMatching(says) as unknown,
  });
});

test.each([
  { machine: "Linux", reports: { platform: "linux" } },
  { machine: "macOS", reports: { platform: "darwin" } },
  { machine: "Node.js 20.9", reports: { versions: { node: "20.9.0" } } },
  { machine: "Node.js 24", reports: { versions: { node: "24.0.0" } } },
])("$machine is accepted without a message", ({ reports }) => {
  expect(checkWhere(reports)).toEqual({ status: 0, stdout: "", stderr: "" });
});
