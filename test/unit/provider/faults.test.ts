import { test } from "@jest/globals";
import { FAULTS_IN_PROCESS } from "../../support/acceptance/fault-cases";
import { runCaseInProcess } from "../../support/engine-model/workspace";

// Concurrently, because they mostly wait: for the next attempt, and for answers that never come.
test.concurrent.each(FAULTS_IN_PROCESS)("under faults: $title", runCaseInProcess);
