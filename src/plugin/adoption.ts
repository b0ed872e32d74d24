import { DiagnosticError } from "./diagnostic";
import { encodeModel, decodeJson } from "./dynamic-value";
import type { ProtocolMessage } from "./protocol-messages";
import { diagnosticMessages, type Session } from "./session";

const NO_BYTES = new Uint8Array();

/** Makes a state from the id given to `terraform import`. */
export function importResourceState(
  session: Session,
  request: ProtocolMessage<"ImportResourceStateRequest">,
): Promise<ProtocolMessage<"ImportResourceStateResponse">> {
  const { typeName = "", id = "" } = request;
  return session.answer("ImportResourceState", {}, async () => {
    const resource = session.resource(typeName);
    if (!resource.importState) {
      throw new DiagnosticError(`${typeName} cannot be imported`, "Declare it, and let Terraform create it.");
    }
    const { state, privateData, diagnostics } = await resource.importState(id, session.context());
    const failed = diagnostics.some(({ severity }) => severity === "error");
    if (state === null && !failed) {
      throw new DiagnosticError(
        `There is no ${typeName} to import`,
        `Nothing was found under the id "${id}". Check the id.`,
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
  });
}

/**
 * Makes the state of a resource from one of another type, which a `moved` block names. The engine refreshes
 * it next. It asks in a process that it does not configure, at each plan, and expects the same answer.
 */
export function moveResourceState(
  session: Session,
  request: ProtocolMessage<"MoveResourceStateRequest">,
): Promise<ProtocolMessage<"MoveResourceStateResponse">> {
  const { sourceProviderAddress: provider = "", sourceTypeName: type = "", sourceState } = request;
  return session.answer("MoveResourceState", { targetPrivate: NO_BYTES }, async () => {
    const { targetTypeName = "" } = request;
    const resource = session.resource(targetTypeName);
    if (!resource.moveState || !sourceState?.json?.length) {
      throw new DiagnosticError(
        `A ${type} cannot become a ${targetTypeName}`,
        "Remove the `moved` block. Move within the same resource type, or import the object instead.",
      );
    }
    const source = { provider, type, state: decodeJson(sourceState.json) };
    const { state, privateData, diagnostics } = await resource.moveState(source);
    return {
      targetState: state === null ? undefined : encodeModel(resource.schema, state),
      targetPrivate: state === null ? undefined : privateData,
      diagnostics: diagnosticMessages(diagnostics),
    };
  });
}
