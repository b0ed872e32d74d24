import {
  Server,
  ServerCredentials,
  status,
  type handleUnaryCall,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { serviceDefinition, SERVICES, type ProviderMethods, type ServiceName } from "../protocol/services";
import type { Certificate } from "./certificate";
import { companionServices } from "./companion-services";

/** How long a shutdown waits for Terraform to take its answers, in milliseconds; Terraform kills after 2 s. */
const SHUTDOWN_GRACE = 1_000;

/**
 * How long the last answer may take from gRPC's hands into the socket's, in milliseconds: one turn of the event loop.
 */
const FLUSH_TIME = 5;

/** What a server needs. */
export interface ServerOptions {
  readonly methods: ProviderMethods;
  readonly socket: string;
  readonly certificate: Certificate;
  /** The one certificate that a client may show, as PEM. */
  readonly clientCertificate: string;
  /** Called when Terraform has asked for the end and has its answer. */
  readonly onShutdown: () => void;
}

/** Listens on the socket, over mutual TLS. Settles once clients can connect. */
export async function listen(options: ServerOptions): Promise<void> {
  // A set of 100,000 users is larger than the 4 MiB that gRPC would take; Terraform is trusted to send what fits.
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  const services: Readonly<Record<ServiceName, UntypedServiceImplementation>> = {
    "tfplugin6.Provider": unaryMethods(options.methods),
    ...companionServices(() => {
      server.tryShutdown(() => setTimeout(options.onShutdown, FLUSH_TIME));
      setTimeout(options.onShutdown, SHUTDOWN_GRACE).unref();
    }),
  };
  for (const name of Object.keys(SERVICES) as ServiceName[]) {
    server.addService(serviceDefinition(name), services[name]);
  }
  const { pem, privateKeyPem } = options.certificate;
  const credentials = ServerCredentials.createSsl(
    Buffer.from(options.clientCertificate),
    [{ cert_chain: Buffer.from(pem), private_key: Buffer.from(privateKeyPem) }],
    true,
  );
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${options.socket}`, credentials, (problem) =>
      problem ? reject(problem) : resolve(),
    );
  });
}

function unaryMethods(methods: ProviderMethods): UntypedServiceImplementation {
  return Object.fromEntries(
    Object.entries(methods).map(([name, method]) => {
      const handle: handleUnaryCall<object, object> = ({ request }, callback) => {
        method(request).then(
          (response) => callback(null, response),
          (thrown: unknown) => callback({ code: status.INTERNAL, details: String(thrown) }),
        );
      };
      return [name, handle];
    }),
  );
}
