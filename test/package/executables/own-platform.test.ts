import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "@jest/globals";
import { newFolder } from "../../support/at-end";
import { compileExecutable } from "../../../scripts/executables/build";
import { ownPlatform } from "../../../scripts/executables/platforms";
import { type Finished, runChild } from "../../support/engine/child";
import { version } from "../../../package.json";
import { createCertificate } from "../../../src/plugin/certificate";
import { serveHttp } from "../../support/http-server";
import { startVariables } from "../../support/plugin/plugin-process";
import { executablePath } from "../../support/provider-form";

const PROVIDER = executablePath("terraform-provider-genauth");
const COMMAND = executablePath("cdktf-genauth");
const KEY = { GENAUTH_ACCESS_KEY_ID: "k", GENAUTH_ACCESS_KEY_SECRET: "s", GENAUTH_MAX_ATTEMPTS: "1" };
/** What the hostile code writes when it runs. */
const MARK = "ran";

let folder: string;
beforeEach(() => void (folder = newFolder()));

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

function start(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Finished> {
  const own = { PATH: process.env.PATH ?? "", HOME: join(folder, "home") };
  return runChild(program, args, { cwd: folder, env: { ...own, ...env } });
}

/** A folder with everything that Bun, as a runtime, reads of the folder where it runs and of the user's own. */
function writeHostileFiles(): void {
  const hostile = `require("node:fs").writeFileSync(${JSON.stringify(join(folder, MARK))}, "");`;
  const settings = `preload = [${JSON.stringify(join(folder, "hostile.cjs"))}]\n`;
  // With these two, the command would connect elsewhere, and the provider would start for anybody.
  const variables = `GENAUTH_HOST=not-an-address\nTF_PLUGIN_MAGIC_COOKIE=${startVariables(createCertificate()).TF_PLUGIN_MAGIC_COOKIE}\n`;
  write({
    "hostile.cjs": hostile,
    "kerberos.js": hostile,
    "genauth-service.js": hostile,
    "node_modules/kerberos/index.js": hostile,
    "bunfig.toml": settings,
    ".bunfig.toml": settings,
    "home/.bunfig.toml": settings,
    "home/.config/.bunfig.toml": settings,
    ...Object.fromEntries([".env", ".env.local", ".env.production"].map((name) => [name, variables])),
    "package.json":
      '{ "type": "module", "name": "hostile", "main": "hostile.cjs", "imports": { "#x": "./hostile.cjs" } }',
    "tsconfig.json": '{ "compilerOptions": { "paths": { "kerberos": ["./hostile.cjs"] } } }',
  });
}

describe("in a folder with hostile settings, an executable reads none of them:", () => {
  beforeEach(() => writeHostileFiles());

  test("the provider", async () => {
    const { code, stderr } = await start(PROVIDER, [], { XDG_CONFIG_HOME: join(folder, "home/.config") });
    expect([code, stderr]).toEqual([1, expect.stringContaining("They start it themselves")]);
    expect(existsSync(join(folder, MARK))).toBe(false);
  });

  test("the provider that Terraform starts", async () => {
    const { code, stdout } = await start(PROVIDER, [], {
      ...startVariables(createCertificate()),
      PLUGIN_CLIENT_CERT: "",
    });
    expect([code, stdout]).toEqual([1, expect.stringContaining("was given no client certificate")]);
    expect(existsSync(join(folder, MARK))).toBe(false);
  });

  test("the command", async () => {
    const { code, stderr } = await start(COMMAND, ["export", "--user-id-type", "email"], {
      ...KEY,
      GENAUTH_HOST: "http://127.0.0.1:1",
    });
    expect([code, stderr]).toEqual([1, expect.stringContaining("127.0.0.1:1")]);
    expect(existsSync(join(folder, MARK))).toBe(false);
  });

  test("while Bun itself, in the same file, would obey them", async () => {
    write({ "program.cjs": "console.log(process.env.GENAUTH_HOST)" });
    const { stdout } = await start(PROVIDER, ["program.cjs"], { BUN_BE_BUN: "1" });
    expect(stdout).toBe("not-an-address\n");
    expect(existsSync(join(folder, MARK))).toBe(true);
  });
});

describe("what the environment of an executable can do, as SECURITY.md says:", () => {
  test("BUN_OPTIONS runs any code, as NODE_OPTIONS does in the script", async () => {
    writeHostileFiles();
    await start(PROVIDER, [], { BUN_OPTIONS: "--preload=./hostile.cjs" });
    expect(existsSync(join(folder, MARK))).toBe(true);
  });

  test("BUN_BE_BUN makes it Bun, which serves nobody", async () => {
    const env = { ...startVariables(createCertificate()), BUN_BE_BUN: "1" };
    const { stdout } = await start(PROVIDER, [], env);
    expect(stdout).toContain("Bun is a fast JavaScript runtime");
    expect(stdout).not.toMatch(/^1\|6\|/m);
  });

  test("NODE_OPTIONS does nothing", async () => {
    writeHostileFiles();
    await start(PROVIDER, [], { NODE_OPTIONS: "--require=./hostile.cjs" });
    expect(existsSync(join(folder, MARK))).toBe(false);
  });
});

const canChangeUser = process.platform === "linux" && process.getuid?.() === 0;
if (!canChangeUser) console.warn("Only root on Linux can become other users, so the guard's are not tried.");

(canChangeUser ? test : test.skip)(
  "the guard becomes another user, and its command finds the key in no process",
  async () => {
    const users = ["--user", "nobody", "--guard-user", "daemon"];
    const find = "cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c the-secret-of-this-test";
    const { code, stdout, text } = await runChild(
      COMMAND,
      ["guard", "--read-only", ...users, "--", "sh", "-c", `id -un; ${find}; test -S "$GENAUTH_GUARD"`],
      {
        // The command's user cannot enter the folder of this test.
        cwd: tmpdir(),
        env: {
          ...KEY,
          PATH: process.env.PATH ?? "",
          GENAUTH_ACCESS_KEY_SECRET: "the-secret-of-this-test",
          GENAUTH_HOST: "http://127.0.0.1:1",
        },
      },
    );
    expect({ code, text, stdout }).toMatchObject({ code: 0, stdout: "nobody\n0\n" });
  },
);

test("an answer that never comes is recognised, because the compiler keeps the names of errors", async () => {
  const silent = await serveHttp(() => undefined);
  const { code, stderr } = await start(COMMAND, ["export", "--user-id-type", "email"], {
    ...KEY,
    GENAUTH_HOST: silent,
    GENAUTH_TIMEOUT_SECONDS: "1",
  });
  expect([code, stderr]).toEqual([1, expect.stringContaining(`no answer from ${silent} within 1 s`)]);
});

test("the command knows its version, and that it holds no script to install", async () => {
  const shown = await start(COMMAND, ["--version"], {});
  expect([shown.code, shown.text]).toEqual([0, `${version}\n`]);
  const { code, stderr } = await start(COMMAND, ["install-provider", "--dir", "."], {});
  expect([code, stderr]).toEqual([1, expect.stringContaining("holds no script of the provider")]);
});

test("the command holds the files that it writes for a new project", async () => {
  const { code } = await start(COMMAND, ["init", "staff", "--language", "python"], {});
  expect(code).toBe(0);
  expect(readFileSync(join(folder, "staff/stack.py"), "utf8")).toBe(
    readFileSync(join(__dirname, "../../../examples/python/stack.py"), "utf8"),
  );
});

test("the same scripts give the same bytes, in any folder", () => {
  const script = join(__dirname, "../../../dist/genauth-provider.js");
  const made = join(folder, "terraform-provider-genauth");
  compileExecutable(script, ownPlatform(), made);
  expect(sha256(made)).toBe(sha256(PROVIDER));
});

test("no executable contains the folder of the build", () => {
  const root = join(__dirname, "../../..");
  for (const file of [PROVIDER, COMMAND]) expect(readFileSync(file).includes(root)).toBe(false);
});

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
