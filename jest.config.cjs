const { randomInt } = require("node:crypto");
const { availableParallelism } = require("node:os");

/**
 * A folder of tests is a project; CONTRIBUTING.md says what belongs where. Seven more projects run some of them again, or alone:
 *
 * `cdktn`: the tests of the constructs, on CDK Terrain, or on the version of a CDK in the folder that CDK names.
 * `long`: the long proofs, and more runs of the tests in folders `random`; `npm run test:faults` sets `PROOFS=long`.
 * `executables`: the executables, and with `PROVIDER=executable` the tests in folders `acceptance` and `forms` on them.
 * `jsii`: the unit tests of the constructs, on the code that `npm run jsii:build` makes for other languages.
 * `languages`: the packages for Python and Go. Needs package registries.
 * `registry`: the packed package as package managers install it. Needs a package registry.
 *
 * `real`, with `SERVICE=real` as `npm run test:real` sets it, is not there otherwise: it creates users in a real pool.
 */
const isLong = process.env.PROOFS === "long";
if (isLong) {
  // Random tests begin with a new seed each time, and print it if they fail; see test/proofs/README.md.
  process.env.ENGINES ??= "all";
  process.env.FAULT_SEED ??= String(randomInt(2 ** 31));
  process.env.FAULT_GUARD ??= "1000";
  process.env.FAULT_REFRESHES ??= "2000";
  process.env.FAULT_SUSPENSIONS ??= "500";
  process.env.FAULT_PIPELINES ??= "10";
  process.env.FAULT_FUZZ ??= "20000";
}

// Each start of Node.js 20 reads the certificates in this file, 60 of its 95 ms of processor time, and the tests start thousands of
// processes. Only package registries need them: test/package/registry/support/packed.ts gives them back.
process.env.REGISTRY_CERTIFICATES ??= process.env.NODE_EXTRA_CA_CERTS ?? "";
delete process.env.NODE_EXTRA_CA_CERTS;

// node-fetch and its dependencies are published as ES modules only, and Jest runs CommonJS, so they are compiled like
// our code.
const esModules = [
  "node-fetch",
  "fetch-blob",
  "data-uri-to-buffer",
  "formdata-polyfill",
  "p-limit",
  "yocto-queue",
  "https-proxy-agent",
  "agent-base",
  "proxy-agent-negotiate",
  "micromark[\\w-]*",
  "decode-named-character-reference",
  "character-entities",
  "gitlab-ci-local",
  "@actions/expressions",
  "string-width",
  "strip-ansi",
  "ansi-regex",
  "get-east-asian-width",
];

// Most of what an engine does is to start. It then ends before it needs to collect its garbage, which takes a fifth of its time.
process.env.GOGC ??= "off";
process.env.GOMEMLIMIT ??= "512MiB";

const base = {
  rootDir: __dirname,
  testEnvironment: "<rootDir>/test/support/shared-code-environment.cjs",
  modulePathIgnorePatterns: [
    "<rootDir>/dist/",
    "<rootDir>/lib/",
    // It has the name of the project's own.
    "<rootDir>/jsii/[^/]+/package\\.json",
    "<rootDir>/\\.build-",
    "<rootDir>/\\.stryker-tmp/",
  ],
  moduleNameMapper: {
    "^cdktf-genauth$": "<rootDir>/src/index.ts",
    "^fast-check$": "<rootDir>/test/support/seeded-fast-check.cjs",
    "^fast-check/as-installed$": require.resolve("fast-check"),
    // zod loads its messages in fifty languages, which takes half of its time, in every file of tests.
    "^\\.\\./locales/index\\.cjs$": require.resolve("zod/v4/locales/en.cjs"),
    // It exports itself to ES modules only.
    "^@actions/expressions$": "<rootDir>/node_modules/@actions/expressions/dist/index.js",
  },
  transform: {
    "\\.(ts|js|mjs)$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
  },
  setupFilesAfterEnv: ["<rootDir>/test/support/clean-up.ts"],
  transformIgnorePatterns: [`/node_modules/(?!(${esModules.join("|")})/)`],
};

/** A project of all tests in some folders. */
function project(displayName, folders, more = {}) {
  return { ...base, displayName, testMatch: folders.map((folder) => `<rootDir>/test/${folder}`), ...more };
}

const TESTS = "**/*.test.ts";

/** @type {import("jest").Config} */
module.exports = {
  projects: [
    project("unit", [`unit/${TESTS}`], {
      setupFilesAfterEnv: [...base.setupFilesAfterEnv, "<rootDir>/test/support/start-no-process.ts"],
    }),
    project("engine", [`engine/${TESTS}`]),
    project("pipelines", [`pipelines/${TESTS}`]),
    project("proofs", [`proofs/${TESTS}`], {
      testPathIgnorePatterns: ["/node_modules/", "/test/proofs/long/"],
    }),
    // Without those of the bindings, the root's project and user files, which load no CDK themselves.
    project("cdktn", [`unit/constructs/${TESTS}`, "engine/constructs/{on-engine,valid-terraform}.test.ts"], {
      moduleNameMapper: {
        ...base.moduleNameMapper,
        "^cdktf$": require.resolve(process.env.CDK ?? "cdktn"),
        "^cdktf-genauth$": "<rootDir>/src/cdktn.ts",
        "^@cdktf/provider-null/lib/(provider|resource)$":
          "<rootDir>/src/constructs/null-resource/null-provider.ts",
      },
    }),
    project("long", [`proofs/long/${TESTS}`, `**/random/${TESTS}`]),
    project("executables", [
      `package/executables/${TESTS}`,
      ...(process.env.PROVIDER === "executable" ? [`**/{acceptance,forms}/${TESTS}`] : []),
    ]),
    project("registry", [`package/registry/${TESTS}`], {
      globalSetup: "<rootDir>/test/package/registry/support/pack.ts",
      globalTeardown: "<rootDir>/test/package/registry/support/remove.ts",
    }),
    project("languages", [`package/languages/${TESTS}`]),
    project("jsii", [`unit/constructs/${TESTS}`], {
      moduleNameMapper: {
        ...base.moduleNameMapper,
        "^(\\.\\./){3}src$": "<rootDir>/jsii/cdktf-genauth/lib/index.js",
        "^@cdktf/provider-null/lib/(provider|resource)$":
          "<rootDir>/src/constructs/null-resource/null-provider.ts",
      },
    }),
    ...(process.env.SERVICE === "real"
      ? [project("real", [`real/${TESTS}`], { globalSetup: "<rootDir>/test/real/refuse.ts" })]
      : []),
  ],
  testTimeout: isLong ? 3_600_000 : 60_000,
  // More than cores: a test of an engine waits for processes, and for time to pass, a third of the time.
  maxWorkers: Math.ceil(1.5 * availableParallelism()),
  // On a busy machine, a worker with a large heap does not end within the default of half a second.
  workerGracefulExitTimeout: 5000,
  // Tests of faults mostly wait.
  maxConcurrency: 12,
};
