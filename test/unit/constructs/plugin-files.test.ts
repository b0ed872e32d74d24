import { beforeEach, describe, expect, test } from "@jest/globals";
import { App, TerraformProvider, TerraformStack, Testing } from "cdktf";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../support/at-end";
import { GenAuthProvider } from "../../../src";
import { declareSet, synthesise } from "../../support/constructs/stack";
import { version } from "../../../package.json";

const PLUGINS = `terraform.d/plugins/terraform.local/genauth/genauth/${version}`;

describe("synthesis", () => {
  let root: string;

  beforeEach(() => void (root = newFolder()));

  function stackIn(app: App, name: string): TerraformStack {
    const stack = new TerraformStack(app, name);
    new GenAuthProvider(stack, "genauth");
    declareSet(stack, "staff", ["1"]);
    declareSet(stack, "guests", ["2"]);
    return stack;
  }

  test("writes the provider and its lock entry into the folder of each stack that uses it, in any output folder", () => {
    const outdir = join(root, "renamed");
    const app = new App({ outdir });
    stackIn(app, "first");
    stackIn(app, "second");
    new TerraformStack(app, "without");
    app.synth();

    for (const name of ["first", "second"]) {
      const folder = join(outdir, "stacks", name);
      expect(readdirSync(folder).sort()).toEqual([".terraform.lock.hcl", "cdk.tf.json", "terraform.d"]);
      expect(readdirSync(join(folder, PLUGINS))).toContain("linux_amd64");
      expect(readFileSync(join(folder, ".terraform.lock.hcl"), "utf8")).toContain(
        `constraints = "${version}"`,
      );
    }
    expect(readdirSync(join(outdir, "stacks/without"))).toEqual(["cdk.tf.json"]);
  });

  test("is done once per stack, with any number of providers, and keeps the stack's own synthesizer", () => {
    const app = new App({ outdir: root });
    const stack = new TerraformStack(app, "stack");
    const { synthesizer } = stack;
    let syntheses = 0;
    stack.synthesizer = {
      synthesize: (session) => {
        syntheses += 1;
        synthesizer.synthesize(session);
      },
    };
    new GenAuthProvider(stack, "genauth");
    const wrapped = stack.synthesizer;
    new GenAuthProvider(stack, "emea", { alias: "emea" });

    expect(stack.synthesizer).toBe(wrapped);
    app.synth();
    expect(syntheses).toBe(1);
    expect(existsSync(join(root, "stacks/stack", PLUGINS))).toBe(true);
  });

  test("requires exactly the version that it writes", () => {
    const { terraform } = synthesise(stackIn(Testing.app({ outdir: root }), "stack"));
    expect(terraform.required_providers).toEqual({
      genauth: { source: "terraform.local/genauth/genauth", version },
    });
  });

  test("to a string writes no files", () => {
    Testing.synth(stackIn(Testing.app({ outdir: root }), "stack"));

    expect(readdirSync(join(root, "stacks"))).toEqual([]);
  });

  test("writes no files if the stack is refused", () => {
    const app = new App({ outdir: root });
    const stack = stackIn(app, "stack");
    declareSet(stack, "wrong", [""]);

    expect(() => app.synth()).toThrow(/The id is empty/);
    expect(existsSync(join(root, "stacks/stack/cdk.tf.json"))).toBe(false);
  });

  interface Asked {
    readonly source?: string;
    readonly version?: string;
    readonly range?: string;
    /** The version that the team asks for, in place of the one of the bindings. */
    readonly override?: string;
  }

  /** The lock file of a stack that asks for another provider, too. */
  function lockWith({ source, version: of, range, override }: Asked): string {
    const app = new App({ outdir: root });
    const stack = stackIn(app, "stack");
    if (override !== undefined) stack.addOverride("terraform.required_providers.other.version", override);
    new Other(stack, "other", {
      terraformResourceType: "other",
      terraformProviderSource: source,
      terraformGeneratorMetadata: {
        providerName: "other",
        providerVersion: of,
        providerVersionConstraint: range,
      },
    });
    app.synth();
    return readFileSync(join(root, "stacks/stack/.terraform.lock.hcl"), "utf8");
  }

  test.each<{ readonly asked: Asked; readonly address: string }>([
    {
      asked: { source: "null", version: "3.2.4", range: "~> 3.0" },
      address: "registry.terraform.io/hashicorp/null",
    },
    { asked: { source: "corp/null", range: "= 3.2.4" }, address: "registry.terraform.io/corp/null" },
    { asked: { source: "corp.example/a/b", version: "3.2.4" }, address: "corp.example/a/b" },
    { asked: { version: "3.2.4" }, address: "registry.terraform.io/hashicorp/other" },
    {
      asked: { source: "null", version: "3.2.3", range: "~> 3.0", override: "3.2.4" },
      address: "registry.terraform.io/hashicorp/null",
    },
  ])(
    "locks another provider of which synth knows the version, by its address: $address",
    ({ asked, address }) => {
      const lock = lockWith(asked);
      expect(lock.match(/^provider /gm)).toHaveLength(2);
      expect(lock).toContain(
        `provider "${address}" {\n  version     = "3.2.4"\n  constraints = "3.2.4"\n}\n`,
      );
    },
  );

  test.each<Asked>([
    { source: "null", range: "~> 3.0" },
    { source: "null" },
    { source: "null", version: "3.2.4", override: "~> 3.2" },
  ])("locks only GenAuth's provider where synth does not know the version of another: %j", (asked) => {
    const lock = lockWith(asked);
    expect(lock.match(/^provider .*/gm)).toEqual([expect.stringContaining("terraform.local")]);
  });
});

/** A provider like those of CDKTF's bindings. */
class Other extends TerraformProvider {}
