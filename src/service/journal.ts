import { closeSync, constants, fsyncSync, openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import * as z from "zod";
import { codeOf, explainWriteError } from "../files";
import { parseJson, printable } from "../text";
import { isRun } from "./marks";
import type { ReportedPool } from "./report";

/** A new journal in a folder, named by its time. */
export function nameJournal(folder: string, now: Date): string {
  return join(folder, `genauth-rehearsal-${now.toISOString().replaceAll(/[-:]|\.\d+/g, "")}.jsonl`);
}

/** The journals in a folder, which their names tell. */
export function findJournals(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => /^genauth-rehearsal-.*\.jsonl$/.test(name))
    .map((name) => join(folder, name));
}

/** What a rehearsal may have done so far. */
const State = z.object({
  kind: z.literal("rehearsal"),
  run: z.string().refine(isRun),
  pool: z.object({
    host: z.string(),
    access_key_id: z.string(),
    tenant_id: z.string().exactOptional(),
  }),
  /** Who writes it: a process, and its machine. */
  writer: z.object({ pid: z.number().int().min(1), machine: z.string() }),
  at: z.iso.datetime(),
  /** The marks of all users whom a creation call may have created. */
  tokens: z.array(z.string()),
  /** The users whom creation calls answered. */
  created: z.array(z.object({ token: z.string(), userId: z.string().min(1) })),
  /** The longest time until a change showed, in milliseconds; 0 if none has shown. */
  lagMs: z.number().min(0),
  /** The last change that may have been sent. */
  sent: z.object({ change: z.string(), type: z.string(), ids: z.array(z.string()) }).exactOptional(),
  /** Whether it is certain that nobody is left. */
  isFinished: z.boolean(),
});

export type JournalState = Readonly<z.infer<typeof State>>;

/** Never follows a link that somebody placed there. */
const APPENDING = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW;

/**
 * A file that tells whom a rehearsal may have created, also after the process was killed: an entry is on the disk before the
 * call that it announces is sent. Each entry is a line with everything so far, so the last whole one tells all.
 */
export class Journal {
  readonly file: string;
  readonly #descriptor: number;
  #state: JournalState;

  private constructor(file: string, flags: number, state: Omit<JournalState, "at" | "writer">) {
    this.file = file;
    this.#descriptor = explained(file, () => openSync(file, flags, 0o600));
    this.#state = { ...state, writer: { pid: process.pid, machine: hostname() }, at: "" };
  }

  /** Begins a journal. @throws Error that says what to do, if the file is there already or cannot be written */
  static begin(file: string, run: string, pool: ReportedPool): Journal {
    const journal = new Journal(file, APPENDING | constants.O_CREAT | constants.O_EXCL, {
      ...{ kind: "rehearsal", run, pool, tokens: [], created: [], lagMs: 0, isFinished: false },
    });
    journal.write({});
    // A new file's name is on the disk only once its folder is synced.
    explained(file, () => {
      const folder = openSync(dirname(file), constants.O_RDONLY);
      fsyncSync(folder);
      closeSync(folder);
    });
    return journal;
  }

  /** Goes on with a journal. @throws Error that says what to do, if it cannot be read or written, or another process has it */
  static resume(file: string): Journal {
    const state = readJournal(file);
    const inUse = explainUse(state, file);
    if (inUse !== undefined) throw new Error(inUse);
    const journal = new Journal(file, APPENDING, { ...state, isFinished: false });
    // The last line may be torn.
    journal.#append("\n");
    journal.write({});
    return journal;
  }

  get state(): JournalState {
    return this.#state;
  }

  /** Writes what is new, and returns when it is on the disk. @throws Error that says what to do */
  write(changes: Partial<Pick<JournalState, "tokens" | "created" | "lagMs" | "sent" | "isFinished">>): void {
    this.#state = { ...this.#state, ...changes, at: new Date().toISOString() };
    this.#append(`${JSON.stringify(this.#state)}\n`);
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #append(text: string): void {
    explained(this.file, () => {
      const bytes = Buffer.from(text);
      for (let written = 0; written < bytes.length;) written += writeSync(this.#descriptor, bytes, written);
      fsyncSync(this.#descriptor);
    });
  }
}

/**
 * Reads a journal: its last line that is whole. A crash tears the line that it wrote, and what that announces was not sent.
 *
 * @throws Error that says what to do, if the file cannot be read, or is no journal
 */
export function readJournal(file: string): JournalState {
  const state = readText(file)
    .split("\n")
    // A torn line is none of a state, nor is an empty one.
    .map((line) => State.safeParse(parseJson(line)).data)
    .findLast((line) => line !== undefined);
  if (state) return state;
  throw new Error(
    `${printable(file)} is not the journal of a rehearsal, or it was torn before anybody was created. If it is one, look in the console whether there are users whose user names begin with "rehearsal", and delete it.`,
  );
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new Error(
      `The journal ${printable(file)} cannot be read (${codeOf(error) ?? String(error)}). Check the path, and that this account may read it: the journal is genauth-rehearsal-<time>.jsonl, in the folder that --journal named or else where the rehearsal was started.`,
      { cause: error },
    );
  }
}

/** How long another machine's process counts as alive after its last entry, in milliseconds. */
const SILENT_MS = 600_000;

/** Why somebody else may still work with a journal, and what to do; `undefined` if nobody does. */
export function explainUse({ writer, at, isFinished }: JournalState, file: string): string | undefined {
  if (isFinished) return undefined;
  const { pid, machine } = writer;
  const use = `The rehearsal or clean-up of ${printable(file)} is still running, as process ${pid} on ${printable(machine)}. Wait until it ends, or press Ctrl-C there: it then deletes its test users.`;
  // Whoever had the number of this process before is gone: a container gives its processes the same numbers each time.
  if (machine === hostname()) return pid !== process.pid && isRunning(pid) ? use : undefined;
  const until = Date.parse(at) + SILENT_MS;
  return Date.now() < until
    ? `${use} If it is not running any more, run this after ${new Date(until).toISOString()}.`
    : undefined;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of another account cannot be signalled, but is there.
    return codeOf(error) === "EPERM";
  }
}

function explained<T>(file: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new Error(`The journal ${printable(file)} cannot be written: ${explainWriteError(error)}`, {
      cause: error,
    });
  }
}
