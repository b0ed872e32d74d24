import { diagnosticMessages } from "../protocol/diagnostics";
import type { Message } from "../protocol/messages";
import { decodeModel } from "../values/model";
import { answer } from "./answer";
import type { Session } from "./session";

/** Checks the provider's configuration. */
export function validateProviderConfig(
  session: Session,
  request: Message<"ProviderConfigRequest">,
): Promise<Message<"ValidateProviderConfigResponse">> {
  const { provider } = session;
  return answer(
    session,
    "ValidateProviderConfig",
    () => {
      const config = decodeModel(provider.schema, request.config);
      return { diagnostics: diagnosticMessages((config && provider.validate?.(config)) ?? []) };
    },
    {},
  );
}

/** Checks one block of a resource. */
export function validateResourceConfig(
  session: Session,
  request: Message<"ValidateResourceConfigRequest">,
): Promise<Message<"DiagnosticsResponse">> {
  return answer(
    session,
    "ValidateResourceConfig",
    () => {
      const resource = session.resource(request.typeName);
      const config = decodeModel(resource.schema, request.config);
      return { diagnostics: diagnosticMessages((config && resource.validate?.(config)) ?? []) };
    },
    {},
  );
}
