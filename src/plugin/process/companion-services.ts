import { STATUS, StatusError } from "../grpc/status";
import type { Message } from "../protocol/messages";
import type { Handlers } from "../protocol/grpc-methods";

type HealthRequest = Message<"HealthCheckRequest">;
type HealthResponse = Message<"HealthCheckResponse">;

/** The service name that Terraform asks the health of, and the health protocol's numbers. */
const HEALTH_SERVICE = "plugin";
const SERVING = 1;
const SERVICE_UNKNOWN = 3;

/** A call on which nothing is ever said, but whose end Terraform takes for the end of the process. */
const OPEN = { receive: () => undefined };

/**
 * The services that Terraform expects beside the provider's own.
 *
 * @param shutdown called when Terraform asks for the end, before it has its answer
 */
export function companionServices(shutdown: () => void): Omit<Handlers, "tfplugin6.Provider"> {
  const Shutdown = () => {
    shutdown();
    return Promise.resolve({});
  };
  return {
    "plugin.GRPCController": { Shutdown },
    "plugin.GRPCBroker": { StartStream: OPEN },
    "plugin.GRPCStdio": { StreamStdio: OPEN },
    "grpc.health.v1.Health": { Check: check, Watch: { receive: watch } },
  };
}

function check(request: HealthRequest): Promise<HealthResponse> {
  return isHealthService(request)
    ? Promise.resolve({ status: SERVING })
    : Promise.reject(new StatusError(STATUS.notFound, "no such service"));
}

function watch(request: HealthRequest, send: (response: HealthResponse) => void): void {
  send({ status: isHealthService(request) ? SERVING : SERVICE_UNKNOWN });
}

function isHealthService({ service = "" }: HealthRequest): boolean {
  return service === "" || service === HEALTH_SERVICE;
}
