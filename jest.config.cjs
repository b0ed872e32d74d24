const { existsSync, readdirSync, readFileSync } = require("node:fs");
const { dirname, join, relative, resolve } = require("node:path");
const base = require("./jest.base.cjs");

/**
 * `npm test` has two projects. `unit` starts no process and takes less than half a minute. `engine` has the rest: tests
 * that start the provider, the command, an engine or a browser, and a few that take long by themselves.
 */
const LONG = [
  "test/emulator/pool.test.ts",
  "test/plugin/hostile-msgpack.test.ts",
  "test/provider/incremental-refresh.test.ts",
  "test/reports/escaping.test.ts",
  "test/users/history.test.ts",
];

const root = __dirname;
const engineTests = readdirSync(join(root, "test"), { recursive: true })
  .map((file) => join("test", file))
  .filter((file) => file.endsWith(".test.ts"))
  .filter((file) => LONG.includes(file) || startsProcess(join(root, file)));

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
        ...engineTests.map((file) => `/${file.replaceAll(".", "\\.")}$`),
      ],
      setupFilesAfterEnv: ["<rootDir>/test/support/start-no-process.ts"],
    },
    { ...base, displayName: "engine", testMatch: engineTests.map((file) => `<rootDir>/${file}`) },
  ],
  testSequencer: "<rootDir>/scripts/test-sequencer.cjs",
  testTimeout: base.testTimeout,
  // Tests of faults mostly wait.
  maxConcurrency: 12,
};
