import "../../scripts/check-platform.mjs";
import { applyNullResourceCommand } from "./apply-null-resource";
import { startCdktfGenauth } from "./program";

// The one command that a stack with a null_resource brings along.
startCdktfGenauth({
  "apply-null-resource": {
    load: () => Promise.resolve(applyNullResourceCommand),
    handlesSignals: true,
    isInternal: true,
  },
});
