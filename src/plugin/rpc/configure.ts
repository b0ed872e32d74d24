import { diagnosticMessages } from "../protocol/diagnostics";
import type { Message } from "../protocol/messages";
import { decodeModel } from "../values/model";
import { answer } from "./answer";
import type { Session } from "./session";

/** Hands the configuration to the provider and keeps what it makes of it for the operations to come. */
export function configureProvider(
  session: Session,
  request: Message<"ConfigureProviderRequest">,
): Promise<Message<"DiagnosticsResponse">> {
  const { provider } = session;
  return answer(
    session,
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
