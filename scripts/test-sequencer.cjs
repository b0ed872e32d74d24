const { default: Sequencer } = require("@jest/test-sequencer");

/** Unit tests first, for what is wrong shows there soonest; in each project what took longest last time, so that no worker idles. */
module.exports = class extends Sequencer {
  sort(tests) {
    const isUnit = ({ context }) => context.config.displayName?.name === "unit";
    return super.sort(tests).sort((one, other) => Number(isUnit(other)) - Number(isUnit(one)));
  }
};
