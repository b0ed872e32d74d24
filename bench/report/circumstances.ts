import { spawnSync } from "node:child_process";
import { cpus, loadavg, release, totalmem } from "node:os";
import type { Engine } from "../../scripts/engine/engine";
import { version } from "../../package.json";

/** Under what a run was measured; numbers without it say nothing. */
export interface Circumstances {
  readonly date: string;
  readonly version: string;
  /** The commit that was measured, with a plus where files differ from it; absent outside of a repository. */
  readonly commit: string | undefined;
  readonly engine: string;
  readonly node: string;
  readonly system: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGB: number;
  /**
   * Processes that wanted to run at the beginning, on average over the last minute; 0 where nobody else used the
   * machine.
   */
  readonly load: number;
}

export function circumstances({ name, version: engineVersion }: Engine): Circumstances {
  return {
    date: new Date().toISOString(),
    version,
    commit: commit(),
    engine: `${name} ${engineVersion}`,
    node: process.version,
    system: `${process.platform} ${release()}, ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGB: Math.round(totalmem() / 1024 ** 3),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
  };
}

function commit(): string | undefined {
  const { status, stdout } = spawnSync("git", ["describe", "--always", "--dirty=+", "--exclude=*"], {
    cwd: __dirname,
    encoding: "utf8",
  });
  return status === 0 ? stdout.trim() : undefined;
}
