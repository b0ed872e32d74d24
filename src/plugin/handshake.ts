import { X509Certificate } from "node:crypto";

/** Why the provider cannot start, in sentences for the person who started it. */
export class StartupError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "StartupError";
  }
}

/** Tells a provider that Terraform starts it. The value is public, not a secret. */
const MAGIC_COOKIE = {
  variable: "TF_PLUGIN_MAGIC_COOKIE",
  value: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
} as const;

/** The versions of the handshake and of the protocol. */
const HANDSHAKE_VERSION = 1;
const PROTOCOL_VERSION = 6;

/** Terraform's side of the handshake, from the environment. */
export interface Handshake {
  /**
   * The only accepted client certificate; absent if the engine connects without TLS, which debugging allows.
   */
  readonly clientCertificate?: X509Certificate;
}

/**
 * Whether the person who runs this process allows connections without TLS, for a debugger or a test harness:
 * the variable is `GENAUTH_PLUGIN_DEBUG=1` for a provider named `genauth`. The socket stays in a folder that
 * only this user can enter.
 */
export function allowsDebugging(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
): boolean {
  return environment[debugVariable(name)] === "1";
}

function debugVariable(name: string): string {
  return `${name.toUpperCase()}_PLUGIN_DEBUG`;
}

/** Whether Terraform or OpenTofu started this process. */
export function isStartedByEngine(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment[MAGIC_COOKIE.variable] === MAGIC_COOKIE.value;
}

/**
 * Reads Terraform's side of the handshake.
 *
 * @param name the provider's name, for messages
 * @throws StartupError if it is not Terraform, uses other versions, or would connect without TLS and
 *   debugging is not allowed
 */
export function readHandshake(
  environment: Readonly<Record<string, string | undefined>>,
  name: string,
): Handshake {
  if (!isStartedByEngine(environment)) {
    throw new StartupError(
      `This is the ${name} provider for Terraform and OpenTofu. They start it themselves; it does nothing on its own.`,
    );
  }
  const versions = environment.PLUGIN_PROTOCOL_VERSIONS ?? "";
  if (!versions.split(",").includes(String(PROTOCOL_VERSION))) {
    throw new StartupError(
      `The ${name} provider speaks plugin protocol ${PROTOCOL_VERSION} and was offered ${versions || "none"}. ` +
        "Use Terraform 1.5.7 or OpenTofu 1.6.3, or later.",
    );
  }
  const pem = environment.PLUGIN_CLIENT_CERT;
  if (!pem) {
    if (allowsDebugging(environment, name)) return {};
    throw new StartupError(
      `The ${name} provider talks over mutual TLS only, and was given no client certificate. Unset TF_DISABLE_PLUGIN_TLS. ` +
        `A test harness that needs it sets ${debugVariable(name)}=1 as well.`,
    );
  }
  const clientCertificate = certificateOf(pem);
  if (!clientCertificate) {
    throw new StartupError(
      `The ${name} provider cannot read the client certificate in PLUGIN_CLIENT_CERT, so it would trust nobody. ` +
        "Terraform sets that variable itself; unset it where something else does.",
    );
  }
  return { clientCertificate };
}

function certificateOf(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/**
 * The provider's side of the handshake: one line on standard output.
 *
 * @param certificate the server's, in DER; empty without TLS
 */
export function handshakeLine(socket: string, certificate: Uint8Array): string {
  const base64 = Buffer.from(certificate).toString("base64").replace(/=+$/, "");
  return [HANDSHAKE_VERSION, PROTOCOL_VERSION, "unix", socket, "grpc", base64].join("|");
}

/**
 * The variable with which an engine connects to providers that are already running, and neither starts nor
 * ends them.
 */
export const REATTACH_VARIABLE = "TF_REATTACH_PROVIDERS";

/**
 * The entry of a running provider in the JSON object of that variable.
 *
 * @param address the provider's source address, as in `required_providers`
 */
export function reattachEntry(address: string, socket: string): Readonly<Record<string, object>> {
  const provider = {
    Protocol: "grpc",
    ProtocolVersion: PROTOCOL_VERSION,
    Pid: process.pid,
    Test: true,
    Addr: { Network: "unix", String: socket },
  };
  return { [address]: provider };
}
