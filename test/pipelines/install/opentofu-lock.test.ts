import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { check } from "../../support/acceptance/removal-case";
import { runToSuccess } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { CdktfProject } from "../../support/cdktf-project";
import { engines } from "../../support/engine/engines";

// OpenTofu has the null provider at an address of its own, which the next synth must keep in the lock file, beside the one that it writes. On
// Terraform, they are one: unit/install/lock-file, and proofs/long/null-resource/cdktf-deploy.
const engine = engines().at(-1) ?? engines()[0];

describe(`a stack with a null resource that ${engine.name} initialised`, () => {
  let project: CdktfProject;
  let stack: string;
  beforeEach(async () => {
    project = await CdktfProject.open(engine, "null-resource", 3);
    stack = join(project.folder, "cdktf.out/stacks/staff");
    project.declare(["user001@example.com", "user002@example.com"]);
  });

  /** Runs the engine itself in the stack's folder. */
  async function run(...args: string[]): Promise<string> {
    const env = cleanEnvironment(join(project.folder, "empty.tfrc"), {
      ...project.emulator.environment(),
      HOME: join(project.folder, "home"),
    });
    return (await runToSuccess(engine.path, [...args, "-no-color"], { cwd: stack, env })).text;
  }

  const lock = (): string => readFileSync(join(stack, ".terraform.lock.hcl"), "utf8");

  test("is planned after a new synth without another init, and deployed by cdktf again, without an option", async () => {
    const deploy = async (...says: string[]) => {
      check(await project.run(["deploy", "staff", "--auto-approve"]), { code: 0, says });
    };
    await deploy("1 to add, 0 to change, 0 to destroy", '"user:user001@example.com" = "Somebody"');
    const locked = lock();
    project.declare(["user001@example.com"]);
    expect(await project.run(["synth"])).toMatchObject({ code: 0 });

    // Synthesised with its command and no other provider.
    const synthesised = readdirSync(stack).filter((name) => name !== ".terraform" && name !== "plan");
    expect(synthesised.sort()).toEqual([".terraform.lock.hcl", "cdk.tf.json", "genauth"]);

    expect(await run("plan")).toContain("1 to add, 0 to change, 1 to destroy");
    expect(entries(lock())).toEqual(entries(locked));
    await deploy();
  }, 240_000);
});

function entries(lock: string): string[] {
  return [...lock.replaceAll(/\/\*.*?\*\//gs, "").matchAll(/^provider "(.*)" \{/gm)].map(
    ([, address = ""]) => address,
  );
}
