import type { ManagementClient, User } from "../api";
import { readAllUsers } from "../operator";
import { ProgressWatch } from "../users";

/** How often the line changes at most, in milliseconds. */
const INTERVAL_MS = 200;

/** The output of a terminal. */
export type TerminalStream = Pick<NodeJS.WriteStream, "isTTY" | "write" | "columns">;

/** Where a line is shown now. A process shows one at a time. */
let shown: TerminalStream | undefined;

/**
 * The progress of long work in one line of a terminal, with its rate and the time that is left. Without a
 * terminal, it writes nothing.
 */
export class ProgressLine {
  readonly #watch: ProgressWatch;
  readonly #stream: TerminalStream;

  /** @param now milliseconds since some moment in the past */
  constructor(stream: TerminalStream = process.stderr, now?: () => number) {
    this.#stream = stream;
    this.#watch = new ProgressWatch(
      ({ doing, done, total, perSecond, secondsLeft }) => {
        const left =
          secondsLeft === undefined ? "" : `, ${perSecond} a second, ${describeTime(secondsLeft)} left`;
        this.#show(`${doing}: ${done} of ${total}${left}`);
      },
      now,
      INTERVAL_MS,
    );
  }

  /** Begins some work, such as `looking up users`. */
  begin(doing: string): ReturnType<ProgressWatch["begin"]> {
    return this.#watch.begin(doing);
  }

  #show(text: string): void {
    if (!this.#stream.isTTY) return;
    shown = this.#stream;
    this.#stream.write(`\r\u001b[K${text.slice(0, (this.#stream.columns || 80) - 1)}`);
  }

  /** Removes the line. */
  end(): void {
    if (shown !== this.#stream) return;
    shown = undefined;
    this.#stream.write("\r\u001b[K");
  }
}

/** Ends the line of progress that a terminal shows, if any, so that what is written next stands below it. */
export function endProgressLine(): void {
  shown?.write("\n");
  shown = undefined;
}

function describeTime(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}

/** Does long work with a line of progress. */
export async function withProgressLine<Result>(
  work: (line: ProgressLine) => Promise<Result>,
): Promise<Result> {
  const line = new ProgressLine();
  try {
    return await work(line);
  } finally {
    line.end();
  }
}

/** Reads all users of a pool, as `readAllUsers` does, and shows the progress on a terminal. */
export function readUsersAtTerminal(client: ManagementClient): Promise<User[]> {
  return withProgressLine((line) => readAllUsers(client, line.begin("reading users")));
}
