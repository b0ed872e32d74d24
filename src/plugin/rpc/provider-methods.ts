import { error } from "../diagnostic";
import { diagnosticMessages } from "../protocol/diagnostics";
import type { ProviderMethods } from "../protocol/services";
import { applyResourceChange } from "./apply";
import { configureProvider } from "./configure";
import { getMetadata, getProviderSchema } from "./describe";
import { importResourceState } from "./import";
import { planResourceChange } from "./plan";
import { readResource } from "./read";
import { stopProvider } from "./stop";
import type { Session } from "./session";
import { upgradeResourceState } from "./upgrade";
import { validateProviderConfig, validateResourceConfig } from "./validate";

/** The provider service of plugin protocol 6 for one session. No method rejects. */
export function providerMethods(session: Session): ProviderMethods {
  return {
    GetMetadata: () => Promise.resolve(getMetadata(session)),
    GetProviderSchema: () => Promise.resolve(getProviderSchema(session)),
    // No resource has an identity beside its state, and there are no functions: both lists are empty.
    GetResourceIdentitySchemas: () => Promise.resolve({}),
    GetFunctions: () => Promise.resolve({}),
    ValidateProviderConfig: (request) => validateProviderConfig(session, request),
    ConfigureProvider: (request) => configureProvider(session, request),
    ValidateResourceConfig: (request) => validateResourceConfig(session, request),
    UpgradeResourceState: (request) => upgradeResourceState(session, request),
    ReadResource: (request) => readResource(session, request),
    PlanResourceChange: (request) => planResourceChange(session, request),
    ApplyResourceChange: (request) => applyResourceChange(session, request),
    ImportResourceState: (request) => importResourceState(session, request),
    MoveResourceState: () => Promise.resolve({ diagnostics: diagnosticMessages([NO_MOVE]) }),
    StopProvider: () => Promise.resolve(stopProvider(session)),
  };
}

const NO_MOVE = error(
  "A resource of another type cannot become one of this provider",
  "Take the `moved` block away; move within the same resource type, or import the object instead.",
);
