import { spawnSync } from "node:child_process";
import type { InstallOptions } from "./installation";
import { installRelease, runnablePlatform } from "./install-release";
import { lockProviders } from "./lock-file";
import { findCommand } from "./package-files";
import type { Platform } from "./provider-address";

/** Which executable is installed. */
export interface ExecutableSource {
  /** The folder or the https address of a release. */
  readonly release: string;
  /** @default this machine's platform */
  readonly platforms?: readonly Platform[];
}

/** Whether a release is named by its address instead of its folder. */
export function isAddress(release: string): boolean {
  return /^https?:\/\//.test(release);
}

/**
 * Installs the executable of a release without waiting for anything else, as synth needs it. If the release is at an address,
 * the command downloads it in a process of its own.
 *
 * @throws Error that says what to do; see `installRelease`
 */
export function installExecutable(
  options: InstallOptions & ExecutableSource & { readonly version: string },
): void {
  const { dir, release, platforms = [runnablePlatform()], pinned = [] } = options;
  if (!isAddress(release)) {
    installRelease({ ...options, platforms });
    return;
  }
  const args = ["install-provider", "--dir", dir, "--executable", release, "--platform", ...platforms];
  const { status, stderr } = spawnSync(process.execPath, [findCommand(), ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(stderr.trim().replace(/^error: /, ""));
  lockProviders(dir, pinned);
}
