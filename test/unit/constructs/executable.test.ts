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

const release = newFolder();
writeRelease(release, ...ALL);

let out: string;
beforeEach(() => void (out = newFolder()));
const stackFolder = () => join(out, "stacks/stack");

/** What synth has installed for the stack's engine. */
const installed = () => readdirSync(join(stackFolder(), PLUGINS)).sort();

/** Synthesises a stack that has a provider for each value of the property `executable`. */
function synthesise(...executables: (ProviderExecutable | undefined)[]): void {
  const app = new App({ outdir: out });
  const stack = new TerraformStack(app, "stack");
  for (const [index, executable] of executables.entries()) {
    const config = index === 0 ? {} : { alias: `number${index}` };
    new GenAuthProvider(stack, `genauth${index}`, { ...config, executable });
  }
  new ManagedUserSet(stack, "staff", { userIdType: UserIdType.USER_ID, users: Users.fromIds(["1"]) });
  app.synth();
}

describe("the property executable", () => {
  test("installs the archives of its platforms, and not the provider as a script", () => {
    synthesise({ release, platforms: ["linux_arm64", "darwin_arm64"] });
    expect(installed()).toEqual([archive("darwin_arm64"), archive("linux_arm64")]);
  });

  test("links the archives instead of copying them", () => {
    synthesise({ release, platforms: ["linux_arm64"] });
    const { ino } = statSync(join(stackFolder(), PLUGINS, archive("linux_arm64")));
    expect(ino).toBe(statSync(join(release, archive("linux_arm64"))).ino);
  });

  test("locks all platforms of the release, so that the lock file is the same on each machine", () => {
    synthesise({ release, platforms: ["linux_arm64"] });
    const hashes = readFileSync(join(stackFolder(), ".terraform.lock.hcl"), "utf8").match(/(h1|zh):[^"]*/g);
    expect([...new Set(hashes)].sort()).toEqual([H1, ...ALL.map(zipHash)].sort());
  });

  test("is no attribute of the provider", () => {
    synthesise({ release, platforms: ["linux_amd64"] });
    const { provider } = JSON.parse(readFileSync(join(stackFolder(), "cdk.tf.json"), "utf8")) as {
      provider: { genauth: Record<string, unknown>[] };
    };
    expect(provider.genauth.map((block) => Object.keys(block))).toEqual([["protected_users"]]);
  });

  test("without platforms, installs for the machine that runs synth", () => {
    synthesise({ release });
    expect(installed()).toEqual([archive(ownPlatform() ?? "")]);
  });

  test("of one provider serves the other providers of the stack", () => {
    synthesise(undefined, { release, platforms: ["linux_amd64"] });
    expect(installed()).toEqual([archive("linux_amd64")]);
  });
});

describe("synth refuses", () => {
  const unchecked = (executable: unknown) => executable as ProviderExecutable;

  const NOT_TEXT =
    "stack/genauth0: release of executable must be text that is known at synth. Set the folder of a release.";

  test.each<{
    readonly mistake: string;
    readonly executables: ProviderExecutable[];
    readonly message: string;
  }>([
    {
      mistake: "two executables in a stack",
      executables: [{ release }, { release }],
      message:
        "stack: two providers of the stack have the property executable. Give it to one; it serves the whole stack.",
    },
    {
      mistake: "a platform that no executable is for",
      executables: [{ release, platforms: ["linux_x64"] }],
      message:
        'stack/genauth0: platforms of executable is "linux_x64". Set one of linux_amd64, linux_arm64, darwin_amd64, darwin_arm64.',
    },
    {
      mistake: "a release that is not there",
      executables: [{ release: join(release, "none") }],
      message: "Nothing was installed",
    },
    {
      mistake: "a path in place of the property's object",
      executables: [unchecked("releases/genauth")],
      message: "stack/genauth0: executable is no object. Set release and platforms.",
    },
    {
      mistake: "no release",
      executables: [unchecked({ platforms: ["linux_amd64"] })],
      message: NOT_TEXT,
    },
    {
      mistake: "a release that only Terraform knows",
      executables: [unchecked({ release: "${var.release}" })],
      message: NOT_TEXT,
    },
    {
      mistake: "one platform without a list",
      executables: [unchecked({ release, platforms: "linux_amd64" })],
      message:
        'stack/genauth0: platforms of executable must be a list that is known at synth. Set one: ["linux_amd64"].',
    },
    {
      mistake: "a list of no platform",
      executables: [{ release, platforms: [] }],
      message:
        'stack/genauth0: platforms of executable is empty. Name where Terraform runs: ["linux_amd64"]. Or leave it out, to install for this machine.',
    },
    {
      mistake: "a misspelt property",
      executables: [unchecked({ release, platform: ["linux_amd64"] })],
      message: 'stack/genauth0: executable: there is no property "platform". The closest is platforms.',
    },
  ])("$mistake, and installs nothing", ({ executables, message }) => {
    expect(() => synthesise(...executables)).toThrow(message);
    expect(existsSync(join(stackFolder(), PLUGINS))).toBe(false);
  });
});
