import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { useTeam } from "../../pipelines/support/setting";
import { without } from "../../pipelines/support/staff";
import { executablePath } from "../../support/provider-form";

const COMMAND = executablePath("cdktf-genauth");

/** As the README of the pipelines says: the executable on the runner must be the one of the release. */
const ON_RUNNER = { INSTALL_TOOL: "sha256sum --check --quiet --strict ci/genauth/SHA256SUMS", TOOL: COMMAND };

const setting = useTeam();

test("the jobs run an executable whose SHA-256 is that of the release, and no other", async () => {
  const { team, exists } = setting;
  Object.assign(team.literals, ON_RUNNER);
  const release = async (branch: string, sha256: string, change: (users: string) => string) => {
    await team.propose(branch, change, { programs: { "ci/genauth/SHA256SUMS": `${sha256}  ${COMMAND}\n` } });
    await team.mergeRequest(branch, 7);
    return team.push();
  };
  const own = createHash("sha256").update(readFileSync(COMMAND)).digest("hex");
  const run = await release("leavers", own, without(3));
  expect(run.jobs.get("plan")?.summary).toContain("## 1 user will be permanently deleted");
  await run.approve("otto");
  expect([run.result("apply"), run.result("receipt"), exists(3)]).toEqual(["success", "success", false]);

  const other = await release("other", "0".repeat(64), without(4));
  expect(other.result("synth")).toBe("failure");
  expect(other.text("synth")).toContain("did NOT match");
}, 600_000);
