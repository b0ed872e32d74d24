import { readFileSync } from "node:fs";

/** Prints what Jest counted in its JSON report, as one plain line. A file that could not even start counts as failed. */
const report = JSON.parse(readFileSync(process.argv[2], "utf8"));
const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
console.log(`\n${report.numPassedTests} passed, ${failed} failed`);
