import type { ProviderDefinition } from "../definition";
import { GrpcServer } from "../grpc/server";
import { grpcMethods } from "../protocol/grpc-methods";
import { providerMethods } from "../rpc/provider-methods";
import { Session } from "../rpc/session";
import { providerProblems } from "../schema-check";
import type { EngineServer, Surroundings } from "../serve";
import type { Schema } from "../types";
import { companionServices } from "./companion-services";
import { sparingMemory } from "./heap-growth";
import { StartupError } from "./startup-error";

/** How long a shutdown waits for Terraform to take its answers, in milliseconds; Terraform kills after 2 s. */
const SHUTDOWN_GRACE = 1_000;

/** Said where a shutdown has waited in vain, which makes every command slower by as much. */
const LINGERING = "the engine asked for the end, but stays connected";

/**
 * Everything that Terraform calls of a provider, as a gRPC server.
 *
 * @throws StartupError where the provider is not made as Terraform wants one
 */
export function createEngineServer<P extends Schema, C>(
  provider: ProviderDefinition<P, C>,
  { log, onShutdown }: Surroundings,
): EngineServer {
  const problems = providerProblems(provider);
  if (problems.length > 0) throw new StartupError(problems.join("\n"));
  const called = grpcMethods({
    "tfplugin6.Provider": providerMethods(new Session(provider, log)),
    ...companionServices(() => {
      void server.stop().then(onShutdown);
      setTimeout(() => {
        log.warn(LINGERING);
        onShutdown();
      }, SHUTDOWN_GRACE).unref();
    }),
  });
  const server = new GrpcServer(sparingMemory(called));
  return server;
}
