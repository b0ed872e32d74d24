import { closeSync, openSync, readFileSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import * as z from "zod";
import { codeOf, explainWriteError, replaceFile } from "../files";

/** Who works with a journal. */
const Holder = z.object({ pid: z.number().int().min(1), host: z.string() });

type Holder = z.infer<typeof Holder>;

const lockOf = (journal: string) => `${journal}.lock`;

/**
 * Keeps other processes from a journal, by a file beside it. The file of a process that was killed counts no more.
 *
 * @throws Error that says what to do, if another process has it
 */
export function lockJournal(journal: string): void {
  const lock = lockOf(journal);
  // Only whoever has this file looks at the lock and replaces it: otherwise two processes could both take a dead one's place.
  const turn = `${lock}.new`;
  try {
    closeSync(openSync(turn, "wx", 0o600));
  } catch (error) {
    throw new Error(
      codeOf(error) === "EEXIST"
        ? `Another process is about to work with ${journal}. Run this again; if it says the same then, delete ${turn}.`
        : `${turn} cannot be written: ${explainWriteError(error)}`,
      { cause: error },
    );
  }
  try {
    const problem = explainLock(journal);
    if (problem !== undefined) throw new Error(problem);
    const own: Holder = { pid: process.pid, host: hostname() };
    replaceFile(lock, Buffer.from(`${JSON.stringify(own)}\n`), { mode: 0o600 });
  } finally {
    rmSync(turn, { force: true });
  }
}

export function unlockJournal(journal: string): void {
  rmSync(lockOf(journal), { force: true });
}

/** Why a journal may not be used now, and what to do; `undefined` if nobody works with it. */
export function explainLock(journal: string): string | undefined {
  const holder = readHolder(journal);
  return holder !== undefined && isAlive(holder) ? describeHolder(journal, holder) : undefined;
}

function describeHolder(journal: string, { pid, host }: Holder): string {
  return `The rehearsal or clean-up of ${journal} is still running, as process ${pid} on ${host}. Wait until it ends, or press Ctrl-C there: it then deletes its test users. If it is not running any more, delete ${lockOf(journal)}.`;
}

/**
 * Another machine's process cannot be looked for, so it counts as alive. Whoever had the number of this process before is gone:
 * a container gives its processes the same numbers each time.
 */
function isAlive({ pid, host }: Holder): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another account cannot be signalled, but is there.
    return codeOf(error) === "EPERM";
  }
}

/** A lock that cannot be read was cut off by a crash of the machine. */
function readHolder(journal: string): Holder | undefined {
  let text: string;
  try {
    text = readFileSync(lockOf(journal), "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    return Holder.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
