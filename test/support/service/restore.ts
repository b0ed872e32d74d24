import type { Finished } from "../engine/child";
import { runCommand } from "../command";
import type { Emulator } from "../emulator";

/** Runs `cdktf-genauth restore`, with the variable that consents without a terminal. */
export function restore(emulator: Emulator, record: string, ...args: readonly string[]): Promise<Finished> {
  return runCommand(["restore", "--record", record, ...args], {
    ...emulator.environment(),
    GENAUTH_RESTORE_CONSENT: emulator.accessKeyId,
    GENAUTH_CONFIRM_SECONDS: "0.2",
    GENAUTH_MAX_ATTEMPTS: "1",
    GENAUTH_REQUESTS_PER_SECOND: "10000",
  });
}

/** The options that consent to the creation of accounts. */
export const consent = ({ accessKeyId }: Emulator) => ["--consent", accessKeyId];
