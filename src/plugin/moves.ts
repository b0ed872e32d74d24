import { DiagnosticError, error } from "./diagnostic";
import { encodeModel, parseJson } from "./dynamic-value";
import type { ProtocolMessage } from "./protocol-messages";
import { diagnosticMessages, type Session } from "./session";

const NO_BYTES = new Uint8Array();

/**
 * Makes the state of a resource from one of another type, which a `moved` block names. The engine refreshes it next. It asks in a
 * process that it does not configure, at each plan, and expects the same answer.
 */
export function moveResourceState(
  session: Session,
  request: ProtocolMessage<"MoveResourceStateRequest">,
): Promise<ProtocolMessage<"MoveResourceStateResponse">> {
  const { sourceProviderAddress: provider = "", sourceTypeName: type = "", sourceState } = request;
  return session.answer(
    "MoveResourceState",
    async () => {
      const { targetTypeName = "" } = request;
      const resource = session.resource(targetTypeName);
      if (!resource.moveState || !sourceState?.json?.length) {
        throw new DiagnosticError(
          error(
            `A ${type} cannot become a ${targetTypeName}`,
            "Remove the `moved` block. Move within the same resource type, or import the object instead.",
          ),
        );
      }
      const source = { provider, type, state: parseJson(sourceState.json) };
      const { state, privateData, diagnostics } = await resource.moveState(source);
      return {
        ...(state !== null && {
          targetState: encodeModel(resource.schema, state),
          targetPrivate: privateData,
        }),
        diagnostics: diagnosticMessages(diagnostics),
      };
    },
    { targetPrivate: NO_BYTES },
  );
}
