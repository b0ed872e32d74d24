// Jest counts the tests of one run, and the gate has several.
import { existsSync, readFileSync } from "node:fs";

/** Prints the totals of Jest's JSON reports as one plain line. A test file that could not start counts as failed. */
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
