import { type ProcessEntry, readProcess } from "../../operator";
import { engineProgram } from "./engine-program";

/** The process of Terraform or OpenTofu that runs an apply. */
export interface EngineProcess extends Omit<ProcessEntry, "parent"> {
  /** A path that starts the same program once more. */
  readonly program: string;
}

/**
 * Looks at the process that runs the provisioner.
 *
 * @param pid its number, as the provisioner's shell gives it
 * @throws Error where there is none, or the system does not tell
 */
export function readEngineProcess(pid: string): EngineProcess {
  try {
    return { ...readProcess(pid), program: engineProgram(pid) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `Nobody was deleted: it cannot be seen what Terraform, process ${pid}, was asked to do. ${reason} ` +
        "The user that runs Terraform must be allowed to see its own processes.",
      { cause },
    );
  }
}
