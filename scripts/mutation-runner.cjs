const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { default: TestRunner } = require("jest-runner");

/**
 * Runs a mutant's tests for Stryker, which names them by a pattern and would load every file to find them: only the files that hold
 * one, the shortest first, and none after the first that fails. The first run, without a mutant, records what each file holds.
 */
module.exports = class extends TestRunner {
  async runTests(tests, watcher, options) {
    const { rootDir, testNamePattern } = this._globalConfig;
    const record = join(rootDir, ".mutation-tests.json");
    const isMutant = process.env.__STRYKER_ACTIVE_MUTANT__ !== undefined && testNamePattern !== undefined;
    const files = isMutant ? JSON.parse(readFileSync(record, "utf8")) : {};
    const pattern = new RegExp(testNamePattern ?? "", "i");
    let isFound = false;
    this.on("test-file-success", ([{ path }, { numFailingTests, testResults, perfStats }]) => {
      isFound ||= numFailingTests > 0;
      if (!isMutant)
        files[path] = { names: testResults.map(({ fullName }) => fullName), ms: perfStats.runtime };
    });
    this.on("test-file-failure", () => (isFound = true));
    const holdsOne = ({ path }) => files[path]?.names.some((name) => pattern.test(name));
    const chosen = isMutant
      ? tests.filter(holdsOne).sort((one, other) => files[one.path].ms - files[other.path].ms)
      : tests;
    for (const test of chosen) {
      if (isMutant && isFound) return;
      await super.runTests([test], watcher, options);
    }
    if (!isMutant && process.env.STRYKER_MUTATOR_WORKER !== undefined)
      writeFileSync(record, JSON.stringify(files));
  }
};
