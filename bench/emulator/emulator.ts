import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { CallsReceived, EmulatedPool, EmulatorReady } from "./messages";

/** An emulator that runs in another process. */
export class BenchEmulator {
  private constructor(
    private readonly child: ChildProcess,
    readonly ready: EmulatorReady,
  ) {}

  static async start(pool: EmulatedPool): Promise<BenchEmulator> {
    const child = fork(join(__dirname, "main.ts"), [JSON.stringify(pool)], { execArgv: ["--import", "tsx"] });
    return new BenchEmulator(child, await nextMessage<EmulatorReady>(child));
  }

  /** The variables that make the provider use it. */
  environment(): Readonly<Record<string, string>> {
    return {
      GENAUTH_HOST: this.ready.url,
      GENAUTH_ACCESS_KEY_ID: this.ready.accessKeyId,
      GENAUTH_ACCESS_KEY_SECRET: this.ready.accessKeySecret,
    };
  }

  /** The calls it received since the last request for them. */
  received(): Promise<CallsReceived> {
    const answer = nextMessage<CallsReceived>(this.child);
    this.child.send("calls");
    return answer;
  }

  /** Stops it, and settles when its process has exited. */
  async close(): Promise<void> {
    const gone = once(this.child, "exit");
    this.child.disconnect();
    await gone;
  }
}

async function nextMessage<T>(child: ChildProcess): Promise<T> {
  const listening = new AbortController();
  const { signal } = listening;
  const gone = once(child, "exit", { signal }).then(() => {
    throw new Error("The emulator ended too early.");
  });
  try {
    const [message] = (await Promise.race([once(child, "message", { signal }), gone])) as [T];
    return message;
  } finally {
    listening.abort();
  }
}
