import {
  status,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Message } from "../protocol/messages";
import type { ServiceName } from "../protocol/services";

type HealthRequest = Message<"HealthCheckRequest">;
type HealthResponse = Message<"HealthCheckResponse">;

/** A stream on which nothing more is sent, but whose end Terraform takes for the end of the process. */
interface OpenCall {
  end(): void;
  on(event: "cancelled", listener: () => void): unknown;
}

/** The service name that Terraform asks the health of, and the health protocol's numbers. */
const HEALTH_SERVICE = "plugin";
const SERVING = 1;
const SERVICE_UNKNOWN = 3;

/**
 * The services that Terraform expects beside the provider's own.
 *
 * @param shutdown called when Terraform asks for the end, after its answer is on its way
 */
export function companionServices(
  shutdown: () => void,
): Readonly<Record<Exclude<ServiceName, "tfplugin6.Provider">, UntypedServiceImplementation>> {
  const open = new Set<OpenCall>();
  const keepOpen = (call: OpenCall) => {
    open.add(call);
    call.on("cancelled", () => open.delete(call));
  };

  const Shutdown: handleUnaryCall<object, object> = (_call, callback) => {
    for (const call of open) call.end();
    callback(null, {});
    shutdown();
  };
  const Check: handleUnaryCall<HealthRequest, HealthResponse> = ({ request }, callback) => {
    if (isHealthService(request)) callback(null, { status: SERVING });
    else callback({ code: status.NOT_FOUND, details: "no such service" });
  };
  const Watch: handleServerStreamingCall<HealthRequest, HealthResponse> = (call) => {
    call.write({ status: isHealthService(call.request) ? SERVING : SERVICE_UNKNOWN });
    keepOpen(call);
  };

  return {
    "plugin.GRPCController": { Shutdown },
    "plugin.GRPCBroker": { StartStream: keepOpen },
    "plugin.GRPCStdio": { StreamStdio: keepOpen },
    "grpc.health.v1.Health": { Check, Watch },
  };
}

function isHealthService({ service = "" }: HealthRequest): boolean {
  return service === "" || service === HEALTH_SERVICE;
}
