const { default: Sequencer } = require("@jest/test-sequencer");

/** Runs unit tests first, since they fail soonest. In each project, runs the slowest first, so that no worker idles. */
module.exports = class extends Sequencer {
  sort(tests) {
    const isUnit = ({ context }) => context.config.displayName?.name === "unit";
    return super.sort(tests).sort((one, other) => Number(isUnit(other)) - Number(isUnit(one)));
  }
};
