/**
 * Mutation tests of the code that decides who is deleted, `npm run test:mutation`: each small change of that code must make a
 * unit test fail. test/proofs/README.md has the score. A part of it: `npm run test:mutation -- --mutate src/users/fate.ts`.
 */
export default {
  mutate: ["src/users/{calls,change}/**/*.ts", "src/provider/user-set/**/*.ts"],
  testRunner: "warm",
  plugins: ["./scripts/mutation-runner.mjs"],
  coverageAnalysis: "perTest",
  // Only what is in a changed file or test is tried again; remove the file for a whole run.
  incremental: true,
  incrementalFile: "mutation/incremental.json",
  concurrency: 2,
  // What runs when a file is loaded would be tried with every test. Types and unit tests of the schema hold most of it.
  ignoreStatic: true,
  // swc compiles without checking.
  disableTypeChecks: false,
  // Schemas and messages are texts: tests compare those that people need, not each word.
  mutator: { excludedMutations: ["StringLiteral"] },
  ignorePatterns: ["/dist", "/lib", "/bench", "/docs/pictures", "/mutation"],
  tempDirName: ".stryker-tmp",
  reporters: ["progress-append-only", "clear-text", "json"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: "mutation/report.json" },
  // A mutant that never ends counts as found. The factor leaves room for a busy machine.
  timeoutMS: 20_000,
  timeoutFactor: 3,
  dryRunTimeoutMinutes: 30,
  thresholds: { high: 95, low: 90, break: 90 },
};
