import type { Message, MessageName } from "./messages";

/** Request and response of a method. */
export type Method = readonly [request: MessageName, response: MessageName];

/**
 * The services that Terraform calls, by full name. Methods of `tfplugin6.Provider` for what this provider has none of
 * (data sources, functions to call, ephemeral and list resources, actions) are left out: Terraform calls them only for
 * types that the schema announces, and gRPC answers "unimplemented".
 */
export const SERVICES = {
  "tfplugin6.Provider": {
    GetMetadata: ["Empty", "GetMetadataResponse"],
    GetProviderSchema: ["Empty", "GetProviderSchemaResponse"],
    GetResourceIdentitySchemas: ["Empty", "DiagnosticsResponse"],
    GetFunctions: ["Empty", "DiagnosticsResponse"],
    ValidateProviderConfig: ["ProviderConfigRequest", "ValidateProviderConfigResponse"],
    ConfigureProvider: ["ConfigureProviderRequest", "DiagnosticsResponse"],
    ValidateResourceConfig: ["ValidateResourceConfigRequest", "DiagnosticsResponse"],
    UpgradeResourceState: ["UpgradeResourceStateRequest", "UpgradeResourceStateResponse"],
    ReadResource: ["ReadResourceRequest", "ReadResourceResponse"],
    PlanResourceChange: ["PlanResourceChangeRequest", "PlanResourceChangeResponse"],
    ApplyResourceChange: ["ApplyResourceChangeRequest", "ApplyResourceChangeResponse"],
    ImportResourceState: ["ImportResourceStateRequest", "ImportResourceStateResponse"],
    MoveResourceState: ["Empty", "MoveResourceStateResponse"],
    StopProvider: ["Empty", "StopProviderResponse"],
  },
  "plugin.GRPCController": { Shutdown: ["Empty", "Empty"] },
  "plugin.GRPCBroker": { StartStream: ["Empty", "Empty"] },
  "plugin.GRPCStdio": { StreamStdio: ["Empty", "Empty"] },
  "grpc.health.v1.Health": {
    Check: ["HealthCheckRequest", "HealthCheckResponse"],
    Watch: ["HealthCheckRequest", "HealthCheckResponse"],
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Method>>>>;

export type ServiceName = keyof typeof SERVICES;
type Provider = (typeof SERVICES)["tfplugin6.Provider"];

/** What answers each call of `tfplugin6.Provider`. */
export type ProviderMethods = {
  readonly [M in keyof Provider]: (request: Message<Provider[M][0]>) => Promise<Message<Provider[M][1]>>;
};
