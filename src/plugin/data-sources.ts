import { decodeModel, encodeModel, withDefaults } from "./dynamic-value";
import type { ProtocolMessage } from "./protocol-messages";
import { diagnosticMessages, type Session } from "./session";

/** Checks the configuration of a data source. Values may be unknown. */
export function validateDataResourceConfig(
  session: Session,
  request: ProtocolMessage<"ValidateDataResourceConfigRequest">,
): Promise<ProtocolMessage<"DiagnosticsResponse">> {
  return session.answer(
    "ValidateDataResourceConfig",
    () => {
      const source = session.dataSource(request.typeName);
      const config = decodeModel(source.schema, request.config);
      return { diagnostics: diagnosticMessages((config && source.validate?.(config)) ?? []) };
    },
    {},
  );
}

/** Reads a data source. The engine calls this when the whole configuration is known: at plan, or else at apply. */
export function readDataSource(
  session: Session,
  request: ProtocolMessage<"ReadDataSourceRequest">,
): Promise<ProtocolMessage<"ReadDataSourceResponse">> {
  return session.answer(
    "ReadDataSource",
    async () => {
      const source = session.dataSource(request.typeName);
      const config = decodeModel(source.schema, request.config);
      const filled = withDefaults(source.schema, config, config);
      if (filled === null) return {};
      const { state, diagnostics } = await source.read({ config: filled, context: session.context() });
      return {
        ...(state !== null && { state: encodeModel(source.schema, state) }),
        diagnostics: diagnosticMessages(diagnostics),
      };
    },
    {},
  );
}
