import { createEngineServer, type EngineServer, type ServeContext } from "../plugin";
import { genauthProvider } from "./provider";

/**
 * The `genauth` provider's server. It is a file of its own in the package, so that no process has to read it before
 * Terraform knows where to connect.
 *
 * @param environment where what the configuration leaves out is taken from
 */
export function createService(environment: NodeJS.ProcessEnv, context: ServeContext): EngineServer {
  return createEngineServer(genauthProvider(environment), context);
}
