import { GrpcServer } from "../grpc/server";
import { grpcMethods } from "../protocol/grpc-methods";
import type { ProviderMethods } from "../protocol/services";
import { companionServices } from "./companion-services";
import { sparingMemory } from "./heap-growth";

/** How long a shutdown waits for Terraform to take its answers, in milliseconds; Terraform kills after 2 s. */
const SHUTDOWN_GRACE = 1_000;

/**
 * Everything that Terraform calls of a provider, as a gRPC server.
 *
 * @param onShutdown called when Terraform has asked for the end and has its answer
 */
export function createEngineServer(methods: ProviderMethods, onShutdown: () => void): GrpcServer {
  const called = grpcMethods({
    "tfplugin6.Provider": methods,
    ...companionServices(() => {
      void server.stop().then(onShutdown);
      setTimeout(onShutdown, SHUTDOWN_GRACE).unref();
    }),
  });
  const server = new GrpcServer(sparingMemory(called));
  return server;
}
