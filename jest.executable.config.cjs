/**
 * Tests of the provider and the command on the executables of this machine's platform, `npm run test:executable`: the tests
 * that start them as processes. The other tests run the scripts.
 */
process.env.PROVIDER = "executable";

module.exports = {
  ...require("./jest.base.cjs"),
  testMatch: [
    "<rootDir>/test/acceptance/**/*.test.ts",
    "<rootDir>/test/cli/{drift,emulator,export,plan-report}.test.ts",
    "<rootDir>/test/executables/**/*.compiled.ts",
    "<rootDir>/test/faults/{core-dump,process-exposure,kills,matrix,replacement-cut,state,hostile-state}.test.ts",
    "<rootDir>/test/plugin/{engine,process,socket-folder}.test.ts",
  ],
  testTimeout: 120_000,
  maxConcurrency: 12,
};
