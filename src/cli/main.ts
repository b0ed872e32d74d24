import "../../scripts/check-platform.mjs";
import { concealSecret, keepMemoryOutOfCoreDumps } from "../operator";
import { handleOutputErrors, setExitCode } from "./process";
import { runProgram } from "./program";

keepMemoryOutOfCoreDumps();
handleOutputErrors();
void runProgram(process.argv.slice(2), concealSecret(process.env)).then(setExitCode);
