import { error } from "../diagnostic";
import { diagnosticMessages } from "../protocol/diagnostics";
import type { Message } from "../protocol/messages";
import { encodeModel } from "../values/model";
import { answer } from "./answer";
import { DiagnosticError } from "./failure";
import type { Session } from "./session";

/** Makes a state of the id that a person gave to `terraform import`. */
export function importResourceState(
  session: Session,
  request: Message<"ImportResourceStateRequest">,
): Promise<Message<"ImportResourceStateResponse">> {
  const { typeName = "", id = "" } = request;
  return answer(
    session,
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
      return {
        importedResources:
          state === null
            ? []
            : [{ typeName, state: encodeModel(resource.schema, state), private: privateData }],
        diagnostics: diagnosticMessages(diagnostics),
      };
    },
    {},
  );
}
