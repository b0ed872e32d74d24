/**
 * Mutation tests of the code that decides who is deleted, what is refused and what is sent, `npm run test:mutation`: each small
 * change of that code must make a unit test fail. Only tests of its own room run, see `scripts/mutation-runner.mjs`.
 * test/proofs/README.md has the score. A room: `npm run test:mutation -- --mutate 'src/api/*.ts'`.
 */
export default {
  mutate: [
    "src/api/**/*.ts",
    // Without what starts processes, becomes another user or reads standard input: test/engine and test/proofs try that.
    "src/guard/!(command|key|os-user).ts",
    "src/plan-gate/**/*.ts",
    "src/provider/user-set/**/*.ts",
    "src/users/**/*.ts",
  ],
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
