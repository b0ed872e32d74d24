import { diagnosticMessages } from "../protocol/diagnostics";
import type { Message } from "../protocol/messages";
import { diagnosticOf, stackFrames } from "./failure";
import type { Session } from "./session";

/** What every response has a place for. */
interface Response {
  readonly diagnostics?: readonly Message<"Diagnostic">[];
}

/**
 * Answers a call: with what the work gives or, where it throws, with one error diagnostic.
 *
 * @param otherwise the rest of the response to a failed call, which decides what Terraform keeps
 */
export async function answer<R extends Response>(
  session: Session,
  rpc: string,
  work: () => NoInfer<R> | Promise<NoInfer<R>>,
  otherwise: NoInfer<Omit<R, "diagnostics">>,
): Promise<R> {
  const start = performance.now();
  try {
    return await work();
  } catch (thrown) {
    session.log.debug("call failed", () => ({ rpc, stack: stackFrames(thrown) }));
    return { ...otherwise, diagnostics: diagnosticMessages([diagnosticOf(thrown, rpc)]) } as R;
  } finally {
    session.log.debug("call answered", () => ({ rpc, milliseconds: Math.round(performance.now() - start) }));
  }
}
