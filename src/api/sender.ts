import type { Clock } from "../timing";
import { connectToGuard } from "./guard-connection";
import type { ManagementClientOptions, Settings } from "./options";
import { createSigner, signHeaders } from "./signature";
import { createTransport, type Sender } from "./transport";

/** Creates a sender that signs with the key or, if a guard holds it, has the guard sign. */
export function createSender(
  { accessKeyId, accessKeySecret }: ManagementClientOptions,
  settings: Settings,
  clock: Clock,
): Sender {
  const { guard } = settings;
  if (guard !== undefined) return connectToGuard(guard, settings);
  const sign = createSigner(accessKeyId, accessKeySecret);
  // Nonce and date are valid once, so each attempt is signed anew.
  return createTransport(settings, (request) => signHeaders(request, settings, sign, clock.now()));
}
