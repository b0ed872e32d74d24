/**
 * Tests that need a package registry: the packed package, as each package manager installs it. `npm test` needs none.
 */
module.exports = {
  ...require("./jest.base.cjs"),
  testMatch: ["<rootDir>/test/package/**/*.registry.ts"],
  testTimeout: 300_000,
};
