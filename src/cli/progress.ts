import type { WriteStream } from "node:tty";

/** Tells a person at a terminal how far a list is; says nothing where nobody watches. */
export class Progress {
  readonly #stream: WriteStream | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream.isTTY ? stream : undefined;
  }

  /** Writes the one line anew. */
  tell(line: string): void {
    this.#stream?.write(`\r\u001b[K${line}`);
  }

  /** Takes the line away. */
  end(): void {
    this.#stream?.write("\r\u001b[K");
  }
}
