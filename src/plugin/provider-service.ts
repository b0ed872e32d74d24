import type { Attribute, Schema } from "./definition";
import { readDataSource, validateDataResourceConfig } from "./data-sources";
import { DiagnosticError, error } from "./diagnostic";
import { decodeModel, encodeModel, modelFromJson, parseJson, withDefaults } from "./dynamic-value";
import { callFunction, functionMessages } from "./functions";
import { stackFrames } from "./log";
import { MARKDOWN, type ProtocolMessage, type ProviderMethods } from "./protocol-messages";
import { moveResourceState } from "./moves";
import { diagnosticMessages, pathMessage, type AnyProvider, type AnyResource, type Session } from "./session";
import { typeExpression } from "./type-expression";

/**
 * The provider service of plugin protocol 6. Each call decodes its request, calls the provider's definition and encodes
 * the result. No method rejects: a failure is a diagnostic.
 */
export function createProviderService(session: Session): ProviderMethods {
  return {
    GetMetadata: () => Promise.resolve(getMetadata(session)),
    GetProviderSchema: () => Promise.resolve(getProviderSchema(session)),
    // No resource has an identity besides its state.
    GetResourceIdentitySchemas: () => Promise.resolve({}),
    GetFunctions: () => Promise.resolve({ functions: functionMessages(session.provider) }),
    CallFunction: (request) => callFunction(session, request),
    ValidateProviderConfig: (request) => validateProviderConfig(session, request),
    ConfigureProvider: (request) => configureProvider(session, request),
    ValidateResourceConfig: (request) => validateResourceConfig(session, request),
    ValidateDataResourceConfig: (request) => validateDataResourceConfig(session, request),
    ReadDataSource: (request) => readDataSource(session, request),
    UpgradeResourceState: (request) => upgradeResourceState(session, request),
    ReadResource: (request) => readResource(session, request),
    PlanResourceChange: (request) => planResourceChange(session, request),
    ApplyResourceChange: (request) => applyResourceChange(session, request),
    ImportResourceState: (request) => importResourceState(session, request),
    MoveResourceState: (request) => moveResourceState(session, request),
    StopProvider: () => Promise.resolve(stopProvider(session)),
  };
}

function capabilitiesOf({ resources }: AnyProvider): ProtocolMessage<"ServerCapabilities"> {
  return {
    ...CAPABILITIES,
    moveResourceState: Object.values(resources).some((resource) => resource.moveState !== undefined),
  };
}

const CAPABILITIES: ProtocolMessage<"ServerCapabilities"> = {
  // Terraform plans destructions too, so that guards and warnings apply to them.
  planDestroy: true,
  // Terraform may use a schema that it got from another process of this provider.
  getProviderSchemaOptional: true,
};

const NO_BYTES = new Uint8Array();

function getMetadata({ provider }: Session): ProtocolMessage<"GetMetadataResponse"> {
  return {
    serverCapabilities: capabilitiesOf(provider),
    dataSources: Object.keys(provider.dataSources ?? {}).map((typeName) => ({ typeName })),
    resources: Object.keys(provider.resources).map((typeName) => ({ typeName })),
    functions: Object.keys(provider.functions ?? {}).map((name) => ({ name })),
  };
}

function getProviderSchema({ provider }: Session): ProtocolMessage<"GetProviderSchemaResponse"> {
  return {
    serverCapabilities: capabilitiesOf(provider),
    provider: schemaMessage(provider.schema),
    resourceSchemas: schemaMessages(provider.resources),
    dataSourceSchemas: schemaMessages(provider.dataSources ?? {}),
    functions: functionMessages(provider),
  };
}

function schemaMessages(
  definitions: Readonly<Record<string, { readonly schema: Schema }>>,
): Readonly<Record<string, ProtocolMessage<"Schema">>> {
  return Object.fromEntries(
    Object.entries(definitions).map(([name, { schema }]) => [name, schemaMessage(schema)]),
  );
}

function schemaMessage(schema: Schema): ProtocolMessage<"Schema"> {
  return {
    version: schema.version,
    block: {
      version: schema.version,
      description: schema.description,
      descriptionKind: MARKDOWN,
      attributes: Object.entries(schema.attributes).map(([name, attribute]) =>
        attributeMessage(name, attribute),
      ),
    },
  };
}

function attributeMessage(name: string, attribute: Attribute): ProtocolMessage<"SchemaAttribute"> {
  return {
    name,
    type: typeExpression(attribute.type),
    description: attribute.description,
    descriptionKind: MARKDOWN,
    required: attribute.required ?? false,
    optional: attribute.optional ?? false,
    computed: attribute.computed ?? false,
    sensitive: attribute.sensitive ?? false,
  };
}

function validateProviderConfig(
  session: Session,
  request: ProtocolMessage<"ProviderConfigRequest">,
): Promise<ProtocolMessage<"ValidateProviderConfigResponse">> {
  const { provider } = session;
  return session.answer(
    "ValidateProviderConfig",
    () => {
      const config = decodeModel(provider.schema, request.config);
      return { diagnostics: diagnosticMessages((config && provider.validate?.(config)) ?? []) };
    },
    {},
  );
}

/** Configures the provider, and stores the resulting context for later operations. */
function configureProvider(
  session: Session,
  request: ProtocolMessage<"ConfigureProviderRequest">,
): Promise<ProtocolMessage<"DiagnosticsResponse">> {
  const { provider } = session;
  return session.answer(
    "ConfigureProvider",
    async () => {
      const config = decodeModel(provider.schema, request.config);
      if (config === null) return {};
      const result = await provider.configure(config);
      session.configured(result);
      return { diagnostics: diagnosticMessages(result.diagnostics) };
    },
    {},
  );
}

function validateResourceConfig(
  session: Session,
  request: ProtocolMessage<"ValidateResourceConfigRequest">,
): Promise<ProtocolMessage<"DiagnosticsResponse">> {
  return session.answer(
    "ValidateResourceConfig",
    () => {
      const resource = session.resource(request.typeName);
      const config = decodeModel(resource.schema, request.config);
      return { diagnostics: diagnosticMessages((config && resource.validate?.(config)) ?? []) };
    },
    {},
  );
}

/**
 * Reads an object of a state file, which may have been written with another version of the schema: attributes that no
 * longer exist are dropped, new ones are null.
 */
function upgradeResourceState(
  session: Session,
  request: ProtocolMessage<"UpgradeResourceStateRequest">,
): Promise<ProtocolMessage<"UpgradeResourceStateResponse">> {
  const { typeName = "", version = 0, rawState } = request;
  return session.answer(
    "UpgradeResourceState",
    () => {
      const resource = session.resource(typeName);
      if (!rawState?.json?.length)
        throw unreadable(typeName, "it is in the format of Terraform 0.11 or earlier");
      const state = upgrade(resource, typeName, version, parseJson(rawState.json));
      return { upgradedState: encodeModel(resource.schema, modelFromJson(resource.schema, state)) };
    },
    {},
  );
}

function upgrade(resource: AnyResource, typeName: string, version: number, state: unknown): unknown {
  const current = resource.schema.version;
  if (version === current) return state;
  if (version > current) {
    throw unreadable(
      typeName,
      `it was written by a newer version of this provider (schema ${version}, this one has ${current}). ` +
        "Use that version or a later one",
    );
  }
  if (!resource.upgradeState) {
    throw unreadable(
      typeName,
      `its schema ${version} is older than ${current} and this provider has no upgrade for it`,
    );
  }
  return resource.upgradeState(version, state);
}

function unreadable(typeName: string, why: string): DiagnosticError {
  return new DiagnosticError(
    error(`The state of ${typeName} cannot be read`, `The state cannot be used: ${why}.`),
  );
}

/** Refreshes a state. If that fails, the state stays unchanged. */
function readResource(
  session: Session,
  request: ProtocolMessage<"ReadResourceRequest">,
): Promise<ProtocolMessage<"ReadResourceResponse">> {
  const { currentState = {}, private: privateData = NO_BYTES } = request;
  const unchanged = { newState: currentState, private: privateData };
  return session.answer(
    "ReadResource",
    async () => {
      const resource = session.resource(request.typeName);
      const state = decodeModel(resource.schema, currentState);
      if (state === null) return unchanged;
      const response = await resource.read({ state, privateData, context: session.context() });
      return {
        newState: encodeModel(resource.schema, response.state),
        private: response.privateData,
        diagnostics: diagnosticMessages(response.diagnostics),
      };
    },
    unchanged,
  );
}

function planResourceChange(
  session: Session,
  request: ProtocolMessage<"PlanResourceChangeRequest">,
): Promise<ProtocolMessage<"PlanResourceChangeResponse">> {
  const { priorPrivate: privateData = NO_BYTES } = request;
  return session.answer(
    "PlanResourceChange",
    async () => {
      const resource = session.resource(request.typeName);
      const { schema } = resource;
      const config = decodeModel(schema, request.config);
      const response = await resource.plan({
        prior: decodeModel(schema, request.priorState),
        proposed: withDefaults(schema, config, decodeModel(schema, request.proposedNewState)),
        config,
        privateData,
        ...(request.clientCapabilities?.storePlannedPrivate && { keepsPrivateData: true }),
        ...(request.plannedPrivate?.length && { approvedPrivateData: request.plannedPrivate }),
        context: session.context(),
      });
      return {
        plannedState: encodeModel(schema, response.planned),
        plannedPrivate: response.privateData,
        requiresReplace: (response.requiresReplace ?? []).map(pathMessage),
        diagnostics: diagnosticMessages(response.diagnostics),
      };
    },
    {},
  );
}

/**
 * Applies a planned change. If that fails without a new state, the prior state stays, so that Terraform plans the same
 * change again and nothing is lost.
 */
function applyResourceChange(
  session: Session,
  request: ProtocolMessage<"ApplyResourceChangeRequest">,
): Promise<ProtocolMessage<"ApplyResourceChangeResponse">> {
  const { plannedPrivate: privateData = NO_BYTES, priorState = {} } = request;
  return session.answer(
    "ApplyResourceChange",
    async () => {
      const resource = session.resource(request.typeName);
      const { schema } = resource;
      const response = await resource.apply({
        prior: decodeModel(schema, priorState),
        planned: decodeModel(schema, request.plannedState),
        config: decodeModel(schema, request.config),
        privateData,
        context: session.context(),
      });
      return {
        newState: encodeModel(schema, response.state),
        private: response.privateData,
        diagnostics: diagnosticMessages(response.diagnostics),
      };
    },
    { newState: priorState, private: privateData },
  );
}

/** Makes a state from the id given to `terraform import`. */
function importResourceState(
  session: Session,
  request: ProtocolMessage<"ImportResourceStateRequest">,
): Promise<ProtocolMessage<"ImportResourceStateResponse">> {
  const { typeName = "", id = "" } = request;
  return session.answer(
    "ImportResourceState",
    async () => {
      const resource = session.resource(typeName);
      if (!resource.importState) {
        throw new DiagnosticError(
          error(`${typeName} cannot be imported`, "Declare it, and let Terraform create it."),
        );
      }
      const { state, privateData, diagnostics } = await resource.importState(id, session.context());
      const failed = diagnostics.some(({ severity }) => severity === "error");
      if (state === null && !failed) {
        throw new DiagnosticError(
          error(`There is no ${typeName} to import`, `Nothing was found under the id "${id}". Check the id.`),
        );
      }
      const imported = state && {
        typeName,
        state: encodeModel(resource.schema, state),
        private: privateData,
      };
      return {
        importedResources: imported ? [imported] : [],
        diagnostics: diagnosticMessages(diagnostics),
      };
    },
    {},
  );
}

/** Passes Terraform's first interrupt on and answers at once. Operations in flight end with their own answers. */
function stopProvider(session: Session): ProtocolMessage<"StopProviderResponse"> {
  session.log.debug("asked to stop");
  try {
    session.provider.stop?.();
    return {};
  } catch (thrown) {
    session.log.debug("stop failed", () => ({ stack: stackFrames(thrown) }));
    return { error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
