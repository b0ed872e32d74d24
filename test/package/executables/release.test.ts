import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createMessage, generateKey, readKey, readSignature, verify } from "openpgp";
import { newFolder } from "../../support/at-end";
import { version } from "../../../package.json";
import { ownPlatform } from "../../../scripts/executables/platforms";
import { type Finished, runChild } from "../../support/engine/child";
import { cleanEnvironment } from "../../support/engine/clean-environment";
import { onPath } from "../../support/engine/engine";
import { buildRelease } from "../../../scripts/release/build";
import { type Emulator, seedUsers, startEmulator } from "../../support/emulator";
import { deletionsReceived } from "../../support/acceptance/removal-case";
import { consoleBlocks } from "../../support/docs/documents";
import { engines } from "../../support/engine/engines";
import { executablePath } from "../../support/provider-form";
import { type PublicKey, ReleaseServer } from "./support/release-server";

const ROOT = join(__dirname, "../../..");
const PLATFORM = ownPlatform();
const ARCHIVE = `terraform-provider-genauth_${version}_${PLATFORM}.zip`;
const SUMS = `terraform-provider-genauth_${version}_SHA256SUMS`;
const DATE = new Date("2026-11-01T00:00:00Z");

const PLUGINS = "terraform.d/plugins/terraform.local/genauth/genauth";
const TSX = join(ROOT, "node_modules/tsx/dist/cli.mjs");

/** The program of a CDKTF stack whose provider is installed from a release. */
function stackOf(count: number, from: string): string {
  const ids = seedUsers(count).map(({ userId }) => userId);
  return `import { App, LocalBackend, TerraformStack } from ${JSON.stringify(join(ROOT, "node_modules/cdktf"))};
import { GenAuthProvider, ManagedUserSet, UserIdType, Users } from ${JSON.stringify(join(ROOT, "src"))};

const app = new App();
const stack = new TerraformStack(app, "staff");
new LocalBackend(stack, { path: "staff.tfstate" });
new GenAuthProvider(stack, "genauth", {
  executable: { release: ${JSON.stringify(from)}, platforms: [${JSON.stringify(PLATFORM)}] },
});
new ManagedUserSet(stack, "staff", { userIdType: UserIdType.USER_ID, users: Users.fromIds(${JSON.stringify(ids)}) });
app.synth();
`;
}

let release: string;
/** What npm run jsii:build makes, in form only; test/package/languages tries the real ones. */
let packages: string;
const PACKAGES = [`cdktf-genauth-go_${version}.zip`, `cdktf_genauth-${version}-py3-none-any.whl`];
let key: PublicKey & { readonly secret: string };

const build = (out: string) =>
  buildRelease({
    root: ROOT,
    executables: join(ROOT, "executables"),
    packages,
    out,
    version,
    platforms: [PLATFORM],
    key: { armored: key.secret },
    date: DATE,
  });
const text = (name: string) => readFileSync(join(release, name), "utf8");

beforeAll(async () => {
  executablePath("cdktf-genauth");
  const { privateKey, publicKey } = await generateKey({
    type: "rsa",
    rsaBits: 3072,
    userIDs: [{ name: "A test", email: "test@example.com" }],
    date: new Date(DATE.getTime() - 1000),
    format: "armored",
  });
  const keyId = (await readKey({ armoredKey: publicKey })).getKeyID().toHex().toUpperCase();
  key = { keyId, armored: publicKey, secret: privateKey };
  release = newFolder();
  packages = newFolder();
  for (const name of PACKAGES) writeFileSync(join(packages, name), `a package: ${name}`);
  await build(release);
}, 300_000);

describe("a release", () => {
  test("has the files that registries ask for, with their checksums", () => {
    const manifest = `terraform-provider-genauth_${version}_manifest.json`;
    expect(JSON.parse(text(manifest))).toEqual({ version: 1, metadata: { protocol_versions: ["6.0"] } });
    const sums = Object.fromEntries(
      text(SUMS)
        .trim()
        .split("\n")
        .map((line) => line.split("  ").reverse()),
    ) as Record<string, string>;
    expect(Object.keys(sums).sort()).toEqual([ARCHIVE, manifest].sort());
    for (const [name, sum] of Object.entries(sums)) {
      expect(
        createHash("sha256")
          .update(readFileSync(join(release, name)))
          .digest("hex"),
      ).toBe(sum);
    }
  });

  test("has the packages for other languages, with their checksums, signed and in the bill of materials", () => {
    const sums = PACKAGES.map((name) => {
      expect(text(name)).toBe(`a package: ${name}`);
      return `${createHash("sha256").update(text(name)).digest("hex")}  ${name}\n`;
    });
    expect(text(`packages_${version}_SHA256SUMS`)).toBe(sums.sort().join(""));
    expect(existsSync(join(release, `packages_${version}_SHA256SUMS.sig`))).toBe(true);
    for (const name of PACKAGES) expect(text("sbom.cdx.json")).toContain(`"bom-ref": "${name}"`);
  });

  test("is signed by the RSA key", async () => {
    const verified = await verify({
      message: await createMessage({ binary: readFileSync(join(release, SUMS)) }),
      signature: await readSignature({ binarySignature: readFileSync(join(release, `${SUMS}.sig`)) }),
      verificationKeys: (await readKey({ armoredKey: key.armored })).toPublic(),
    });
    await expect(verified.signatures[0]?.verified).resolves.toBe(true);
  });

  test("fits into a repository that takes no file over 100 MB", () => {
    expect(readFileSync(join(release, ARCHIVE)).length).toBeLessThan(100_000_000);
  });

  test("names the runtime in its bill of materials and its notices", () => {
    const { components } = JSON.parse(text("sbom.cdx.json")) as {
      components: { purl: string; components?: { name: string }[] }[];
    };
    const runtime = components.find(({ purl }) => purl.startsWith("pkg:npm/%40oven/bun-"));
    expect(runtime?.components?.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["JavaScriptCore and other parts of WebKit", "BoringSSL"]),
    );
    const notices = text("THIRD-PARTY-NOTICES.txt");
    for (const part of [
      "msgpackr",
      "Bun 1.",
      "JavaScriptCore",
      "GNU LIBRARY GENERAL PUBLIC LICENSE",
      "Apache License",
    ]) {
      expect(notices).toContain(part);
    }
  });

  test("is the same if it is built again", async () => {
    const again = newFolder();
    await build(again);
    const names = readdirSync(again);
    expect(names.length).toBeGreaterThan(10);
    const differing = names.filter(
      (name) => !readFileSync(join(again, name)).equals(readFileSync(join(release, name))),
    );
    expect(differing).toEqual([]);
  }, 300_000);
});

describe.each(engines())("with nothing but $name and a release,", (engine) => {
  let folder: string;
  let emulator: Emulator;
  let server: ReleaseServer;
  beforeEach(async () => {
    folder = newFolder();
    emulator = await startEmulator({ users: seedUsers(3) });
    server = await ReleaseServer.start(release, key);
  });
  afterEach(() => server.close());

  const LOCAL = "terraform.local/genauth/genauth";

  function declare(count: number, source = LOCAL): void {
    const users = seedUsers(count).map(({ userId }) => `"${userId}" = "Somebody"`);
    writeFileSync(
      join(folder, "main.tf"),
      `terraform {
  required_providers {
    genauth = { source = "${source}", version = "${version}" }
  }
}
resource "genauth_user_set" "staff" {
  user_id_type = "user_id"
  users = { ${users.join(", ")} }
}
`,
    );
  }

  /** Runs a program without Node.js on the PATH. */
  function run(program: string, args: readonly string[], installation = "", cwd = folder): Promise<Finished> {
    writeFileSync(join(folder, "cli.tfrc"), installation && `provider_installation {\n${installation}\n}\n`);
    const env = cleanEnvironment(join(folder, "cli.tfrc"), {
      ...emulator.environment(),
      PATH: "/nowhere",
      SSL_CERT_FILE: server.authorityFile,
      CURL_CA_BUNDLE: server.authorityFile,
      GNUPGHOME: folder,
    });
    return runChild(program, args, { cwd, env });
  }

  async function succeed(
    program: string,
    args: readonly string[],
    installation?: string,
    cwd?: string,
  ): Promise<string> {
    const { code, text: output } = await run(program, args, installation, cwd);
    if (code !== 0) throw new Error(`${args.join(" ")} ended with exit code ${code}:\n${output}`);
    return output;
  }

  const apply = (installation?: string) =>
    succeed(engine.path, ["apply", "-auto-approve", "-no-color"], installation);

  /** Initialises, and has a user deleted. */
  async function deleteLeaver(source: string, installation?: string): Promise<void> {
    declare(3, source);
    await succeed(engine.path, ["init", "-no-color"], installation);
    await apply(installation);
    declare(2, source);
    await apply(installation);
    expect(deletionsReceived({ emulator })).toEqual([[seedUsers(3)[2]?.userId]]);
  }

  test("the command installs from the release's folder, and a user is deleted", async () => {
    const command = executablePath("cdktf-genauth");
    const install = ["install-provider", "--dir", ".", "--executable", release];
    await succeed(command, install);
    await deleteLeaver(LOCAL);

    const lock = readFileSync(join(folder, ".terraform.lock.hcl"), "utf8");
    for (const left of [".terraform", "terraform.d"]) rmSync(join(folder, left), { recursive: true });
    await succeed(command, [...install, "--locked"]);
    await succeed(engine.path, ["init", "-no-color", "-lockfile=readonly"]);
    expect(readFileSync(join(folder, ".terraform.lock.hcl"), "utf8")).toBe(lock);
    expect(await succeed(engine.path, ["plan", "-no-color"])).toContain("No changes");
  });

  test("a stack installs from the release's folder at synth, and a user is deleted", async () => {
    const stack = join(folder, "cdktf.out/stacks/staff");
    const inStack = (...args: string[]) => succeed(engine.path, [...args, "-no-color"], undefined, stack);
    async function deploy(count: number): Promise<void> {
      writeFileSync(join(folder, "main.ts"), stackOf(count, release));
      await succeed(process.execPath, [TSX, "--tsconfig", join(ROOT, "tsconfig.json"), "main.ts"]);
      await inStack("init");
      await inStack("apply", "-auto-approve");
    }
    await deploy(3);
    expect(readdirSync(join(stack, PLUGINS))).toEqual([ARCHIVE]);
    expect(await inStack("plan")).toContain("No changes");
    await deploy(2);
    expect(deletionsReceived({ emulator })).toEqual([[seedUsers(3)[2]?.userId]]);
  });

  /** Runs a script of a shell that finds only these tools. */
  function paste(script: string, tools: readonly string[]): Promise<string> {
    const bin = newFolder();
    for (const tool of tools) {
      const found = onPath(tool);
      if (found !== undefined) symlinkSync(found, join(bin, tool));
    }
    const settings = `set -e; export PATH="${bin}" TF_CLI_ARGS_apply=-auto-approve`;
    return succeed("/bin/sh", ["-c", `${settings}\n${script}`]);
  }

  /** The commands of a block of a guide, by how its first one begins, for this platform, and for the server of this test. */
  function commandsOf(guide: string, begin: string): string[][] {
    const block = consoleBlocks(guide).find(({ commands: [first] }) => first?.text.startsWith(begin));
    if (block === undefined) throw new Error(`${guide} has no block that begins with ${begin}.`);
    return block.commands.map(({ text: command }) =>
      command
        .replace(/ +#.*/, "")
        .replaceAll("linux_amd64", PLATFORM)
        .replace("https://example.com/genauth/0.1.0", server.files)
        .replace("registry.example.com/genauth/genauth", server.source)
        .split(" "),
    );
  }

  test("the guide's commands download the release, check its signature and install it, by hand and with the command", async () => {
    writeFileSync(join(folder, "key.asc"), key.armored);
    const [download, ...ways] = [
      "mkdir genauth-0.1.0",
      "mkdir -p infra",
      "cdktf-genauth install-provider",
    ].map((begin) => commandsOf("docs/guides/install-provider.md", begin));
    const lines = [
      "gpg --no-autostart --import key.asc",
      ...(download ?? []).map((words) => words.join(" ")),
    ];
    const said = await paste(lines.join("\n"), ["mkdir", "curl", "gpg", "sha256sum"]);
    expect(said).toMatch(/Good signature[^]*: OK/);
    for (const way of ways) {
      for (const [name = "", ...args] of way)
        await succeed(name === "cdktf-genauth" ? executablePath(name) : (onPath(name) ?? name), args);
      expect(readdirSync(join(folder, "infra", PLUGINS))).toEqual([ARCHIVE]);
      rmSync(join(folder, "infra/terraform.d"), { recursive: true });
    }
  });

  test("the release's own page leads somebody without Node.js to a deleted user", async () => {
    cpSync(release, folder, { recursive: true });
    const blocks = (language: string) =>
      [...text("README.md").matchAll(new RegExp(`^\`{3}${language}\\n(.*?)^\`{3}$`, "gms"))].map(
        ([, block = ""]) => block.replaceAll("linux_amd64", PLATFORM),
      );
    const [setUp = "", plan = "", apply = "", tryIt = ""] = blocks("console").map((block) =>
      block.replaceAll(/^\$ /gm, "").replaceAll("terraform ", `"${engine.path}" `),
    );
    const tools = ["sha256sum", "mkdir", "cp", "sed", "unzip"];
    expect(await paste(setUp, tools)).toContain(`${ARCHIVE}: OK`);
    writeFileSync(join(folder, "infra/main.tf"), blocks("hcl")[0] ?? "");
    writeFileSync(join(folder, "infra/staff.csv"), blocks("csv")[0] ?? "");
    expect(await paste(plan, tools)).toContain("1 user will be permanently deleted from GenAuth");
    expect(deletionsReceived({ emulator })).toEqual([]);
    await paste(`cd infra\n${apply}`, tools);
    expect(deletionsReceived({ emulator })).toEqual([["user003@example.com"]]);
    expect(await paste(tryIt.replace(/emulator --count 3.*/, "emulator --help"), tools)).toContain("--count");
  });

  test("a filesystem mirror serves it, and a user is deleted", async () => {
    const mirror = join(folder, "mirror");
    mkdirSync(join(mirror, LOCAL), { recursive: true });
    cpSync(join(release, ARCHIVE), join(mirror, LOCAL, ARCHIVE));
    await deleteLeaver(LOCAL, `filesystem_mirror { path = "${mirror}" }`);
  });

  test("a network mirror serves it, and a user is deleted", async () => {
    await deleteLeaver(LOCAL, `network_mirror { url = "${server.mirror}" }`);
    expect(server.requests).toContain(`/mirror/${LOCAL}/${version}.json`);
  });

  test("a registry serves it, and a user is deleted", async () => {
    declare(3, server.source);
    expect(await succeed(engine.path, ["init", "-no-color"])).toMatch(
      /Installed \S+\/genauth\/genauth v\S+ \(.*(signed|self-signed)/,
    );
    await deleteLeaver(server.source);
  });

  test("a registry's archive that was changed is refused", async () => {
    const changed = newFolder();
    cpSync(release, changed, { recursive: true });
    writeFileSync(join(changed, ARCHIVE), "changed");
    server.close();
    server = await ReleaseServer.start(changed, key);
    declare(3, server.source);
    const { code, text: output } = await run(engine.path, ["init", "-no-color"]);
    expect([code, output]).toEqual([1, expect.stringMatching(/checksum/)]);
  });

  test("a state moves from terraform.local to a registry, and plans no change", async () => {
    const mirror = `filesystem_mirror { path = "${join(folder, "mirror")}" }`;
    mkdirSync(join(folder, "mirror", LOCAL), { recursive: true });
    cpSync(join(release, ARCHIVE), join(folder, "mirror", LOCAL, ARCHIVE));
    declare(3);
    await succeed(engine.path, ["init", "-no-color"], mirror);
    await apply(mirror);

    declare(3, server.source);
    for (const [, ...args] of commandsOf("docs/guides/versioning.md", "terraform state replace-provider")) {
      // In the place of a typed yes.
      const approved = args.flatMap((arg) => (arg === "replace-provider" ? [arg, "-auto-approve"] : [arg]));
      await succeed(engine.path, approved);
    }
    expect(await succeed(engine.path, ["plan"])).toContain("No changes");
    expect(existsSync(join(folder, ".terraform/providers", server.source))).toBe(true);
  });
});
