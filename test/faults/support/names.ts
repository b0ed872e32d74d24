import { AsyncLocalStorage } from "node:async_hooks";
import dns from "node:dns";
import { afterAll, beforeAll } from "@jest/globals";
import type { Emulator, FaultHandle } from "../../../src/emulator";
import type { Environment } from "./managed-set";

/** The only name that plain http is spoken to, and so the one that tests can take away. */
const NAME = "localhost";

const outages = new AsyncLocalStorage<NameOutage>();

/** For a while, the name of a run's server resolves to nothing; other runs beside it see no difference. */
export class NameOutage {
  #fault: FaultHandle | undefined;
  #endsAt: number | undefined;

  /** @param ms how long it lasts */
  constructor(private readonly ms: number) {}

  /** Begins when the fault first applies. */
  beginWith(fault: FaultHandle): void {
    this.#fault = fault;
  }

  /** Whether it has begun and not ended. */
  isOn(): boolean {
    if (!this.#fault?.applied) return false;
    this.#endsAt ??= performance.now() + this.ms;
    return performance.now() < this.#endsAt;
  }

  /** Has a run meet it. */
  within<T>(run: () => Promise<T>): Promise<T> {
    return outages.run(this, run);
  }
}

/** The variables that make a run look up the emulator's name. */
export function byName({ url }: Emulator): Environment {
  return { GENAUTH_HOST: `http://${NAME}:${new URL(url).port}` };
}

/** Makes outages of names happen in the tests of a file: node:net asks `dns.lookup` for every new connection. */
export function interceptNames(): void {
  const original = dns.lookup;
  beforeAll(() => {
    dns.lookup = Object.assign((...args: Parameters<typeof dns.lookup>): void => {
      const [hostname] = args;
      const answer: unknown = args.at(-1);
      if (hostname === NAME && outages.getStore()?.isOn() && typeof answer === "function")
        process.nextTick(answer, notFound());
      else original(...args);
    }, original);
  });
  afterAll(() => {
    dns.lookup = original;
  });
}

/** What Node.js makes of a name server's "no such name". */
function notFound(): Error {
  const systemError = { code: "ENOTFOUND", syscall: "getaddrinfo", hostname: NAME };
  return Object.assign(new Error(`getaddrinfo ENOTFOUND ${NAME}`), systemError);
}
