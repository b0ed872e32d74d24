import { test } from "@jest/globals";
import { LIMITED_IN_PROCESS, LIMITED_ON_ENGINES } from "../../support/acceptance/limit-cases";
import { runCaseInProcess } from "../../support/engine-model/workspace";

test.each([...LIMITED_ON_ENGINES, ...LIMITED_IN_PROCESS])("limits: $title", runCaseInProcess);
