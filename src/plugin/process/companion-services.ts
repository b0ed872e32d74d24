import {
  status,
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import type { Message } from "../protocol/messages";
import type { ServiceName } from "../protocol/services";

type HealthRequest = Message<"HealthCheckRequest">;
type HealthResponse = Message<"HealthCheckResponse">;

/** The service name that Terraform asks the health of, and the protocol's number for "serving". */
const HEALTH_SERVICE = "plugin";
const SERVING = 1;

/**
 * The services that Terraform expects beside the provider's own.
 *
 * @param shutdown called once Terraform has been answered that the process will end
 */
export function companionServices(
  shutdown: () => void,
): Readonly<Record<Exclude<ServiceName, "tfplugin6.Provider">, UntypedServiceImplementation>> {
  const open = new Set<{ end(): void }>();

  /** Nothing is ever sent on these streams, but Terraform takes their end for the end of the process. */
  const keepOpen: handleServerStreamingCall<object, object> & handleBidiStreamingCall<object, object> = (
    call,
  ) => {
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
    call.write({ status: SERVING });
    open.add(call);
    call.on("cancelled", () => open.delete(call));
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
