import { existsSync, statSync, utimesSync } from "node:fs";
import { dirname } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { startChild, type Child, type Finished } from "../engine/child";
import { createCertificate, type Certificate } from "../../../src/plugin/certificate";
import { codecOf } from "../../../src/plugin/codec";
import { SERVICES, type MethodMessages, type ServiceName } from "../../../src/plugin/protocol-messages";

/** The variables that Terraform sets when it starts a provider, for a client with this certificate. */
export function startVariables(client: Certificate): Record<string, string> {
  return {
    PATH: process.env.PATH ?? "",
    TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
    PLUGIN_PROTOCOL_VERSIONS: "5,6",
    PLUGIN_CLIENT_CERT: client.pem,
  };
}

/** How a provider is started. */
interface StartOptions {
  readonly args?: readonly string[];
  /** Additional variables. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A running provider after its handshake. */
export class PluginProcess {
  readonly #child: Child;
  readonly #clients: Client[] = [];
  readonly #certificate: Certificate;

  private constructor(child: Child, certificate: Certificate) {
    this.#child = child;
    this.#certificate = certificate;
  }

  /** Starts a provider, or a program that starts one, and waits for the handshake. */
  static async start(
    command: string,
    { args = [], environment = {} }: StartOptions = {},
  ): Promise<PluginProcess> {
    const certificate = createCertificate();
    const env = { ...startVariables(certificate), ...environment };
    const child = startChild(command, args, { cwd: "/", env });
    await child.waitFor(/^1\|6\|unix\|.*\n/m);
    return new PluginProcess(child, certificate);
  }

  /** The process that was started. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Settles when all processes with the provider's outputs have ended. */
  get finished(): Promise<Finished> {
    return this.#child.finished;
  }

  get socketFolderExists(): boolean {
    return existsSync(dirname(this.#handshake().socket));
  }

  /** The socket's permissions, in the form of `chmod`. */
  get socketMode(): number {
    return statSync(this.#handshake().socket).mode & 0o777;
  }

  /** Sets the time of the socket's folder to some minutes ago. */
  ageSocketFolder(minutes: number): void {
    const then = Date.now() / 1000 - minutes * 60;
    utimesSync(dirname(this.#handshake().socket), then, then);
  }

  /** Calls a method, with the announced client certificate, another one, or none. */
  call(
    service: ServiceName,
    method: string,
    request: object = {},
    certificate: Certificate | "none" = this.#certificate,
  ): Promise<object | undefined> {
    const methods: Readonly<Record<string, MethodMessages>> = SERVICES[service];
    const [requestName, responseName] = methods[method] ?? [];
    if (!requestName || !responseName) throw new Error(`${service} has no ${method}`);
    const client = this.#client(certificate);
    return new Promise((resolve, reject) => {
      client.makeUnaryRequest<object, object>(
        `/${service}/${method}`,
        (message) => Buffer.from(codecOf(requestName).encode(message)),
        (bytes) => codecOf(responseName).decode(bytes),
        request,
        (problem, response) => (problem ? reject(problem) : resolve(response)),
      );
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.signal(signal);
  }

  /** Ends the remaining processes. */
  close(): void {
    for (const client of this.#clients) client.close();
    this.#child.signal("SIGTERM");
  }

  #client(certificate: Certificate | "none"): Client {
    const { socket, serverCertificate } = this.#handshake();
    const [key, chain] =
      certificate === "none" ? [] : [Buffer.from(certificate.privateKeyPem), Buffer.from(certificate.pem)];
    const client = new Client(`unix:${socket}`, credentials.createSsl(serverCertificate, key, chain), {
      "grpc.ssl_target_name_override": "localhost",
    });
    this.#clients.push(client);
    return client;
  }

  #handshake(): { readonly socket: string; readonly serverCertificate: Buffer } {
    const [, , , socket = "", , der = ""] = this.#child.text().trim().split("|");
    const padded = Buffer.from(der, "base64").toString("base64");
    const pem = `-----BEGIN CERTIFICATE-----\n${padded}\n-----END CERTIFICATE-----\n`;
    return { socket, serverCertificate: Buffer.from(pem) };
  }
}
