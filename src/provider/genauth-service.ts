import { createEngineServer, type EngineServer, type ServeContext } from "../plugin";
import { genauthProvider } from "./provider";

/**
 * Creates the `genauth` provider's server. It is a separate file in the package, so that a process loads it only after
 * Terraform knows where to connect.
 *
 * @param environment supplies settings that the configuration does not give
 */
export function createService(environment: NodeJS.ProcessEnv, context: ServeContext): EngineServer {
  return createEngineServer(genauthProvider(environment), context);
}
