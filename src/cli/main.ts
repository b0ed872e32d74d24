import "../../scripts/check-platform.mjs";
import { COMMANDS } from "./commands";
import { startGenauthUsers } from "./program";

startGenauthUsers(COMMANDS);
