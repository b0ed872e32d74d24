import "../../scripts/check-platform.mjs";
import { COMMANDS } from "./commands";
import { startProgram } from "./program";

startProgram(COMMANDS);
