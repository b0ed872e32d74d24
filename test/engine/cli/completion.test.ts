import { spawnSync } from "node:child_process";
import { beforeAll, expect, test } from "@jest/globals";
import { onPath } from "../../support/engine/engine";
import { runCommand } from "../../support/command";

let script: string;
beforeAll(async () => {
  script = (await runCommand(["completion", "bash"])).stdout;
});

/** The completions that bash offers for a line; the last word is incomplete. */
function offered(...words: readonly string[]): string[] {
  const line = words.map((word) => `'${word}'`).join(" ");
  const typed = `COMP_WORDS=(genauth-users ${line}); COMP_CWORD=${words.length}; _genauth_users; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", `${script}\n${typed}`], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((word) => word !== "");
}

test.each([
  { typed: ["pl"], offers: ["plan-report"] },
  { typed: ["plan-report", "--f"], offers: ["--format", "--fail-above", "--fail-unless-whole"] },
  {
    typed: ["plan-report", "--format", ""],
    offers: ["markdown", "text", "json", "comment", "html", "annotations"],
  },
  { typed: ["plan-report", "--fail-unless-whole", "--red"], offers: ["--redact"] },
  { typed: ["drift", "--user-id-type", "s"], offers: ["sync_relation"] },
  { typed: ["drift", "--state", ""], offers: [] },
  { typed: ["doctor", "--format", ""], offers: ["text", "json"] },
  { typed: ["completion", ""], offers: ["bash", "zsh", "fish", "--help"] },
  { typed: ["pipeline", "i"], offers: ["init"] },
  { typed: ["nonsense", ""], offers: [] },
])("bash offers $offers after $typed", ({ typed, offers }) => {
  expect(offered(...typed)).toEqual(offers);
});

test("bash offers every command", async () => {
  const { stdout } = await runCommand(["--help"]);
  const commands = [...stdout.matchAll(/^ {2}([a-z][a-z-]+) /gm)]
    .map(([, name]) => name)
    .filter((name) => name !== "help");
  expect(commands.length).toBeGreaterThan(5);
  expect(offered("")).toEqual(expect.arrayContaining(commands));
});

test.each(["zsh", "fish"])(
  "%s accepts its script, or the script begins as expected if the shell is not installed",
  async (shell) => {
    const { code, stdout } = await runCommand(["completion", shell]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      shell === "zsh"
        ? /^autoload [\s\S]*complete -o default/
        : /^complete -c genauth-users -n __fish_use_subcommand -f -a /,
    );
    if (onPath(shell) !== undefined) {
      expect(spawnSync(shell, ["-n"], { input: stdout, encoding: "utf8" })).toMatchObject({
        status: 0,
        stderr: "",
      });
    }
  },
);

test("an unsupported shell is wrong usage", async () => {
  const { code, stderr } = await runCommand(["completion", "tcsh"]);
  expect(code).toBe(1);
  expect(stderr).toContain("Allowed choices are bash, zsh, fish");
});
