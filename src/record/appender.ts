import { constants } from "node:fs";
import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";

/** Never through a link that somebody laid there, and never into the middle. */
const APPENDING = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

/** A file of lines that grows, one writer at a time, for this user alone. */
export class Appender {
  readonly #path: string;
  #made = false;
  /** All lines so far: one call after the other, and none after one that failed and may have left half a line. */
  #written: Promise<void> = Promise.resolve();

  /** @param path made at the first line, with its folder */
  constructor(path: string) {
    this.#path = path;
  }

  /** Adds lines, and settles once they are on the disk. Rejects where that cannot be, and from then on. */
  async append(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const text = lines.map((line) => `${line}\n`).join("");
    this.#written = this.#written.then(() => this.#write(text));
    await this.#written;
  }

  async #write(text: string): Promise<void> {
    const folder = dirname(this.#path);
    if (!this.#made) await mkdir(folder, { recursive: true, mode: 0o700 });
    await flushed(this.#path, APPENDING, (file) => file.appendFile(text));
    // The name of a new file is on the disk only when its folder is.
    if (!this.#made) await flushed(folder, constants.O_RDONLY);
    this.#made = true;
  }
}

type FileHandle = Awaited<ReturnType<typeof open>>;

/** Opens a file or folder, works on it, and has it on the disk. */
async function flushed(
  path: string,
  flags: number,
  work: (file: FileHandle) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await work(file);
    await file.sync();
  } finally {
    await file.close();
  }
}
