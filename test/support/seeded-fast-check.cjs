/**
 * Replaces fast-check in tests, by `jest.config.cjs`: every random test without a seed generates the same values each time, so that
 * a run does not pass or fail by chance.
 */
const fc = require("fast-check/as-installed");
const { SEED } = require("./seed");

fc.configureGlobal({ seed: SEED });
module.exports = fc;
