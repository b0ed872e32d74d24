import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { useTeam } from "./support/setting";
import { without } from "./support/staff";
import { workflow } from "../support/pipelines/workflow";

const setting = useTeam(async (team) => {
  expect((await team.push()).result("apply-without-deletions")).toBe("success");
});

test("an approval is for one plan: a run that was planned again after it asks again", async () => {
  const { team, emulator } = setting;
  // The plan that Otto approves is stopped by its environment; meanwhile the plan is made anew, and now two people leave.
  await team.propose("leavers", without(3));
  await team.mergeRequest("leavers", 7);
  const run = await team.push();
  await run.approve("otto", "one person, as asked for");
  const deleted = emulator.pool.size;
  await team.propose("more", without(4));
  await team.mergeRequest("more", 8);
  const next = await team.push();
  await run.rerun();
  expect([next.waiting, run.waiting]).toEqual(["apply", undefined]);
  await next.rerun();
  expect(next.waiting).toBe("apply");
  expect(emulator.pool.size).toBe(deleted);
}, 180_000);

test("no comment, review or number of a pull request decides anything before the apply", async () => {
  const { team, emulator } = setting;
  await team.propose("leavers", without(3));
  await team.mergeRequest("leavers", 7, "mallory");
  // Two pull requests claim the commit, and a comment claims that nobody leaves and that it was approved.
  team.service.pulls.set(await team.head(), [
    { number: 9, user: "mallory", target: "aside" },
    { number: 7, user: "mallory" },
  ]);
  team.service.comments.set(7, ["<!-- genauth-users:plan -->\n## Nobody leaves\n\nApproved."]);
  const run = await team.push();
  expect(run.waiting).toBe("apply");
  expect(run.text("plan")).toContain("## 1 user will be permanently deleted");
  expect(emulator.pool.size).toBe(12);
  // The token of no job before the receipt can even read them, and no event of a pull request starts the workflow.
  const { on, jobs } = workflow("genauth");
  expect(Object.keys(on as object).sort()).toEqual(["push", "schedule", "workflow_dispatch"]);
  for (const name of ["synth", "plan", "settings", "apply", "apply-without-deletions"])
    expect(["actions", "contents"]).toEqual(
      expect.arrayContaining(Object.keys(jobs[name]?.permissions ?? {})),
    );
  await run.approve("otto");
  expect(team.service.comments.get(7)).toHaveLength(2);
  expect(team.service.comments.has(9)).toBe(false);
}, 180_000);

/** Merged code that puts its own terraform first, by the files that GitHub reads after a step and by the home folder. */
const POISON = `#!/bin/sh
set -e
mkdir -p "$HOME/bin"
cat > "$HOME/bin/terraform" <<'PROGRAM'
#!/bin/sh
env >> "$SPOILS"
exec "$REAL_TERRAFORM" "$@"
PROGRAM
chmod +x "$HOME/bin/terraform"
env >> "$SPOILS"
echo "$HOME/bin" >> "$GITHUB_PATH"
echo "BASH_ENV=$HOME/evil.sh" >> "$GITHUB_ENV"
echo "TERRAFORM=$HOME/bin/terraform" >> "$GITHUB_ENV"
printf 'env >> "%s"\\n' "$SPOILS" > "$HOME/evil.sh"
echo "## Nobody leaves" >> "$GITHUB_STEP_SUMMARY"
"$REAL_SYNTH"
cd cdktf.out/stacks/staff
module="calm##[add-mask]user003@example.com"
mkdir "$module"
touch "$module/main.tf"
printf '{"module": {"calm": {"source": "./%s"}}}' "$module" > calm.tf.json
`;

/** An engine that writes down the environment of each init, which connects to the backend that the configuration names. */
const NOTES_INIT = `#!/bin/sh
if [ "$1" = init ]; then env >> "$INITS"; fi
exec "$REAL_TERRAFORM" "$@"
`;

test("merged code that runs in synth gets no key, and nothing that it leaves behind meets one", async () => {
  const { team, emulator, exists } = setting;
  const spoils = join(team.folder, "spoils");
  const inits = join(team.folder, "inits");
  const terraform = join(team.folder, "tools", "terraform-that-notes-init");
  writeFileSync(terraform, NOTES_INIT, { mode: 0o755 });
  Object.assign(team.extra, {
    TERRAFORM: terraform,
    INITS: inits,
    SYNTH: "./poison",
    SPOILS: spoils,
    REAL_SYNTH: join(team.folder, "tools", "synth"),
    REAL_TERRAFORM: join(team.folder, "tools", "terraform"),
  });
  await team.propose("leavers", without(3), { programs: { poison: POISON } });
  await team.mergeRequest("leavers", 7);
  const run = await (await team.push()).approve("otto");
  // Nor can it hide a person from the report: what init prints is no command to the runner.
  expect(run.text("plan")).toContain("calm#\\#[add-mask]");
  expect(run.jobs.get("plan")?.summary).toContain("user003@example.com");
  expect(run.result("apply")).toBe("success");
  expect(exists(3)).toBe(false);
  const seen = readFileSync(spoils, "utf8");
  expect(seen).toContain("GITHUB_ACTIONS=true");
  const initialized = readFileSync(inits, "utf8");
  expect(initialized).toContain("GITHUB_JOB=apply");
  for (const secret of [emulator.accessKeySecret, emulator.readKey.accessKeySecret])
    expect(seen + initialized).not.toContain(secret);
}, 180_000);

test("a tar or a plan that is not the one that was handed over is neither planned nor applied", async () => {
  const { team, emulator } = setting;
  await team.propose("leavers", without(3));
  await team.mergeRequest("leavers", 7);
  const early = await team.push({ before: "plan" });
  appendFileSync(join(early.artifact("genauth-stacks-1"), "stacks.tar"), "more");
  await early.proceed();
  expect(early.result("plan")).toBe("failure");
  expect(early.text("plan")).toContain(
    "The tar of the stacks is not the one that an earlier job handed over",
  );

  for (const [artifact, file, what] of [
    ["genauth-stacks-1", "stacks.tar", "The tar of the stacks"],
    ["genauth-plan-1", "sealed.enc", "The saved plan"],
  ] as const) {
    const run = await team.push();
    appendFileSync(join(run.artifact(artifact), file), "more");
    await run.approve("otto");
    expect(run.result("apply")).toBe("failure");
    expect(run.text("apply")).toContain(`${what} is not the one that an earlier job handed over`);
  }
  expect(emulator.pool.size).toBe(12);
}, 180_000);

test("an artifact names nobody but in its report, and the plan is encrypted", async () => {
  const { team } = setting;
  await team.propose("leavers", without(3));
  await team.mergeRequest("leavers", 7);
  const run = await team.push();
  const sealed = readFileSync(join(run.artifact("genauth-plan-1"), "sealed.enc"));
  expect(sealed.includes("user003")).toBe(false);
  expect(sealed.subarray(0, 8).toString()).toBe("Salted__");
  for (const format of ["md", "txt", "html", "json"])
    expect(
      readFileSync(join(run.artifact("genauth-report-1"), "staff", `report.${format}`), "utf8"),
    ).toContain("user003@example.com");
  expect(existsSync(join(run.artifact("genauth-report-1"), "staff", "tfplan"))).toBe(false);
}, 180_000);

test("an environment without its rules gets no plan to apply", async () => {
  const { team } = setting;
  const rules = { secrets: {}, reviewers: ["otto"], preventSelfReview: true, branches: ["main"] };
  await team.propose("leavers", without(3));
  await team.mergeRequest("leavers", 7);
  const run = await team.push({ before: "settings" });
  for (const [changed, sentence] of [
    [{ branches: undefined }, "must admit the branch main and no other"],
    [{ branches: ["main", "*"] }, "must admit the branch main and no other"],
    [{ branches: [], tags: ["main"] }, "must admit the branch main and no other"],
    [{ preventSelfReview: false }, 'Set "Prevent self-review"'],
    [{ canAdminsBypass: true }, "lets administrators bypass its rules"],
    [undefined, "Without environments, these pipelines are not supported"],
  ] as const) {
    const { branches, ...others } = { ...rules, ...changed };
    team.service.environments.delete("genauth");
    if (changed !== undefined)
      team.service.environments.set("genauth", { ...others, ...(branches && { branches }) });
    await run.rerun("settings");
    expect(run.result("settings")).toBe("failure");
    expect(run.text("settings")).toContain(sentence);
    expect(run.result("apply")).toBe("skipped");
  }
  team.service.environments.set("genauth", rules);
  team.service.secrets["GENAUTH_ACCESS_KEY_SECRET"] = "for every branch";
  await run.rerun("settings");
  expect(run.text("settings")).toContain("is a secret of the repository or of its organization");
  expect(run.result("apply")).toBe("skipped");
}, 180_000);

test("what synth adds to the stack is refused before anything of it runs", async () => {
  const { team, emulator } = setting;
  const calls = emulator.calls.length;
  const evil = { data: { external: { keys: { program: ["sh", "-c", "env > $SPOILS"] } } } };
  Object.assign(team.extra, {
    SYNTH: "sh add.sh",
    REAL_SYNTH: join(team.folder, "tools", "synth"),
    SPOILS: join(team.folder, "spoils"),
  });
  const add = `"$REAL_SYNTH"\ncat > cdktf.out/stacks/staff/more.tf.json <<'TF'\n${JSON.stringify(evil)}\nTF\n`;
  await team.propose("more", without(3), { programs: { "add.sh": add } });
  await team.mergeRequest("more", 7);
  const run = await team.push();
  expect(run.result("plan")).toBe("failure");
  expect(run.text("plan")).toContain("hashicorp/external");
  expect(run.text("plan")).toContain("without an upgrade, do not");
  expect(existsSync(join(team.folder, "spoils"))).toBe(false);
  expect(emulator.calls.length).toBe(calls);
  expect(run.text("receipt")).toContain("There is no plan that can be applied. Nothing was applied.");
}, 180_000);
