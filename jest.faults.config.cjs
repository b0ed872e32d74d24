const { randomInt } = require("node:crypto");

/**
 * The long tests, `npm run test:faults`: tests that `npm test` leaves out, and more runs of some that it includes. The
 * variables make them longer or shorter; see docs/reliability.md. Random tests begin with a new seed each time, and
 * print it if they fail.
 */
process.env.ENGINES ??= "all";
process.env.FAULT_SEED ??= String(randomInt(2 ** 31));
process.env.FAULT_HISTORIES ??= "2000";
process.env.FAULT_REFRESHES ??= "2000";
process.env.FAULT_SUSPENSIONS ??= "500";
process.env.FAULT_FUZZ ??= "20000";

module.exports = {
  ...require("./jest.base.cjs"),
  testMatch: [
    "<rootDir>/test/faults/**/*.long.ts",
    "<rootDir>/test/faults/suspension-histories.test.ts",
    "<rootDir>/test/plugin-testing/*.long.ts",
    "<rootDir>/test/users/history.test.ts",
    "<rootDir>/test/provider/incremental-refresh.test.ts",
    "<rootDir>/test/**/hostile-*.test.ts",
  ],
  testTimeout: 3_600_000,
  maxConcurrency: 12,
};
