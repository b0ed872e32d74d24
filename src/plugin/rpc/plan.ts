import { diagnosticMessages, pathMessage } from "../protocol/diagnostics";
import type { Message } from "../protocol/messages";
import { withDefaults } from "../values/defaults";
import { decodeModel, encodeModel } from "../values/model";
import { answer } from "./answer";
import type { Session } from "./session";

/** Says what apply would do. */
export function planResourceChange(
  session: Session,
  request: Message<"PlanResourceChangeRequest">,
): Promise<Message<"PlanResourceChangeResponse">> {
  const { priorPrivate: privateData = new Uint8Array() } = request;
  return answer(
    session,
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
