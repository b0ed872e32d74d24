/**
 * The messages of plugin protocol 6 and of go-plugin's services, as data: the number and type of each field.
 * Only fields that this provider reads or writes are listed; others are skipped. A test compares the numbers
 * with those of the official definition.
 *
 * Enumerations are listed as integers, as they are sent. The name of a nested message is joined to that of
 * the message around it, such as `AttributePathStep`; names are not sent.
 */

/** The type of a field: a scalar, or the name of a message in {@link MESSAGES}. */
type FieldType = "bytes" | "string" | "bool" | "int32" | "int64" | (string & {});

/** The number and type of a field, with a rule if the field repeats or is a map with string keys. */
export type Field =
  | readonly [id: number, type: FieldType]
  | readonly [id: number, type: FieldType, rule: "list" | "map"];

export const MESSAGES = {
  Empty: {},

  DynamicValue: { msgpack: [1, "bytes"], json: [2, "bytes"] },
  RawState: { json: [1, "bytes"] },
  AttributePath: { steps: [1, "AttributePathStep", "list"] },
  AttributePathStep: {
    attributeName: [1, "string"],
    elementKeyString: [2, "string"],
    elementKeyInt: [3, "int64"],
  },
  Diagnostic: {
    severity: [1, "int32"],
    summary: [2, "string"],
    detail: [3, "string"],
    attribute: [4, "AttributePath"],
  },

  Schema: { version: [1, "int64"], block: [2, "SchemaBlock"] },
  SchemaBlock: {
    version: [1, "int64"],
    attributes: [2, "SchemaAttribute", "list"],
    description: [4, "string"],
    descriptionKind: [5, "int32"],
  },
  SchemaAttribute: {
    name: [1, "string"],
    type: [2, "bytes"],
    description: [3, "string"],
    required: [4, "bool"],
    optional: [5, "bool"],
    computed: [6, "bool"],
    sensitive: [7, "bool"],
    descriptionKind: [8, "int32"],
    deprecated: [9, "bool"],
    nestedType: [10, "SchemaObject"],
    deprecationMessage: [12, "string"],
  },
  SchemaObject: { attributes: [1, "SchemaAttribute", "list"], nesting: [3, "int32"] },
  ServerCapabilities: {
    planDestroy: [1, "bool"],
    getProviderSchemaOptional: [2, "bool"],
    moveResourceState: [3, "bool"],
  },
  ClientCapabilities: { storePlannedPrivate: [3, "bool"] },
  TypeName: { typeName: [1, "string"] },
  FunctionName: { name: [1, "string"] },
  Function: {
    parameters: [1, "FunctionParameter", "list"],
    variadicParameter: [2, "FunctionParameter"],
    return: [3, "FunctionReturn"],
    summary: [4, "string"],
    description: [5, "string"],
    descriptionKind: [6, "int32"],
  },
  FunctionParameter: {
    name: [1, "string"],
    type: [2, "bytes"],
    allowNullValue: [3, "bool"],
    description: [5, "string"],
    descriptionKind: [6, "int32"],
  },
  FunctionReturn: { type: [1, "bytes"] },
  FunctionError: { text: [1, "string"], functionArgument: [2, "int64"] },

  GetMetadataResponse: {
    serverCapabilities: [1, "ServerCapabilities"],
    diagnostics: [2, "Diagnostic", "list"],
    dataSources: [3, "TypeName", "list"],
    resources: [4, "TypeName", "list"],
    functions: [5, "FunctionName", "list"],
  },
  GetProviderSchemaResponse: {
    provider: [1, "Schema"],
    resourceSchemas: [2, "Schema", "map"],
    dataSourceSchemas: [3, "Schema", "map"],
    diagnostics: [4, "Diagnostic", "list"],
    serverCapabilities: [6, "ServerCapabilities"],
    functions: [7, "Function", "map"],
  },
  GetFunctionsResponse: { functions: [1, "Function", "map"], diagnostics: [2, "Diagnostic", "list"] },
  CallFunctionRequest: { name: [1, "string"], arguments: [2, "DynamicValue", "list"] },
  CallFunctionResponse: { result: [1, "DynamicValue"], error: [2, "FunctionError"] },
  ProviderConfigRequest: { config: [1, "DynamicValue"] },
  ValidateProviderConfigResponse: { diagnostics: [2, "Diagnostic", "list"] },
  ConfigureProviderRequest: { terraformVersion: [1, "string"], config: [2, "DynamicValue"] },
  DiagnosticsResponse: { diagnostics: [1, "Diagnostic", "list"] },
  ValidateResourceConfigRequest: { typeName: [1, "string"], config: [2, "DynamicValue"] },
  ValidateDataResourceConfigRequest: { typeName: [1, "string"], config: [2, "DynamicValue"] },
  ReadDataSourceRequest: { typeName: [1, "string"], config: [2, "DynamicValue"] },
  ReadDataSourceResponse: { state: [1, "DynamicValue"], diagnostics: [2, "Diagnostic", "list"] },
  UpgradeResourceStateRequest: { typeName: [1, "string"], version: [2, "int64"], rawState: [3, "RawState"] },
  UpgradeResourceStateResponse: {
    upgradedState: [1, "DynamicValue"],
    diagnostics: [2, "Diagnostic", "list"],
  },
  ReadResourceRequest: { typeName: [1, "string"], currentState: [2, "DynamicValue"], private: [3, "bytes"] },
  ReadResourceResponse: {
    newState: [1, "DynamicValue"],
    diagnostics: [2, "Diagnostic", "list"],
    private: [3, "bytes"],
  },
  PlanResourceChangeRequest: {
    typeName: [1, "string"],
    priorState: [2, "DynamicValue"],
    proposedNewState: [3, "DynamicValue"],
    config: [4, "DynamicValue"],
    priorPrivate: [5, "bytes"],
    clientCapabilities: [7, "ClientCapabilities"],
    plannedPrivate: [9, "bytes"],
  },
  PlanResourceChangeResponse: {
    plannedState: [1, "DynamicValue"],
    requiresReplace: [2, "AttributePath", "list"],
    plannedPrivate: [3, "bytes"],
    diagnostics: [4, "Diagnostic", "list"],
  },
  ApplyResourceChangeRequest: {
    typeName: [1, "string"],
    priorState: [2, "DynamicValue"],
    plannedState: [3, "DynamicValue"],
    config: [4, "DynamicValue"],
    plannedPrivate: [5, "bytes"],
  },
  ApplyResourceChangeResponse: {
    newState: [1, "DynamicValue"],
    private: [2, "bytes"],
    diagnostics: [3, "Diagnostic", "list"],
  },
  ImportResourceStateRequest: { typeName: [1, "string"], id: [2, "string"] },
  ImportResourceStateResponse: {
    importedResources: [1, "ImportedResource", "list"],
    diagnostics: [2, "Diagnostic", "list"],
  },
  ImportedResource: { typeName: [1, "string"], state: [2, "DynamicValue"], private: [3, "bytes"] },
  MoveResourceStateRequest: {
    sourceProviderAddress: [1, "string"],
    sourceTypeName: [2, "string"],
    sourceState: [4, "RawState"],
    targetTypeName: [5, "string"],
  },
  MoveResourceStateResponse: {
    targetState: [1, "DynamicValue"],
    diagnostics: [2, "Diagnostic", "list"],
    targetPrivate: [3, "bytes"],
  },
  StopProviderResponse: { error: [1, "string"] },

  HealthCheckRequest: { service: [1, "string"] },
  HealthCheckResponse: { status: [1, "int32"] },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Field>>>>;

/** The number of a description's kind that stands for Markdown. */
export const MARKDOWN = 1;

/** The numbers of a nested attribute that is an object, and of one that is a map of objects. */
export const Nesting = { SINGLE: 1, MAP: 4 } as const;

export type MessageName = keyof typeof MESSAGES;

/**
 * A message by its name, as a plain object without absent fields; numbers are `number`s, bytes `Uint8Array`s.
 */
export type ProtocolMessage<N extends MessageName> = {
  readonly [F in keyof (typeof MESSAGES)[N]]?: FieldValue<(typeof MESSAGES)[N][F]>;
};

type FieldValue<F> = F extends readonly [number, infer T, "list"]
  ? readonly Single<T>[]
  : F extends readonly [number, infer T, "map"]
    ? Readonly<Record<string, Single<T>>>
    : F extends readonly [number, infer T]
      ? Single<T>
      : never;

type Single<T> = T extends "bytes"
  ? Uint8Array
  : T extends "string"
    ? string
    : T extends "bool"
      ? boolean
      : T extends "int32" | "int64"
        ? number
        : T extends MessageName
          ? ProtocolMessage<T>
          : never;

export type MethodMessages = readonly [request: MessageName, response: MessageName];

/**
 * The services that Terraform calls, by full name. Methods of `tfplugin6.Provider` for features that no
 * provider here has (ephemeral and list resources, actions) are omitted: Terraform calls them only for types
 * that the schema announces, and gRPC answers "unimplemented".
 */
export const SERVICES = {
  "tfplugin6.Provider": {
    GetMetadata: ["Empty", "GetMetadataResponse"],
    GetProviderSchema: ["Empty", "GetProviderSchemaResponse"],
    GetResourceIdentitySchemas: ["Empty", "Empty"],
    GetFunctions: ["Empty", "GetFunctionsResponse"],
    CallFunction: ["CallFunctionRequest", "CallFunctionResponse"],
    ValidateProviderConfig: ["ProviderConfigRequest", "ValidateProviderConfigResponse"],
    ConfigureProvider: ["ConfigureProviderRequest", "DiagnosticsResponse"],
    ValidateResourceConfig: ["ValidateResourceConfigRequest", "DiagnosticsResponse"],
    ValidateDataResourceConfig: ["ValidateDataResourceConfigRequest", "DiagnosticsResponse"],
    ReadDataSource: ["ReadDataSourceRequest", "ReadDataSourceResponse"],
    UpgradeResourceState: ["UpgradeResourceStateRequest", "UpgradeResourceStateResponse"],
    ReadResource: ["ReadResourceRequest", "ReadResourceResponse"],
    PlanResourceChange: ["PlanResourceChangeRequest", "PlanResourceChangeResponse"],
    ApplyResourceChange: ["ApplyResourceChangeRequest", "ApplyResourceChangeResponse"],
    ImportResourceState: ["ImportResourceStateRequest", "ImportResourceStateResponse"],
    MoveResourceState: ["MoveResourceStateRequest", "MoveResourceStateResponse"],
    StopProvider: ["Empty", "StopProviderResponse"],
  },
  "plugin.GRPCController": { Shutdown: ["Empty", "Empty"] },
  "plugin.GRPCBroker": { StartStream: ["Empty", "Empty"] },
  "plugin.GRPCStdio": { StreamStdio: ["Empty", "Empty"] },
  "grpc.health.v1.Health": {
    Check: ["HealthCheckRequest", "HealthCheckResponse"],
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, MethodMessages>>>>;

export type ServiceName = keyof typeof SERVICES;
type Provider = (typeof SERVICES)["tfplugin6.Provider"];

/** The implementation of `tfplugin6.Provider`. */
export type ProviderMethods = {
  readonly [M in keyof Provider]: (
    request: ProtocolMessage<Provider[M][0]>,
  ) => Promise<ProtocolMessage<Provider[M][1]>>;
};
