/** The tests of the null resource beyond the acceptance scenarios, with the long ones that `npm test` leaves out. */
process.env.ENGINES ??= "all";

module.exports = {
  ...require("./jest.base.cjs"),
  testMatch: ["<rootDir>/test/null-resource/**/*.{test,long}.ts"],
  testTimeout: 600_000,
};
