import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { newFolder } from "../../support/at-end";
import { type Child, startChild } from "../../support/engine/child";

const ROOT = resolve(__dirname, "../../..");

/** README's `npm run demo`, without npm's own lines. */
const BY_NPM = ["npm", "run", "--silent", "demo"] as const;
/** What that runs, for a test that interrupts it, or takes away the PATH on which npm is. */
const PROGRAM = [process.execPath, "--import", "tsx", "scripts/demo/main.ts"] as const;
/** Set by the `demo` script too: tsx would leave a cache in the temporary folder. */
const AS_IN_NPM_SCRIPT = { TSX_DISABLE_CACHE: "1" };

/** A demo with a separate temporary folder, so that a test sees what it leaves behind. */
export class DemoRun {
  readonly temp = newFolder();
  readonly #child: Child;

  /** Starts it. `environment` takes precedence over the inherited variables. `byNpm`: as README says. */
  constructor(environment: Readonly<Record<string, string>>, { byNpm = false } = {}) {
    const inherited = Object.entries(process.env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    );
    const [program, ...args] = byNpm ? BY_NPM : PROGRAM;
    const own = { ...(!byNpm && AS_IN_NPM_SCRIPT), TMPDIR: this.temp };
    this.#child = startChild(program, args, {
      cwd: ROOT,
      env: { ...Object.fromEntries(inherited), ...own, ...environment },
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

  /** The files in its temporary folder. */
  leftFiles(): readonly string[] {
    return readdirSync(this.temp);
  }

  /** The processes of the demo that still run, found by its temporary folder in their environment. */
  leftProcesses(): readonly string[] {
    const { stdout } = spawnSync("ps", ["axeww", "-o", "pid=,command="], {
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    return stdout.split("\n").filter((line) => line.includes(`TMPDIR=${this.temp}`));
  }

  /** Ends the remaining processes. */
  async close(): Promise<void> {
    this.#child.signal("SIGKILL");
    await this.#child.finished;
  }
}
