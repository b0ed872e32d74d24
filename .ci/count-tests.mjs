import { existsSync, readFileSync } from "node:fs";

/** Prints what Jest counted in its JSON reports, as one plain line. A file that could not even start counts as failed. */
const reports = process.argv
  .slice(2)
  .filter((file) => existsSync(file))
  .map((file) => JSON.parse(readFileSync(file, "utf8")));
const sum = (count) => reports.reduce((total, report) => total + count(report), 0);
const passed = sum(({ numPassedTests }) => numPassedTests);
const failed = sum(
  ({ numFailedTests, numRuntimeErrorTestSuites }) => numFailedTests + numRuntimeErrorTestSuites,
);
console.log(`\n${passed} passed, ${failed} failed`);
