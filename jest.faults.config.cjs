/** The long proofs, which `npm test` leaves out: `npm run test:faults`. */
module.exports = {
  ...require("./jest.config.cjs"),
  testMatch: ["<rootDir>/test/faults/**/*.long.ts"],
  testTimeout: 3_600_000,
};
