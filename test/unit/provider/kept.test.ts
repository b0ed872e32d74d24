import { test } from "@jest/globals";
import { KEPT_IN_PROCESS, KEPT_ON_ENGINES } from "../../support/acceptance/kept-cases";
import { runCaseInProcess } from "../../support/engine-model/workspace";

// Concurrently, because some wait before they look somebody up again.
test.concurrent.each([...KEPT_ON_ENGINES, ...KEPT_IN_PROCESS])(
  "kept, with a reason: $title",
  runCaseInProcess,
);
