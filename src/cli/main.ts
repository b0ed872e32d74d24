import "../../scripts/check-platform.mjs";
import { COMMANDS } from "./commands";
import { startCdktfGenauth } from "./program";

startCdktfGenauth(COMMANDS);
