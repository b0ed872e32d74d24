import { AsyncLocalStorage } from "node:async_hooks";
import dns from "node:dns";
import tls from "node:tls";
import { afterAll, beforeAll } from "@jest/globals";
import type { Emulator, RuleHandle } from "../../../src/emulator";
import type { Environment } from "./managed-set";
import { startTlsFront, type TlsFront } from "./tls-front";

/** What fails on the way to the server: its name resolves to nothing, or it shows a certificate that nobody vouches for. */
export interface WayFault {
  readonly what: "name" | "certificate";
  /** For how many milliseconds, from the first time on that the fault strikes. */
  readonly forMs: number;
}

/** The only name that plain http is spoken to, and so the one that tests can take away. */
const NAME = "localhost";

const outages = new AsyncLocalStorage<WayOutage>();

/** A way that fails for a while; other runs beside it see no difference. */
export class WayOutage {
  #fault: RuleHandle | undefined;
  #endsAt: number | undefined;
  #front: TlsFront | undefined;

  constructor(private readonly fault: WayFault) {}

  /** Opens the way. @returns the variables of a run that goes by it */
  async open(emulator: Emulator): Promise<Environment> {
    if (this.fault.what === "name") return byName(emulator);
    this.#front = await startTlsFront(emulator.url, () => this.isOn());
    return { GENAUTH_HOST: this.#front.url };
  }

  /** Begins to fail when the fault first applies. */
  beginWith(fault: RuleHandle): void {
    this.#fault = fault;
  }

  /** Has a run go by it. */
  within<T>(run: () => Promise<T>): Promise<T> {
    return outages.run(this, run).finally(() => this.#front?.close());
  }

  /** Whether there is no address for a name now. */
  hides(hostname: unknown): boolean {
    return this.fault.what === "name" && hostname === NAME && this.isOn();
  }

  /** The certificate that is trusted on this way, as PEM. */
  get trusted(): string | undefined {
    return this.#front?.certificate;
  }

  private isOn(): boolean {
    if (!this.#fault?.applied) return false;
    this.#endsAt ??= performance.now() + this.fault.forMs;
    return performance.now() < this.#endsAt;
  }
}

/** The variables that make a run look up the emulator's name. */
export function byName({ url }: Emulator): Environment {
  return { GENAUTH_HOST: `http://${NAME}:${new URL(url).port}` };
}

/** Makes outages happen in the tests of a file: node:net asks `dns.lookup`, node:https `tls.connect` for a new connection. */
export function interceptWays(): void {
  const { lookup } = dns;
  const { connect } = tls;
  beforeAll(() => {
    dns.lookup = Object.assign((...args: Parameters<typeof lookup>): void => {
      const answer: unknown = args.at(-1);
      if (outages.getStore()?.hides(args[0]) && typeof answer === "function") {
        process.nextTick(answer, notFound());
      } else lookup(...args);
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

/** What Node.js makes of a name server's "no such name". */
function notFound(): Error {
  const systemError = { code: "ENOTFOUND", syscall: "getaddrinfo", hostname: NAME };
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${NAME}`), systemError);
}
