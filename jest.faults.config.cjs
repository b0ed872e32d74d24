const { randomInt } = require("node:crypto");

/**
 * The long proofs, `npm run test:faults`: those that `npm test` leaves out, and more of those that it takes a few of. The
 * variables make any of them longer or shorter; docs/reliability.md tells them. Random tests begin anew each time, and say the seed when they fail.
 */
process.env.FAULT_SEED ??= String(randomInt(2 ** 31));
process.env.FAULT_HISTORIES ??= "2000";
process.env.FAULT_REFRESHES ??= "2000";
process.env.FAULT_FUZZ ??= "20000";

module.exports = {
  ...require("./jest.base.cjs"),
  testMatch: [
    "<rootDir>/test/faults/**/*.long.ts",
    "<rootDir>/test/users/history.test.ts",
    "<rootDir>/test/provider/incremental-refresh.test.ts",
    "<rootDir>/test/**/hostile-*.test.ts",
  ],
  testTimeout: 3_600_000,
  maxConcurrency: 12,
};
