import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import type { PipelineSettings } from "../../src/pipeline/settings";
import { packStacks } from "../../src/pipeline/workspace";
import { newFolder } from "../support/at-end";
import { cleanEnvironment } from "../support/engine/clean-environment";
import { proposeForeignPackages } from "./support/foreign-packages";
import { useTeam } from "./support/setting";
import { without } from "./support/staff";
import { PLAN_KEY } from "./support/team";

const setting = useTeam();

const canBecomeOthers = process.platform === "linux" && process.getuid?.() === 0;
if (!canBecomeOthers) console.warn("Not run: who reads the environment of other users needs root on Linux.");

/**
 * Merged code that puts its own terraform and tool first, by the files that GitHub reads after a step, which it finds in the
 * environment of the processes above it, and by the home folder.
 */
const POISON = `#!/bin/bash
process=$PPID
while [ "$process" -gt 1 ]; do
  while IFS= read -r -d '' entry; do
    case $entry in GITHUB_PATH=* | GITHUB_ENV=* | GITHUB_STEP_SUMMARY=*) export "$entry" ;; esac
  done < "/proc/$process/environ"
  process=$(cut -d ' ' -f 4 "/proc/$process/stat")
done
set -e
mkdir -p "$HOME/bin" genauth-run
cat > "$HOME/bin/terraform" <<'PROGRAM'
#!/bin/sh
env >> "SPOILS"
PROGRAM
chmod +x "$HOME/bin/terraform"
cp "$HOME/bin/terraform" "$HOME/bin/cdktf-genauth"
env >> "SPOILS"
echo "$HOME/bin" >> "$GITHUB_PATH"
echo "BASH_ENV=$HOME/evil.sh" >> "$GITHUB_ENV"
echo "TOOL=$HOME/bin/cdktf-genauth" >> "$GITHUB_ENV"
echo 'env >> "SPOILS"' > "$HOME/evil.sh"
echo "## Nobody leaves" >> "$GITHUB_STEP_SUMMARY"
synth
cd cdktf.out/stacks/staff
module="calm##[add-mask]user003@example.com"
mkdir "$module"
touch "$module/main.tf"
printf '%s' 'READ' > read.tf.json
printf '{"module": {"calm": {"source": "./%s"}}}' "$module" > calm.tf.json
cp "$HOME/bin/terraform" .terraform-version
`;

/** Everything that a configuration can read of all processes. */
const READ_ALL = {
  output: {
    everything: {
      value: '${join("", [for f in fileset("/proc", "*/environ") : try(file("/proc/${f}"), "")])}',
    },
  },
};

test("merged code that runs in synth gets no key, and nothing that it leaves behind meets one", async () => {
  const { team, emulator, exists } = setting;
  const spoils = join(team.folder, "spoils");
  // As one user, a configuration would find the keys in the environment of the processes above it.
  const read = JSON.stringify(canBecomeOthers ? READ_ALL : {});
  // The engine that runs in the other jobs writes down what it gets.
  const engine = join(team.folder, "tools", "terraform");
  renameSync(engine, `${engine}-real`);
  const seenByEngine = join(team.folder, "engine");
  writeFileSync(seenByEngine, "", { mode: 0o666 });
  chmodSync(seenByEngine, 0o666);
  writeFileSync(
    engine,
    `#!/bin/sh\nprintf '%s\\n' "$1" "$0" >> "${seenByEngine}"\nenv >> "${seenByEngine}"\nexec "${engine}-real" "$@"\n`,
    {
      mode: 0o755,
    },
  );
  team.settings["synth"] = "./poison";
  await team.mergeProposal("leavers", 7, without(3), {
    programs: { poison: POISON.replaceAll("SPOILS", spoils).replace("READ", () => read) },
    prepare: (clone) => team.writeSettings(clone),
  });
  const run = await (await team.push()).approve("otto");
  // Nor can it hide a person from the report: what init prints is no command to the runner.
  expect(run.text("plan")).toContain("calm#\\#[add-mask]");
  expect(run.jobs.get("plan")?.summary).toContain("user003@example.com");
  expect(run.result("apply")).toBe("success");
  expect(exists(3)).toBe(false);
  const seen = readFileSync(spoils, "utf8");
  expect(seen).toContain("GITHUB_ACTIONS=true");
  const engineSaw = readFileSync(seenByEngine, "utf8");
  for (const command of ["init", "plan", "show", "apply"])
    expect(engineSaw).toMatch(new RegExp(`^${command}$`, "m"));
  // Others can write where it is installed, so another user got a copy.
  expect(engineSaw.includes("\n/tmp/genauth-run-")).toBe(canBecomeOthers);
  // Of its own user, the configuration reads everything.
  const state = readFileSync(join(team.folder, "states", "staff.tfstate"), "utf8");
  expect(state.includes("TF_IN_AUTOMATION=1")).toBe(canBecomeOthers);
  for (const secret of [emulator.accessKeySecret, emulator.readKey.accessKeySecret, PLAN_KEY])
    expect(seen + engineSaw + state).not.toContain(secret);
}, 600_000);

test("no package, manifest, comment or number of a pull request decides anything or runs in a job with a key", async () => {
  const { team, emulator, exists } = setting;
  // The step of the workflow itself.
  delete team.literals["INSTALL_TOOL"];
  const spoils = await proposeForeignPackages(team, "leavers", without(3));
  await team.mergeRequest("leavers", 7, "mallory");
  // Two pull requests claim the commit, and a comment claims that nobody leaves and that it was approved.
  team.service.pulls.set(await team.head(), [
    { number: 9, user: "mallory", target: "aside" },
    { number: 7, user: "mallory" },
  ]);
  team.service.comment(7, "<!-- cdktf-genauth:plan -->\n## Nobody leaves\n\nApproved.", "mallory");
  const run = await team.push();
  expect(run.waiting).toBe("apply");
  expect(run.text("plan")).toContain("## 1 user will be permanently deleted");
  expect(emulator.pool.size).toBe(12);
  await run.approve("otto");
  expect(run.result("apply")).toBe("success");
  expect(exists(3)).toBe(false);
  const seen = readFileSync(spoils, "utf8");
  expect(new Set(seen.match(/^GITHUB_JOB=.*$/gm))).toEqual(new Set(["GITHUB_JOB=synth"]));
  for (const secret of [emulator.accessKeySecret, emulator.readKey.accessKeySecret, PLAN_KEY])
    expect(seen).not.toContain(secret);
  // The receipt goes to the request that brought the change.
  expect(team.service.commentsOf(7)).toHaveLength(2);
  expect(team.service.comments.has(9)).toBe(false);
}, 600_000);

test("an artifact names nobody but in its report, and one that was changed is neither planned nor applied", async () => {
  const { team, emulator } = setting;
  await team.mergeProposal("leavers", 7, without(3));
  const run = await team.push({ before: "plan" });
  appendFileSync(join(run.artifact("genauth-stacks-1"), "stacks.tar"), "more");
  await run.proceed();
  expect(run.result("plan")).toBe("failure");
  expect(run.text("plan")).toContain("The tar of the stacks is not the one that an earlier job handed over");
  expect(run.text("receipt")).toContain("There is no plan that can be applied. Nothing was applied.");

  await run.rerun();
  const file = join(run.artifact("genauth-plan-2"), "plan.sealed");
  const sealed = readFileSync(file);
  expect(sealed.includes("user003")).toBe(false);
  expect(sealed.subarray(0, 15).toString()).toMatch(/^genauth-plan-\d\n$/);
  const reports = join(run.artifact("genauth-report-2"), "staff");
  for (const format of ["md", "txt", "html", "json"])
    expect(readFileSync(join(reports, `report.${format}`), "utf8")).toContain("user003@example.com");
  expect(existsSync(join(reports, "tfplan"))).toBe(false);
  appendFileSync(file, "more");
  await run.approveApply("otto");
  expect(run.result("apply")).toBe("failure");
  expect(run.text("apply")).toContain("The saved plan is not the one that an earlier job handed over");
  expect(emulator.pool.size).toBe(12);
}, 600_000);

test("a repository without its rules gets no plan to apply, and is told whom the plan would delete", async () => {
  const { team } = setting;
  const { service } = team;
  await team.mergeProposal("leavers", 7, without(3));
  const rules = service.environments.get("genauth") ?? { secrets: {} };
  service.codeOwnerErrors = undefined;
  service.environments.set("genauth", { ...rules, preventSelfReview: false });

  // All that is missing is named at once.
  const run = await team.push();
  expect([run.result("plan"), run.result("apply"), run.waiting]).toEqual(["failure", "skipped", undefined]);
  expect(run.text("plan")).toContain("There is no CODEOWNERS file");
  expect(run.text("plan")).toContain("lets a person approve their own run");
  expect(run.jobs.get("plan")?.summary).toContain("## 1 user will be permanently deleted");
  expect(await team.runSettings()).toMatchObject({ code: 1 });

  // A key in every branch ends the run before anything is planned.
  service.codeOwnerErrors = [];
  service.environments.set("genauth", rules);
  service.secrets["GENAUTH_PLAN_KEY"] = "for every branch";
  await run.rerun();
  expect(run.result("synth")).toBe("failure");
  expect(run.text("synth")).toContain("is a secret of the repository or of its organization");

  delete service.secrets["GENAUTH_PLAN_KEY"];
  expect(await team.runSettings()).toMatchObject({
    code: 0,
    text: expect.stringContaining("A plan is approved by environment.") as unknown,
  });
}, 600_000);

test("what synth adds to the stack runs nowhere near a key, and is refused", async () => {
  const { team, emulator } = setting;
  const calls = emulator.calls.length;
  const spoils = join(team.folder, "spoils");
  const evil = { data: { external: { keys: { program: ["sh", "-c", `env > ${spoils}`] } } } };
  team.settings["synth"] = "synth && sh add.sh";
  const add = `cat > cdktf.out/stacks/staff/more.tf.json <<'TF'\n${JSON.stringify(evil)}\nTF\n`;
  await team.mergeProposal("more", 7, without(3), {
    programs: { "add.sh": add },
    prepare: (clone) => team.writeSettings(clone),
  });
  const run = await team.push();
  expect(run.result("plan")).toBe("failure");
  expect(run.text("plan")).toContain("could not be initialized");
  expect(existsSync(spoils)).toBe(false);
  expect(emulator.calls.length).toBe(calls);
  expect(run.text("receipt")).toContain("There is no plan that can be applied. Nothing was applied.");
}, 600_000);

test.each([
  { what: "link to a file of the machine", target: "/etc/passwd" },
  { what: "link to the folder above", target: ".." },
])("synth hands over no $what", async ({ target }) => {
  const checkout = newFolder();
  const tar = join(checkout, "genauth-run", "stacks.tar");
  mkdirSync(join(checkout, "staff"));
  symlinkSync(target, join(checkout, "staff", "link"));
  const settings = { stacks: [{ folder: "staff", reads: [] }] } as unknown as PipelineSettings;
  await expect(packStacks(settings, checkout, cleanEnvironment(""), tar)).rejects.toThrow(
    "link is neither a file nor a folder",
  );
  expect(existsSync(tar)).toBe(false);
});

test("a tag called main runs nothing, and a run of it is not applied", async () => {
  const { team, emulator } = setting;
  const { service } = team;
  const { secrets = {} } = service.environments.get("genauth") ?? {};
  service.environments.set("genauth", { secrets, branches: ["main"] });
  // Its commit is on no branch that anybody has approved.
  await team.propose("evil", without(1, 2, 3, 4));
  const evil = await team.head("refs/heads/evil");
  await team.git(team.folder, "--git-dir=origin.git", "tag", "main", evil);
  const tagged = await team.start({
    event: "workflow_dispatch",
    ref: "refs/tags/main",
    sha: evil,
    actor: "mallory",
  });
  expect([...tagged.jobs.values()].map(({ result }) => result)).toEqual(
    [...tagged.jobs.keys()].map(() => "skipped"),
  );
  // Its workflow is its own, so its jobs may say what they like. GitHub shows the branch as `main`.
  expect(service.runs.get(tagged.id)).toMatchObject({ head_branch: "main" });
  service.jobs.set(tagged.id, new Map([["plan", "success"]]));
  const asked = await team.dispatch("otto", { run: String(tagged.id), sha256: "0".repeat(64) }, "receipt");
  expect(asked.result("owner")).toBe("failure");
  expect(asked.text("owner")).toContain("which is not part of the branch main: a tag of that name");
  expect(asked.result("apply")).toBe("skipped");
  expect(emulator.pool.size).toBe(12);
}, 600_000);
