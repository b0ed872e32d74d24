import "../../scripts/check-platform.mjs";
import { concealSecret, keepMemoryOutOfCoreDumps } from "../operator";
import { runProgram } from "./program";

keepMemoryOutOfCoreDumps();
void runProgram(process.argv.slice(2), concealSecret(process.env)).then((code) => {
  process.exitCode = code;
});
