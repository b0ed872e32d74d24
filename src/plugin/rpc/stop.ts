import type { Message } from "../protocol/messages";
import { stackFrames } from "./failure";
import type { Session } from "./session";

/** Passes the polite interrupt on. Answers at once; operations in flight end in their own answers. */
export function stopProvider(session: Session): Message<"StopProviderResponse"> {
  session.log.debug("asked to stop");
  try {
    session.provider.stop?.();
    return {};
  } catch (thrown) {
    session.log.debug("stop failed", () => ({ stack: stackFrames(thrown) }));
    return { error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}
