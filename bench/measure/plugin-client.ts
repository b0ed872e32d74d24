import { Client, credentials } from "@grpc/grpc-js";
import type { Certificate } from "../../src/plugin/certificate";

/** Talks to a provider as the engine that started it does. */
export class PluginClient {
  readonly #client: Client;

  /**
   * @param handshake the line that the provider wrote
   * @param certificate the one that it was told of when it was started
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

  /** Calls a method with an empty message, and takes whatever it answers. @throws Error where the call fails */
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
