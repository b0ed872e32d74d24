import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { buildSync } from "esbuild";
import { newFolder } from "../../support/at-end";

const built = join(newFolder(), "require-kept.js");
beforeAll(() => {
  const entry = join(__dirname, "../../../src/provider/require-kept.ts");
  buildSync({ entryPoints: [entry], outfile: built, bundle: true, platform: "node", format: "cjs" });
});

let folder: string;
let loaded: string;
let caches: string;
beforeEach(() => {
  folder = newFolder();
  loaded = join(folder, "module.js");
  caches = join(folder, "caches");
  writeFileSync(
    loaded,
    `exports.greet = () => "hello from " + __filename;\nexports.later = () => {\n  return 6 * 7;\n};`,
  );
});

/** What a process prints that loads the module as the provider does: the module's greeting, and the lines of its log. */
interface Loaded {
  readonly greeting: string;
  readonly log: readonly string[];
}

interface LoadOptions {
  /** Default: the folder for caches is `caches`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether the process calls GenAuth. Default no. */
  readonly calls?: boolean;
  /** Code to run before its end. */
  readonly then?: string;
}

function scriptOf({ environment = { XDG_CACHE_HOME: caches }, calls = false, then = "" }: LoadOptions) {
  return `const log = [];
    const { requireKept } = require(${JSON.stringify(built)});
    const debug = (message, { reason }) => log.push(message + ": " + reason);
    const kept = requireKept(${JSON.stringify(loaded)}, ${JSON.stringify(environment)}, { debug });
    if (${calls}) { kept.beforeCalls(); kept.exports.later(); }
    const greeting = kept.exports.greet();
    ${then}
    process.on("exit", () => process.stdout.write(JSON.stringify({ greeting, log })));`;
}

/** Loads the module in a process of its own. */
function load(options: LoadOptions = {}): Loaded {
  const args = ["-e", scriptOf(options)];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 20_000 });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return JSON.parse(stdout) as Loaded;
}

const keptIn = (place = caches) => join(place, "cdktf-genauth", "compiled");
const files = (place = caches) => readdirSync(keptIn(place)).map((name) => join(keptIn(place), name));

/** The one file that is kept. */
function keptFile(): string {
  const [file = "", ...others] = files();
  expect(others).toEqual([]);
  return file;
}

/** The number that the file system gives a file anew each time that it is written: it is replaced, not changed. */
const identity = (file: string) => statSync(file).ino;

const works = () => ({ greeting: `hello from ${loaded}`, log: [] });

describe("the cache of compiled code", () => {
  test("is written by the first process, whole, for this user only; the next one uses it, and writes nothing", () => {
    mkdirSync(caches);
    expect(load()).toEqual(works());
    expect(statSync(keptFile()).mode & 0o777).toBe(0o600);
    expect(statSync(keptIn()).mode & 0o777).toBe(0o700);
    expect(readFileSync(keptFile()).length).toBeGreaterThan(200);

    const before = identity(keptFile());
    expect(load()).toEqual(works());
    expect(identity(keptFile())).toBe(before);
  });

  test("gets more code from the first process that calls GenAuth, and no less from a later one", () => {
    load();
    const ofDescription = statSync(keptFile()).size;
    load({ calls: true });
    const ofCall = statSync(keptFile()).size;
    expect(ofCall).toBeGreaterThan(ofDescription);
    load();
    load({ calls: true });
    expect(statSync(keptFile()).size).toBe(ofCall);
  });

  test("holds no value of the process that wrote it", () => {
    const values = 'exports.remembered = "of this run " + process.pid; exports.later(exports.remembered);';
    writeFileSync(loaded, `${readFileSync(loaded, "utf8")}\nexports.remember = () => { ${values} };`);
    load({ calls: true, then: "kept.exports.remember();" });
    const content = readFileSync(keptFile(), "latin1");
    expect(content).toContain("of this run ");
    expect(content).not.toMatch(/of this run \d/);
  });

  test("keeps another source of the same length beside it", () => {
    load();
    writeFileSync(loaded, readFileSync(loaded, "utf8").replace("hello", "HELLO"));
    expect(load().greeting).toBe(`HELLO from ${loaded}`);
    expect(files()).toHaveLength(2);
  });

  test("keeps code of other flags of V8 beside it", () => {
    load();
    const other = ["--no-opt", "-e", scriptOf({})];
    expect(spawnSync(process.execPath, other, { encoding: "utf8" }).status).toBe(0);
    expect(files()).toHaveLength(2);
  });

  test("is written anew where it is damaged, and the module works", () => {
    load();
    const whole = readFileSync(keptFile());
    const flipped = Buffer.from(whole);
    flipped[100] = (flipped[100] ?? 0) ^ 1;
    for (const damaged of [Buffer.alloc(0), Buffer.from("torn"), whole.subarray(0, -1), flipped]) {
      writeFileSync(keptFile(), damaged);
      expect(load()).toEqual(works());
      expect(readFileSync(keptFile()).length).toBe(whole.length);
      expect(readFileSync(keptFile()).equals(damaged)).toBe(false);
    }
  });

  test("is not written by a process that ends with an error", () => {
    const failing = ["-e", scriptOf({ then: "process.exitCode = 1;" })];
    expect(spawnSync(process.execPath, failing).status).toBe(1);
    expect(existsSync(caches)).toBe(false);
  });

  test("keeps the eight newest files, and nothing that a killed process left aside", () => {
    load();
    const old = new Date("2026-01-01T00:00:00Z");
    for (let number = 0; number < 20; number += 1) {
      const file = join(keptIn(), number === 0 ? "torn.0123.tmp" : `old-${number}`);
      writeFileSync(file, "");
      utimesSync(file, old, new Date(old.getTime() + number));
    }
    writeFileSync(loaded, "exports.greet = () => 1;");
    load();
    const names = readdirSync(keptIn());
    expect(names).toHaveLength(8);
    expect(names.filter((name) => name.startsWith("old-")).toSorted()).toEqual(
      [14, 15, 16, 17, 18, 19].map((number) => `old-${number}`),
    );
  });

  test("is whole after many processes have started at once", async () => {
    mkdirSync(caches);
    const processes = Array.from({ length: 6 }, (_, number) =>
      spawn(process.execPath, ["-e", scriptOf({ calls: number % 2 === 0 })], { stdio: "ignore" }),
    );
    const codes = await Promise.all(
      processes.map(async (child) => (await once(child, "exit"))[0] as unknown),
    );
    expect(codes).toEqual([0, 0, 0, 0, 0, 0]);
    const before = readFileSync(keptFile());
    expect(load()).toEqual(works());
    expect(readFileSync(keptFile()).equals(before)).toBe(true);
  });
});

describe("the place of the cache", () => {
  const platformFolder = process.platform === "darwin" ? "Library/Caches" : ".cache";

  test("is the platform's folder in the home folder", () => {
    mkdirSync(join(folder, "Library"));
    load({ environment: { HOME: folder } });
    expect(files(join(folder, platformFolder))).toHaveLength(1);
  });

  test.each(["", "relative"])(
    "is there, too, if XDG_CACHE_HOME is %j, which is no absolute path",
    (given) => {
      mkdirSync(join(folder, "Library"));
      load({ environment: { HOME: folder, XDG_CACHE_HOME: given } });
      expect(files(join(folder, platformFolder))).toHaveLength(1);
    },
  );

  test.each([
    { title: "no folder is named", variable: undefined },
    { title: "Node.js is told to keep no compiled code", variable: "NODE_DISABLE_COMPILE_CACHE" },
    { title: "Node.js measures which code runs", variable: "NODE_V8_COVERAGE" },
  ])("is nowhere if $title", ({ variable }) => {
    const environment: Record<string, string> =
      variable === undefined ? {} : { HOME: folder, [variable]: "1" };
    expect(load({ environment })).toEqual(works());
    expect(readdirSync(folder)).toEqual(["module.js"]);
  });

  test.each(["/proc/none", "/dev/null/none"])(
    "may be unusable: with the caches in %s, the log says so",
    (place) => {
      const { greeting, log } = load({ environment: { XDG_CACHE_HOME: place } });
      expect(greeting).toBe(works().greeting);
      expect(log).toContainEqual(expect.stringContaining("compiled code cannot be kept: "));
    },
  );

  test("does not create a home folder", () => {
    load({ environment: { HOME: join(folder, "nobody") } });
    expect(existsSync(join(folder, "nobody"))).toBe(false);
  });
});

describe("code that another person may have placed is neither run nor replaced", () => {
  const content = () => readFileSync(keptFile()).toString("hex");

  const REFUSED: readonly { readonly title: string; readonly change: () => void; readonly reason: string }[] =
    [
      { title: "a group may write", change: () => chmodSync(keptIn(), 0o770), reason: "Others may write to" },
      {
        title: "everybody may write",
        change: () => chmodSync(keptIn(), 0o777),
        reason: "Others may write to",
      },
      {
        title: "everybody may write to the folder above",
        change: () => chmodSync(join(caches, "cdktf-genauth"), 0o777),
        reason: "Others may write to",
      },
      {
        title: "the folder is a link",
        change: () => {
          const own = join(caches, "cdktf-genauth");
          renameSync(own, join(folder, "aside"));
          symlinkSync(join(folder, "aside"), own);
        },
        reason: "Others may write to",
      },
    ];
  test.each(REFUSED)("if $title", ({ change, reason }) => {
    load();
    const before = content();
    change();
    const { greeting, log } = load({ calls: true });
    expect(greeting).toBe(works().greeting);
    expect(log.map((line) => line.split(": ", 1)[0])).toEqual([
      "compiled code cannot be used",
      "compiled code cannot be kept",
    ]);
    expect(log[0]).toContain(reason);
    expect(content()).toBe(before);
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;
  const FOREIGN = [
    { title: "the folder", pathOf: () => keptIn() },
    { title: "the folder above", pathOf: () => join(caches, "cdktf-genauth") },
    { title: "the folder for caches", pathOf: () => caches },
  ];
  asRoot.each(FOREIGN)("if $title belongs to another user", ({ pathOf }) => {
    load();
    const before = content();
    chownSync(pathOf(), 65534, 65534);
    const { greeting, log } = load({ calls: true });
    expect(greeting).toBe(works().greeting);
    expect(log[0]).toMatch(/is not this user's own|Others may write to/);
    expect(content()).toBe(before);
  });
});

test("a debugger stops in code that came from the cache", () => {
  load({ calls: true });
  const then = `const { Session } = require("node:inspector");
    const session = new Session();
    session.connect();
    let stops = 0;
    session.on("Debugger.paused", () => { stops += 1; session.post("Debugger.resume"); });
    session.post("Debugger.enable");
    session.post("Debugger.setBreakpointByUrl", { lineNumber: 2, urlRegex: "module.js$" });
    kept.exports.later();
    log.push("stops " + stops);`;
  expect(load({ then }).log).toEqual(["stops 1"]);
});
