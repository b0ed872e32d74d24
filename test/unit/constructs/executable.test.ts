import { beforeEach, describe, expect, test } from "@jest/globals";
import { App, TerraformStack } from "cdktf";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { newFolder } from "../../support/at-end";
import { GenAuthProvider, ManagedUserSet, UserIdType, type ProviderExecutable, Users } from "../../../src";
import { ownPlatform } from "../../../src/install";
import { archive, H1, writeRelease, zipHash } from "../../support/release-folder";

const PLUGINS = "terraform.d/plugins/terraform.local/genauth/genauth";
const ALL = ["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"];

let root: string;
let release: string;
beforeEach(() => {
  root = newFolder();
  release = join(root, "release");
  writeRelease(release, ...ALL);
});

/** @returns the stack's folder */
function synthesise(...executables: (ProviderExecutable | undefined)[]): string {
  const app = new App({ outdir: join(root, "out") });
  const stack = new TerraformStack(app, "stack");
  for (const [index, executable] of executables.entries()) {
    const config = index === 0 ? {} : { alias: `number${index}` };
    new GenAuthProvider(stack, `genauth${index}`, { ...config, executable });
  }
  new ManagedUserSet(stack, "staff", { userIdType: UserIdType.USER_ID, users: Users.fromIds(["1"]) });
  app.synth();
  return join(root, "out/stacks/stack");
}

describe("the property executable", () => {
  test("installs the platforms in place of the script, as links, and locks all platforms", () => {
    const folder = synthesise({ release, platforms: ["linux_arm64", "darwin_arm64"] });
    expect(readdirSync(join(folder, PLUGINS)).sort()).toEqual([
      archive("darwin_arm64"),
      archive("linux_arm64"),
    ]);
    const { ino } = statSync(join(folder, PLUGINS, archive("linux_arm64")));
    expect(ino).toBe(statSync(join(release, archive("linux_arm64"))).ino);
    const hashes = readFileSync(join(folder, ".terraform.lock.hcl"), "utf8").match(/(h1|zh):[^"]*/g);
    expect([...new Set(hashes)].sort()).toEqual([H1, ...ALL.map(zipHash)].sort());
  });

  test("is no attribute of the provider", () => {
    const { provider } = JSON.parse(
      readFileSync(join(synthesise({ release, platforms: ["linux_amd64"] }), "cdk.tf.json"), "utf8"),
    ) as { provider: { genauth: Record<string, unknown>[] } };
    expect(Object.keys(provider.genauth[0] ?? {})).toEqual(["protected_users"]);
  });

  test("without platforms, installs for the machine that runs synth", () => {
    expect(readdirSync(join(synthesise({ release }), PLUGINS))).toEqual([archive(ownPlatform() ?? "")]);
  });

  test("of one provider serves the other providers of the stack", () => {
    const folder = synthesise(undefined, { release, platforms: ["linux_amd64"] });
    expect(readdirSync(join(folder, PLUGINS))).toEqual([archive("linux_amd64")]);
  });
});

describe("synth refuses", () => {
  const unchecked = (executable: unknown) => executable as ProviderExecutable;

  const NOT_TEXT =
    "stack/genauth0: release of executable must be text that is known at synth. Set the folder of a release.";

  test.each<{
    readonly mistake: string;
    readonly executables: () => (ProviderExecutable | undefined)[];
    readonly message: string;
  }>([
    {
      mistake: "two executables in a stack",
      executables: () => [{ release }, { release }],
      message:
        "stack: two providers of the stack have the property executable. Give it to one; it serves the whole stack.",
    },
    {
      mistake: "a platform that no executable is for",
      executables: () => [{ release, platforms: ["linux_x64"] }],
      message:
        'stack/genauth0: platforms of executable is "linux_x64". Set one of linux_amd64, linux_arm64, darwin_amd64, darwin_arm64.',
    },
    {
      mistake: "a release that is not there",
      executables: () => [{ release: join(root, "none") }],
      message: "Nothing was installed",
    },
    {
      mistake: "a path in place of the property's object",
      executables: () => [unchecked("releases/genauth")],
      message: "stack/genauth0: executable is no object. Set release and platforms.",
    },
    {
      mistake: "no release",
      executables: () => [unchecked({ platforms: ["linux_amd64"] })],
      message: NOT_TEXT,
    },
    {
      mistake: "a release that only Terraform knows",
      executables: () => [unchecked({ release: "${var.release}" })],
      message: NOT_TEXT,
    },
    {
      mistake: "one platform without a list",
      executables: () => [unchecked({ release, platforms: "linux_amd64" })],
      message:
        'stack/genauth0: platforms of executable must be a list that is known at synth. Set one: ["linux_amd64"].',
    },
    {
      mistake: "a misspelt property",
      executables: () => [unchecked({ release, platform: ["linux_amd64"] })],
      message: 'stack/genauth0: executable: there is no property "platform". The closest is platforms.',
    },
  ])("$mistake", ({ executables, message }) => {
    expect(() => synthesise(...executables())).toThrow(message);
    expect(existsSync(join(root, "out/stacks/stack", PLUGINS))).toBe(false);
  });
});
