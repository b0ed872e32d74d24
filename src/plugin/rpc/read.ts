import { diagnosticMessages } from "../protocol/diagnostics";
import type { Message } from "../protocol/messages";
import { decodeModel, encodeModel } from "../values/model";
import { answer } from "./answer";
import type { Session } from "./session";

/** Refreshes a state. One that cannot be refreshed stays as it is. */
export function readResource(
  session: Session,
  request: Message<"ReadResourceRequest">,
): Promise<Message<"ReadResourceResponse">> {
  const { currentState = {}, private: privateData = NO_BYTES } = request;
  const unchanged = { newState: currentState, private: privateData };
  return answer(
    session,
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

const NO_BYTES = new Uint8Array();
