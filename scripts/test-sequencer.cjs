const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { default: Sequencer } = require("@jest/test-sequencer");

/**
 * The files that take longest, the longest first, for a machine that has not timed them, such as that of the gate. Jest then takes the
 * largest file for the slowest, and one worker would end minutes after the others.
 */
const LONGEST = [
  "pipelines/attacks",
  "pipelines/stacks",
  "pipelines/gitlab-team",
  "pipelines/live",
  "pipelines/team",
  "pipelines/engines/gitlab",
  "proofs/guard/fifteen-ways",
  "pipelines/docs/commands",
  "pipelines/engines/github",
  "pipelines/due-deletions",
  "proofs/guard/isolation",
  "engine/acceptance/recovery",
  "pipelines/docs/other-platforms",
  "proofs/service/command",
  "engine/guard/approved-plans",
  "pipelines/demo/demo",
  "pipelines/state",
  "pipelines/approvals",
  "pipelines/owner",
  "pipelines/receipts",
  "engine/acceptance/leaver-user-ids",
].map((name) => join(__dirname, "..", "test", `${name}.test.ts`));
const gone = LONGEST.filter((path) => !existsSync(path));
if (gone.length > 0)
  throw new Error(`scripts/test-sequencer.cjs names files that are gone: ${gone.join(", ")}`);

/** Runs unit tests first, since they fail soonest. Runs the slowest first, so that no worker idles at the end. */
module.exports = class extends Sequencer {
  sort(tests) {
    const isUnit = ({ context }) => context.config.displayName?.name === "unit";
    // Jest sorts those first that it has not timed.
    const place = ({ path, duration }) => {
      const at = LONGEST.indexOf(path);
      return duration === undefined && at >= 0 ? at : LONGEST.length;
    };
    const sorted = super.sort(tests).sort((one, other) => place(one) - place(other));
    return [...spreadSlowest(sorted.filter(isUnit)), ...sorted.filter((test) => !isUnit(test))];
  }
};

/** The slowest unit tests mostly wait: begun at once, they would leave the cores idle. */
const SPREAD = 5;
const BETWEEN = 12;

function spreadSlowest(tests) {
  const others = tests.slice(SPREAD);
  const slowest = tests.slice(0, SPREAD);
  return [...slowest.flatMap((test) => [test, ...others.splice(0, BETWEEN)]), ...others];
}
