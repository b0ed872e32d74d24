import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Child, startChild } from "../../scripts/engine/child";

const ROOT = resolve(__dirname, "..", "..");

/** What the `demo` script sets: tsx would leave a cache in the temp folder. */
const AS_IN_NPM_SCRIPT = { TSX_DISABLE_CACHE: "1" };

/** A demo that runs with a temp folder of its own, so that a test sees what it leaves behind. */
export class DemoRun {
  readonly temp = mkdtempSync(join(tmpdir(), "genauth-demo-test-"));
  readonly #child: Child;

  /** Starts it; `environment` wins over what it inherits. */
  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const inherited = Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    this.#child = startChild(process.execPath, ["--import", "tsx", "scripts/demo/main.ts", ...args], {
      cwd: ROOT,
      env: { ...Object.fromEntries(inherited), ...AS_IN_NPM_SCRIPT, TMPDIR: this.temp, ...environment },
    });
  }

  get finished(): Child["finished"] {
    return this.#child.finished;
  }

  waitFor(pattern: RegExp): Promise<void> {
    return this.#child.waitFor(pattern);
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.signal(signal);
  }

  /** What lies in its temp folder. */
  leftFiles(): readonly string[] {
    return readdirSync(this.temp);
  }

  /** The processes that the demo started and that still run: they have its temp folder in their environment. */
  leftProcesses(): readonly string[] {
    const { stdout } = spawnSync("ps", ["axeww", "-o", "pid=,command="], {
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    return stdout.split("\n").filter((line) => line.includes(`TMPDIR=${this.temp}`));
  }

  /** Ends what still runs and removes everything. */
  async close(): Promise<void> {
    this.#child.signal("SIGKILL");
    await this.#child.finished;
    rmSync(this.temp, { recursive: true, force: true });
  }
}
