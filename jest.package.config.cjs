/**
 * Tests that need a package registry: the packed package, as package managers install it and as both CDKs run it. `npm test`
 * needs none. Two files at once, because each mostly waits for installations.
 */
module.exports = {
  ...require("./jest.base.cjs"),
  testMatch: ["<rootDir>/test/package/**/*.registry.ts"],
  globalSetup: "<rootDir>/test/package/support/pack.ts",
  globalTeardown: "<rootDir>/test/package/support/remove.ts",
  maxWorkers: 2,
  testTimeout: 600_000,
};
