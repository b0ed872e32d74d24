/**
 * fast-check as tests get it: every random test that names no seed draws the same each time, so that a run cannot pass or
 * fail by chance. `jest.base.cjs` puts this in place of the library.
 */
const fc = require("fast-check/as-installed");
const { SEED } = require("./seed");

fc.configureGlobal({ seed: SEED });
module.exports = fc;
