import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import { engines } from "../../support/engine/engines";
import { CdktfProject } from "../../support/cdktf-project";

// What cdktf does with it on OpenTofu: ../../pipelines/install/opentofu-lock.test.ts.
const [engine] = engines();

describe(`the example of the null resource under cdktf on ${engine.name}`, () => {
  let project: CdktfProject;
  beforeAll(async () => {
    project = await CdktfProject.open(engine, "null-resource", 3);
  });

  test("is synthesised with its command and no other provider, and its diff is shown", async () => {
    project.declare(["a@example.com", "b@example.com"]);
    expect(await project.synth()).toMatchObject({ code: 0 });
    const stack = join(project.folder, "cdktf.out/stacks/staff");
    expect(readdirSync(stack).sort()).toEqual([".terraform.lock.hcl", "cdk.tf.json", "genauth"]);

    const { code, text } = await project.run(["diff", "staff"]);
    expect([code, text]).toEqual([0, expect.stringContaining("1 to add, 0 to change, 0 to destroy")]);
    expect(text).toContain('"user:a@example.com" = "Somebody"');
  }, 120_000);
});
