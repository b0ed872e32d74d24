import { closeSync, constants, fsyncSync, openSync, readFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { codeOf, explainWriteError } from "../files";
import { lockJournal, unlockJournal } from "./lock";
import { isRun, isTokenOf } from "./marks";

/** Which pool a run is about. */
const Pool = z.object({
  host: z.string(),
  access_key_id: z.string(),
  tenant_id: z.string().optional(),
});

export type JournalledPool = z.infer<typeof Pool>;

const Begin = Pool.extend({
  entry: z.literal("begin"),
  version: z.literal(1),
  run: z.string().refine(isRun),
  /** The number of users before the run. */
  total: z.number().int().min(0),
});

const tokens = z.array(z.string());

const Entry = z.discriminatedUnion("entry", [
  Begin,
  /** A creation call may be sent from here on, for users with these marks. */
  z.object({ entry: z.literal("creating"), tokens }),
  /** What the creation call answered. */
  z.object({
    entry: z.literal("created"),
    users: z.array(z.object({ token: z.string(), user_id: z.string().min(1) })),
  }),
  /** Another change may be sent from here on. */
  z.object({
    entry: z.literal("changing"),
    change: z.string(),
    id_type: z.string(),
    ids: z.array(z.string()),
  }),
  /** How long the service takes to show a change, in milliseconds. */
  z.object({ entry: z.literal("lag"), milliseconds: z.number().min(0) }),
  /** A clean-up goes on; the line before may be torn. */
  z.object({ entry: z.literal("resumed") }),
  /** Nobody is left. */
  z.object({ entry: z.literal("finished") }),
]);

export type Entry = z.infer<typeof Entry>;

/** A rehearsal as its journal tells it. */
export interface JournalledRun {
  readonly pool: JournalledPool;
  readonly run: string;
  readonly total: number;
  /** All marks that a creation call may have used. */
  readonly tokens: readonly string[];
  /** The system user ids that creation calls answered, with their marks. */
  readonly created: readonly { readonly token: string; readonly userId: string }[];
  /** The longest lag that was measured, in milliseconds; absent if none was. */
  readonly lagMs?: number;
  /** When the last entry was written, in milliseconds since 1970. */
  readonly lastAt: number;
  readonly isFinished: boolean;
  /** The numbers of lines that no crash explains, so that the journal may lack users. */
  readonly damaged: readonly number[];
}

/** Never follows a link that somebody placed there. */
const APPENDING = constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW;
const NEW = APPENDING | constants.O_CREAT | constants.O_EXCL;

/**
 * A file that tells whom a rehearsal may have created, also after the process was killed: an entry is on the disk before the
 * call that it announces is sent. One JSON object for each line; only its owner may read it.
 */
export class Journal {
  readonly file: string;
  readonly #descriptor: number;

  private constructor(file: string, flags: number) {
    this.file = file;
    this.#descriptor = explained(file, () => openSync(file, flags, 0o600));
  }

  static #open(file: string, flags: number): Journal {
    lockJournal(file);
    try {
      return new Journal(file, flags);
    } catch (error) {
      unlockJournal(file);
      throw error;
    }
  }

  /** Begins a journal. @throws Error that says what to do, if the file is there already or cannot be written */
  static begin(file: string, begin: Omit<z.infer<typeof Begin>, "entry" | "version">): Journal {
    const journal = Journal.#open(file, NEW);
    journal.write({ entry: "begin", version: 1, ...begin });
    // A new file's name is on the disk only once its folder is synced.
    explained(file, () => {
      const folder = openSync(dirname(file), constants.O_RDONLY);
      fsyncSync(folder);
      closeSync(folder);
    });
    return journal;
  }

  /** Goes on with a journal, whose last line may be torn. @throws Error that says what to do, if another process has it */
  static resume(file: string): Journal {
    const journal = Journal.#open(file, APPENDING);
    if (!readFileSync(file, "utf8").endsWith("\n")) journal.#append("\n");
    journal.write({ entry: "resumed" });
    return journal;
  }

  /** Writes an entry, and returns when it is on the disk. @throws Error that says what to do */
  write(entry: Entry): void {
    this.#append(`${JSON.stringify({ ...entry, at: new Date().toISOString() })}\n`);
  }

  close(): void {
    closeSync(this.#descriptor);
    unlockJournal(this.file);
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
 * Reads a journal. A crash tears the last line, and what it announces was not sent. Any other line that is no entry is named as
 * damaged.
 *
 * @throws Error that says what to do, if the file cannot be read, or is no journal
 */
export function readJournal(file: string): JournalledRun {
  const texts = readText(file).split("\n");
  const lines = texts.map(parseLine);
  const [begin] = lines;
  if (begin?.entry !== "begin")
    throw new Error(
      looksLikeJournal(texts[0] ?? "")
        ? `The first line of ${file} is torn, so it does not tell which users a rehearsal created. ${lookInConsole("rehearsal", file)}`
        : `${file} is not the journal of a rehearsal: its first line does not begin one.`,
    );
  const { host, access_key_id, tenant_id, run, total } = begin;
  const entries = lines.flatMap((entry) => entry ?? []);
  const lags = entries.flatMap((entry) => (entry.entry === "lag" ? [entry.milliseconds] : []));
  return {
    pool: { host, access_key_id, ...(tenant_id !== undefined && { tenant_id }) },
    run,
    total,
    tokens: entries
      .flatMap((entry) => (entry.entry === "creating" ? entry.tokens : []))
      .filter((token) => isTokenOf(run, token)),
    created: entries
      .flatMap((entry) => (entry.entry === "created" ? entry.users : []))
      .filter(({ token }) => isTokenOf(run, token))
      .map(({ token, user_id }) => ({ token, userId: user_id })),
    ...(lags.length > 0 && { lagMs: Math.max(...lags) }),
    lastAt: Math.max(...entries.map(({ at }) => Date.parse(at))),
    isFinished: entries.at(-1)?.entry === "finished",
    damaged: lines.flatMap((entry, at) => {
      const isTorn = at === lines.length - 1 || lines[at + 1]?.entry === "resumed";
      return (entry === undefined && !isTorn) || isOfOtherRun(run, entry) ? [at + 1] : [];
    }),
  };
}

function isOfOtherRun(run: string, entry: Entry | undefined): boolean {
  const marks =
    entry?.entry === "creating"
      ? entry.tokens
      : entry?.entry === "created"
        ? entry.users.map(({ token }) => token)
        : [];
  return !marks.every((token) => isTokenOf(run, token));
}

/** What to do about users whom no journal names. */
export function lookInConsole(begin: string, file: string): string {
  return `In the console, delete the users whose user names begin with "${begin}"; then delete ${file}.`;
}

const FIRST_WORDS = '{"entry":"begin"';

/** Whether a file's begin is that of a journal, which may be torn at any place. */
export function looksLikeJournal(begin: string): boolean {
  return begin !== "" && (begin.startsWith(FIRST_WORDS) || FIRST_WORDS.startsWith(begin));
}

const Line = Entry.and(z.object({ at: z.iso.datetime() }));

function parseLine(line: string): z.infer<typeof Line> | undefined {
  try {
    return Line.safeParse(JSON.parse(line)).data;
  } catch {
    // Torn, or the empty one after the last line break.
    return undefined;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const reason = codeOf(error) ?? String(error);
    throw new Error(
      reason === "ENOENT"
        ? `There is no journal ${file}. Check the path: unless --journal named another, the journal is genauth-rehearsal-<time>.jsonl in the folder where the rehearsal was started.`
        : `The journal ${file} cannot be read (${reason}). Check that it is a file, and that this account may read it.`,
      { cause: error },
    );
  }
}

function explained<T>(file: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw new Error(`The journal ${file} cannot be written: ${explainWriteError(error)}`, { cause: error });
  }
}
