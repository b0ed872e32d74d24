import { describe } from "@jest/globals";
import { engines } from "../../support/engine/engines";
import { testApprovedPlans } from "../../support/guard/approved-plans";

describe.each(engines())("an apply with a null_resource under the guard on $name", (engine) =>
  testApprovedPlans(engine, "null_resource", "all"),
);
