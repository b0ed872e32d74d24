/** What the null engine adds to the acceptance scenarios, with the long ones, which `npm test` leaves out. */
module.exports = {
  ...require("./jest.config.cjs"),
  testMatch: ["<rootDir>/test/null-engine/**/*.{test,long}.ts"],
  testTimeout: 600_000,
};
