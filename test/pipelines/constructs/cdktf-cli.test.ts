import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { check, deletionsReceived } from "../../support/acceptance/removal-case";
import { CdktfProject } from "../../support/cdktf-project";
import { engines } from "../../support/engine/engines";

// OpenTofu, where it is here: ../docs/commands.test.ts deploys with Terraform.
const engine = engines().at(-1) ?? engines()[0];

// No registry: the stack brings its provider, and CdktfProject gives CDKTF a folder of its own as home.
test("cdktf deploy installs the provider from the stack's own folder, and deletes users removed from the file", async () => {
  const project = await CdktfProject.open(engine, "staff", 3);
  const deploy = (): ReturnType<CdktfProject["run"]> =>
    // Of any name, since the provider is found in whatever folder CDKTF writes.
    project.run(["deploy", "staff", "--auto-approve", "--output", "renamed"]);
  const everybody = ["user001@example.com", "user002@example.com", "user003@example.com"];
  const stays = ["user001@example.com", "user003@example.com"];

  project.declare(everybody);
  check(await deploy(), { code: 0, says: ["1 added"] });
  expect(usersInState(project)).toEqual(everybody);

  project.declare(stays);
  check(await deploy(), { code: 0, says: ["1 changed"] });
  expect(usersInState(project)).toEqual(stays);
  expect(deletionsReceived(project)).toEqual([["user002@example.com"]]);
}, 240_000);

function usersInState({ folder }: CdktfProject): string[] {
  const state = JSON.parse(readFileSync(join(folder, "terraform.staff.tfstate"), "utf8")) as {
    resources: { instances: { attributes: { users: object } }[] }[];
  };
  return Object.keys(state.resources[0]?.instances[0]?.attributes.users ?? {});
}
