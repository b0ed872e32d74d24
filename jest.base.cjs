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

/** @type {import("jest").Config} Shared by all runs: the tests of `npm test`, the long tests, the packed package. */
module.exports = {
  rootDir: __dirname,
  testEnvironment: "node",
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/lib/", "<rootDir>/\\.build-"],
  moduleNameMapper: {
    "^cdktf-genauth$": "<rootDir>/src/index.ts",
    "^fast-check$": "<rootDir>/test/support/seeded-fast-check.cjs",
    "^fast-check/as-installed$": require.resolve("fast-check"),
    // It exports itself to ES modules only.
    "^@actions/expressions$": "<rootDir>/node_modules/@actions/expressions/dist/index.js",
  },
  transform: {
    "\\.(ts|js|mjs)$": ["@swc/jest", { jsc: { target: "es2022", parser: { syntax: "typescript" } } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esModules.join("|")})/)`],
  testTimeout: 60_000,
};
