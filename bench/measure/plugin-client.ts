import { Client, credentials } from "@grpc/grpc-js";
import type { Certificate } from "../../src/plugin/certificate";

/** A gRPC client for a provider, like an engine's. */
export class PluginClient {
  readonly #client: Client;

  /**
   * @param handshake the provider's first line of output
   * @param certificate the client certificate that the provider received at its start
   */
  constructor(handshake: string, certificate: Certificate) {
    const [, , , socket = "", , der = ""] = handshake.trim().split("|");
    const padded = Buffer.from(der, "base64").toString("base64");
    const root = Buffer.from(`-----BEGIN CERTIFICATE-----\n${padded}\n-----END CERTIFICATE-----\n`);
    const [key, chain] = [Buffer.from(certificate.privateKeyPem), Buffer.from(certificate.pem)];
    this.#client = new Client(`unix:${socket}`, credentials.createSsl(root, key, chain), {
      "grpc.ssl_target_name_override": "localhost",
    });
  }

  /** Calls a method with an empty message, and ignores the answer. @throws Error if the call fails */
  async call(path: string): Promise<void> {
    const bytes = (message: Buffer) => message;
    await new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(path, bytes, bytes, Buffer.alloc(0), (problem, answer) =>
        problem ? reject(problem) : resolve(answer),
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}
