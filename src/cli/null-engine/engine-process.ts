import { readFromProc } from "./proc";
import { readFromPs } from "./ps";

/** The process of Terraform or OpenTofu that runs an apply. */
export interface EngineProcess {
  /** Its arguments, its own name first. Where the system is asked by `ps`, those with blanks come in pieces. */
  readonly args: readonly string[];
  /** A path that starts the same program once more. */
  readonly program: string;
  /** Names this process and no other, also one that gets its number later. */
  readonly key: string;
}

/**
 * Looks at the process that runs the provisioner.
 *
 * @param pid its number, as the provisioner's shell gives it
 * @throws Error where there is none, or the system does not tell
 */
export function readEngineProcess(pid: string): EngineProcess {
  try {
    if (!/^\d+$/.test(pid)) throw new Error(`"${pid}" is no process id.`);
    return process.platform === "linux" ? readFromProc(pid) : readFromPs(pid);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `Nobody was deleted: it cannot be seen what Terraform, process ${pid}, was asked to do. ${reason} ` +
        "The user that runs Terraform must be allowed to see its own processes.",
      { cause },
    );
  }
}
