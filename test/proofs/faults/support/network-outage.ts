import { AsyncLocalStorage } from "node:async_hooks";
import dns from "node:dns";
import tls from "node:tls";
import { afterAll, beforeAll } from "@jest/globals";
import type { Emulator, RuleHandle } from "../../../support/emulator";
import type { Environment } from "./managed-set";
import { startTlsProxy, type TlsProxy } from "./tls-proxy";

/** A fault of the network: the host name does not resolve, or the server shows an untrusted certificate. */
export interface NetworkFault {
  readonly what: "name" | "certificate";
  /** For how many milliseconds, from when it begins. */
  readonly forMs: number;
}

/** The client accepts plain http for loopback only, so the name to hide is this one. */
const NAME = "localhost";

const outages = new AsyncLocalStorage<NetworkOutage>();

/** A network that fails for a while, for one run only. */
export class NetworkOutage {
  #fault: RuleHandle | undefined;
  #endsAt: number | undefined;
  #proxy: TlsProxy | undefined;

  constructor(private readonly fault: NetworkFault) {}

  /** Prepares the network. @returns the variables of a run that uses it */
  async open(emulator: Emulator): Promise<Environment> {
    if (this.fault.what === "name") return { GENAUTH_HOST: `http://${NAME}:${new URL(emulator.url).port}` };
    this.#proxy = await startTlsProxy(emulator.url, () => this.isOn());
    return { GENAUTH_HOST: this.#proxy.url };
  }

  /** Begins to fail when the fault first applies. */
  beginWith(fault: RuleHandle): void {
    this.#fault = fault;
  }

  /** Runs something with this network. */
  async within<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await outages.run(this, run);
    } finally {
      await this.#proxy?.close();
    }
  }

  /** Whether a host name does not resolve at the moment. */
  hides(hostname: unknown): boolean {
    return this.fault.what === "name" && hostname === NAME && this.isOn();
  }

  /** The certificate that clients in this network trust, as PEM. */
  get trusted(): string | undefined {
    return this.#proxy?.certificate;
  }

  private isOn(): boolean {
    if (!this.#fault?.applied) return false;
    this.#endsAt ??= performance.now() + this.fault.forMs;
    return performance.now() < this.#endsAt;
  }
}

/** Enables outages in a test file: for a new connection, node:net calls `dns.lookup`, and node:https calls `tls.connect`. */
export function interceptNetwork(): void {
  const { lookup } = dns;
  const { connect } = tls;
  beforeAll(() => {
    dns.lookup = Object.assign((...args: unknown[]): void => {
      const outage = outages.getStore();
      const answer = args.pop() as (...found: unknown[]) => void;
      // The name may also be hidden while it is looked up, which takes some milliseconds.
      const answerUnlessHidden = (...found: unknown[]): void =>
        outage?.hides(args[0]) === true ? answer(notFound()) : answer(...found);
      lookup(...([...args, answerUnlessHidden] as Parameters<typeof lookup>));
    }, lookup);
    tls.connect = ((options: tls.ConnectionOptions, ...rest: (() => void)[]) => {
      const ca = outages.getStore()?.trusted;
      return connect(ca === undefined ? options : { ...options, ca }, ...rest);
    }) as typeof connect;
  });
  afterAll(() => {
    Object.assign(dns, { lookup });
    Object.assign(tls, { connect });
  });
}

/** The error of Node.js for a host name that does not resolve. */
function notFound(): Error {
  const systemError = { code: "ENOTFOUND", syscall: "getaddrinfo", hostname: NAME };
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${NAME}`), systemError);
}
