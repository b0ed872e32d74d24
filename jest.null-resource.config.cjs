/** What the null resource adds to the acceptance scenarios, with the long ones, which `npm test` leaves out. */
module.exports = {
  ...require("./jest.base.cjs"),
  testMatch: ["<rootDir>/test/null-resource/**/*.{test,long}.ts"],
  testTimeout: 600_000,
};
