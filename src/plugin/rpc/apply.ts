import { diagnosticMessages } from "../protocol/diagnostics";
import type { Message } from "../protocol/messages";
import { decodeModel, encodeModel } from "../values/model";
import { answer } from "./answer";
import type { Session } from "./session";

/**
 * Does what was planned. Where that fails without saying what became of the object, the state before stays: Terraform
 * then plans the same change again, and forgets nothing.
 */
export function applyResourceChange(
  session: Session,
  request: Message<"ApplyResourceChangeRequest">,
): Promise<Message<"ApplyResourceChangeResponse">> {
  const { plannedPrivate: privateData = new Uint8Array(), priorState = {} } = request;
  return answer(
    session,
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
