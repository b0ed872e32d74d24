import { NullProvider } from "@cdktf/provider-null/lib/provider";
import { expect, test } from "@jest/globals";
import * as cdktf from "cdktf";
import * as cdktn from "cdktn";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GenAuthProvider, ManagedUserSet, Users, UserSetResourceType } from "../../src";

const MIXED = "cdktf and cdktn are mixed, and neither works with constructs of the other.";
const ADVICE = 'Import everything from one of them: with cdktf, or with cdktn and "cdktf-genauth/cdktn".';

function synthesise(build: (outdir: string) => cdktf.App | cdktn.App): () => void {
  return () => {
    const outdir = mkdtempSync(join(tmpdir(), "genauth-mixed-"));
    try {
      build(outdir).synth();
    } finally {
      rmSync(outdir, { recursive: true });
    }
  };
}

const ofCdktn = (stack: cdktn.TerraformStack): cdktf.TerraformStack =>
  stack as unknown as cdktf.TerraformStack;

test("the constructs for cdktf in a stack of cdktn are refused, with the import to use", () => {
  const synth = synthesise((outdir) => {
    const app = new cdktn.App({ outdir });
    const stack = new cdktn.TerraformStack(app, "staff");
    new GenAuthProvider(ofCdktn(stack), "genauth");
    new ManagedUserSet(ofCdktn(stack), "set", { users: Users.of(["a"]) });
    return app;
  });

  expect(synth).toThrow(
    `staff: ${MIXED} The stack's constructs from "cdktf-genauth" use cdktf; made with cdktn: the app (App), staff (TerraformStack). ${ADVICE}`,
  );
});

test("a null resource in a stack of cdktn is refused", () => {
  const synth = synthesise((outdir) => {
    const app = new cdktn.App({ outdir });
    const stack = ofCdktn(new cdktn.TerraformStack(app, "staff"));
    new NullProvider(stack, "null");
    new ManagedUserSet(stack, "set", {
      resourceType: UserSetResourceType.NULL_RESOURCE,
      users: Users.of(["a"]),
    });
    return app;
  });

  expect(synth).toThrow(MIXED);
});

test("constructs of cdktn in a stack of cdktf are refused, also those that are declared later", () => {
  const synth = synthesise((outdir) => {
    const app = new cdktf.App({ outdir });
    const stack = new cdktf.TerraformStack(app, "staff");
    new GenAuthProvider(stack, "genauth");
    for (let index = 0; index < 7; index++) {
      new cdktn.TerraformVariable(stack, `v${index}`, {});
    }
    return app;
  });

  expect(synth).toThrow(
    `${MIXED} The stack's constructs from "cdktf-genauth" use cdktf; made with cdktn: staff/v0 (TerraformVariable), ` +
      "staff/v1 (TerraformVariable), staff/v2 (TerraformVariable), staff/v3 (TerraformVariable), staff/v4 (TerraformVariable), " +
      `and 2 more constructs. ${ADVICE}`,
  );
});

test("a stack of cdktf is synthesised as often as asked", () => {
  const synth = synthesise((outdir) => {
    const app = new cdktf.App({ outdir });
    const stack = new cdktf.TerraformStack(app, "staff");
    new GenAuthProvider(stack, "genauth");
    new GenAuthProvider(stack, "emea", { alias: "emea" });
    app.synth();
    return app;
  });

  expect(synth).not.toThrow();
});
