const { existsSync, readdirSync, readFileSync } = require("node:fs");
const { dirname, join, relative, resolve } = require("node:path");
const base = require("./jest.base.cjs");

/**
 * The tests are three projects. `unit` starts no process and takes about half a minute. `engine` has the tests that start the
 * provider, the command, an engine or a browser, and a few that take long by themselves. `npm test` runs these two.
 * `extended` has the tests that run whole pipelines and policies, commands of the documents, sets of many users, the null
 * resource's own scenarios, and faults and changes in random order; the gate runs it after `npm test`, with `cdktn`: the
 * constructs on CDK Terrain.
 */
const LONG = [
  "test/api/faults.test.ts",
  "test/doctor/doctor.test.ts",
  "test/emulator/faults.test.ts",
  "test/emulator/pool.test.ts",
  "test/faults/suspension-histories.test.ts",
  "test/plugin/hostile-msgpack.test.ts",
  "test/provider/incremental-refresh.test.ts",
  "test/reports/escaping.test.ts",
  "test/reports/size.test.ts",
  "test/stack-check/hcl.test.ts",
  "test/users/history.test.ts",
];
const EXTENDED = [
  /^test\/(demo|faults|null-resource|pipeline|policy)\//,
  /\/(cdktf-(cli|lock)|opentofu-lock)\.test\.ts$/,
  /^test\/acceptance\/scale\.test\.ts$/,
  /^test\/docs\/commands\.test\.ts$/,
  /^test\/users\/history\.test\.ts$/,
  /^test\/provider\/incremental-refresh\.test\.ts$/,
];

const root = __dirname;
const tests = readdirSync(join(root, "test"), { recursive: true })
  .map((file) => join("test", file))
  .filter((file) => file.endsWith(".test.ts"));
const longTests = tests.filter((file) => LONG.includes(file) || startsProcess(join(root, file)));
const isExtended = (file) => EXTENDED.some((pattern) => pattern.test(file));

/** The tests of the constructs, which run on CDK Terrain too: with `cdktn` where they import `cdktf`, as in the build. */
const CONSTRUCTS = tests.filter((file) => /^test\/(constructs\/|null-resource\/synth\b)/.test(file));
const CDKTF_ONLY = ["test/constructs/cdktf-cli.test.ts", "test/constructs/mixed-cdks.test.ts"];
const CDKTN = {
  "^cdktf$": require.resolve("cdktn"),
  "^cdktf-genauth$": "<rootDir>/src/cdktn.ts",
  "^@cdktf/provider-null/lib/(provider|resource)$": "<rootDir>/src/null-resource/null-provider.ts",
};

function matching(condition) {
  return longTests.filter(condition).map((file) => `<rootDir>/${file}`);
}

/**
 * Whether a test, or a helper that it imports, can start a process. Unit tests do not reach the code in `src` that can.
 */
function startsProcess(file, seen = new Set()) {
  if (seen.has(file) || relative(root, file).startsWith("src")) return false;
  seen.add(file);
  const imports = [
    ...readFileSync(file, "utf8").matchAll(/\b(?:from|import|require\(|import\()\s*"([^"]+)"/g),
  ];
  return imports.some(([, name]) => {
    if (/^(node:)?child_process$/.test(name)) return true;
    if (!name.startsWith(".")) return false;
    const path = resolve(dirname(file), name);
    const imported = [`${path}.ts`, join(path, "index.ts"), path].find((candidate) => existsSync(candidate));
    return imported !== undefined && /\.[cm]?[jt]s$/.test(imported) && startsProcess(imported, seen);
  });
}

/** @type {import("jest").Config} */
module.exports = {
  projects: [
    {
      ...base,
      displayName: "unit",
      testPathIgnorePatterns: [
        "/node_modules/",
        ...longTests.map((file) => `/${file.replaceAll(".", "\\.")}$`),
      ],
      setupFilesAfterEnv: ["<rootDir>/test/support/start-no-process.ts"],
    },
    { ...base, displayName: "engine", testMatch: matching((file) => !isExtended(file)) },
    { ...base, displayName: "extended", testMatch: matching(isExtended) },
    {
      ...base,
      displayName: "cdktn",
      testMatch: CONSTRUCTS.filter((file) => !CDKTF_ONLY.includes(file)).map((file) => `<rootDir>/${file}`),
      moduleNameMapper: { ...base.moduleNameMapper, ...CDKTN },
    },
  ],
  testSequencer: "<rootDir>/scripts/test-sequencer.cjs",
  testTimeout: base.testTimeout,
  // Tests of faults mostly wait.
  maxConcurrency: 12,
};
