import { importResourceState, moveResourceState } from "./adoption";
import type { Model, Schema } from "./definition";
import { type Diagnostic, DiagnosticError, warning } from "./diagnostic";
import { decodeModel, encodeModel, modelFromJson, decodeJson, withDefaults } from "./dynamic-value";
import { callFunction, functionMessages } from "./functions";
import { stackFrames } from "./log";
import type { ProtocolMessage, ProviderMethods } from "./protocol-messages";
import { schemaMessage } from "./schema-messages";
import { diagnosticMessages, pathMessage, type AnyProvider, type Session } from "./session";

/**
 * The provider service of plugin protocol 6. Each call decodes its request, calls the provider's definition
 * and encodes the result. No method rejects: a failure is a diagnostic.
 */
export function createProviderService(session: Session): ProviderMethods {
  return {
    GetMetadata: () => Promise.resolve(getMetadata(session)),
    GetProviderSchema: () => Promise.resolve(getProviderSchema(session)),
    // No resource has an identity besides its state.
    GetResourceIdentitySchemas: () => Promise.resolve({}),
    GetFunctions: () => Promise.resolve({ functions: functionMessages(session.provider) }),
    CallFunction: (request) => callFunction(session, request),
    ValidateProviderConfig: ({ config }) =>
      validateConfig(session, "ValidateProviderConfig", () => session.provider, config),
    ConfigureProvider: (request) => configureProvider(session, request),
    ValidateResourceConfig: ({ config, typeName }) =>
      validateConfig(session, "ValidateResourceConfig", () => session.resource(typeName), config),
    ValidateDataResourceConfig: ({ config, typeName }) =>
      validateConfig(session, "ValidateDataResourceConfig", () => session.dataSource(typeName), config),
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

/** Checks the configuration of a provider, a resource or a data source. Values may be unknown. */
function validateConfig(
  session: Session,
  rpc: string,
  find: () => { readonly schema: Schema; validate?(config: Model<Schema>): readonly Diagnostic[] },
  config: ProtocolMessage<"DynamicValue"> | undefined,
): Promise<ProtocolMessage<"DiagnosticsResponse">> {
  return session.answer(rpc, {}, () => {
    const definition = find();
    const given = decodeModel(definition.schema, config);
    const found = given && [
      ...deprecations(definition.schema, given),
      ...(definition.validate?.(given) ?? []),
    ];
    return { diagnostics: diagnosticMessages(found ?? []) };
  });
}

function deprecations({ attributes }: Schema, given: Model<Schema>): Diagnostic[] {
  return Object.entries(attributes).flatMap(([name, { deprecated }]) =>
    deprecated === undefined || given[name] === null
      ? []
      : [warning(`The attribute ${name} is deprecated`, deprecated, [{ attribute: name }])],
  );
}

/** Configures the provider, and stores the resulting context for later operations. */
function configureProvider(
  session: Session,
  request: ProtocolMessage<"ConfigureProviderRequest">,
): Promise<ProtocolMessage<"DiagnosticsResponse">> {
  const { provider } = session;
  return session.answer("ConfigureProvider", {}, async () => {
    const config = decodeModel(provider.schema, request.config);
    if (config === null) return {};
    const result = await provider.configure(config, request.terraformVersion ?? "");
    session.configured(result);
    return { diagnostics: diagnosticMessages(result.diagnostics) };
  });
}

/**
 * Reads a data source. The engine calls this when the whole configuration is known: at plan, or else at
 * apply.
 */
function readDataSource(
  session: Session,
  request: ProtocolMessage<"ReadDataSourceRequest">,
): Promise<ProtocolMessage<"ReadDataSourceResponse">> {
  return session.answer("ReadDataSource", {}, async () => {
    const source = session.dataSource(request.typeName);
    const config = decodeModel(source.schema, request.config);
    const filled = withDefaults(source.schema, config, config);
    if (filled === null) return {};
    const { state, diagnostics } = await source.read({ config: filled, context: session.context() });
    return {
      state: state === null ? undefined : encodeModel(source.schema, state),
      diagnostics: diagnosticMessages(diagnostics),
    };
  });
}

/**
 * Reads an object of a state file, which another release of this provider may have written: attributes that
 * no longer exist are dropped, new ones are null.
 */
function upgradeResourceState(
  session: Session,
  request: ProtocolMessage<"UpgradeResourceStateRequest">,
): Promise<ProtocolMessage<"UpgradeResourceStateResponse">> {
  const { typeName = "", version = 0, rawState } = request;
  return session.answer("UpgradeResourceState", {}, () => {
    const { schema } = session.resource(typeName);
    const unreadable = (why: string) =>
      new DiagnosticError(`The state of ${typeName} cannot be read`, `The state cannot be used: ${why}.`);
    if (!rawState?.json?.length) throw unreadable("it is in the format of Terraform 0.11 or earlier");
    if (version !== schema.version)
      throw unreadable(
        `it was written by another version of this provider (schema ${version}, this one has ${schema.version}). ` +
          "Use that version",
      );
    const state = modelFromJson(schema, decodeJson(rawState.json));
    return { upgradedState: encodeModel(schema, state) };
  });
}

/** Refreshes a state. If that fails, the state stays unchanged. */
function readResource(
  session: Session,
  request: ProtocolMessage<"ReadResourceRequest">,
): Promise<ProtocolMessage<"ReadResourceResponse">> {
  const { currentState = {}, private: privateData = NO_BYTES } = request;
  const unchanged = { newState: currentState, private: privateData };
  return session.answer("ReadResource", unchanged, async () => {
    const resource = session.resource(request.typeName);
    const state = decodeModel(resource.schema, currentState);
    if (state === null) return unchanged;
    const response = await resource.read({ state, privateData, context: session.context() });
    return {
      newState: encodeModel(resource.schema, response.state),
      private: response.privateData,
      diagnostics: diagnosticMessages(response.diagnostics),
    };
  });
}

function planResourceChange(
  session: Session,
  request: ProtocolMessage<"PlanResourceChangeRequest">,
): Promise<ProtocolMessage<"PlanResourceChangeResponse">> {
  const { priorPrivate: privateData = NO_BYTES } = request;
  return session.answer("PlanResourceChange", {}, async () => {
    const resource = session.resource(request.typeName);
    const { schema } = resource;
    const config = decodeModel(schema, request.config);
    const response = await resource.plan({
      prior: decodeModel(schema, request.priorState),
      proposed: withDefaults(schema, config, decodeModel(schema, request.proposedNewState)),
      config,
      privateData,
      context: session.context(),
    });
    return {
      plannedState: encodeModel(schema, response.planned),
      plannedPrivate: response.privateData,
      requiresReplace: (response.requiresReplace ?? []).map(pathMessage),
      diagnostics: diagnosticMessages(response.diagnostics),
    };
  });
}

/**
 * Applies a planned change. If that fails without a new state, the prior state stays, so that Terraform plans
 * the same change again and nothing is lost.
 */
function applyResourceChange(
  session: Session,
  request: ProtocolMessage<"ApplyResourceChangeRequest">,
): Promise<ProtocolMessage<"ApplyResourceChangeResponse">> {
  const { plannedPrivate: privateData = NO_BYTES, priorState = {} } = request;
  return session.answer("ApplyResourceChange", { newState: priorState, private: privateData }, async () => {
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
  });
}

/**
 * Passes Terraform's first interrupt on and answers at once. Operations in flight end with their own answers.
 */
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
