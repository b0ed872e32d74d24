import { createEngineServer, type EngineServer, type ServeContext } from "../plugin";
import { genauthProvider } from "./provider";

/**
 * Creates the `genauth` provider's server. It is a separate file in the package, so that a process loads it
 * only after Terraform knows where to connect.
 *
 * @param environment supplies settings that the configuration does not give
 * @param onConfigure called when the provider is configured, so before it calls GenAuth
 */
export function createService(
  environment: NodeJS.ProcessEnv,
  context: ServeContext,
  onConfigure: () => void = () => undefined,
): EngineServer {
  const provider = genauthProvider(environment);
  const configure: typeof provider.configure = (config, engineVersion) => {
    onConfigure();
    return provider.configure(config, engineVersion);
  };
  return createEngineServer({ ...provider, configure }, context);
}
