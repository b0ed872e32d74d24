import type { WriteStream } from "node:tty";
import type { ManagementClient, User, UserSearch } from "../api";
import { count } from "../users";

/**
 * Reads all users that a search finds, and shows the progress on a terminal.
 *
 * @throws Error with GenAuth's reason, since a part of the pool must not look like all of it
 */
export async function readAllUsers(client: ManagementClient, search: UserSearch = {}): Promise<User[]> {
  const users: User[] = [];
  const progress = new Progress(process.stderr);
  try {
    for await (const page of client.listUsers(search)) {
      if (!page.ok) throw new Error(page.failure.message);
      users.push(...page.value.users);
      progress.show(`${users.length} of ${count(page.value.total, "user")}`);
    }
  } finally {
    progress.end();
  }
  return users;
}

/** A line of progress on a terminal; without a terminal, nothing is written. */
class Progress {
  readonly #stream: WriteStream | undefined;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream.isTTY ? stream : undefined;
  }

  /** Replaces the line. */
  show(line: string): void {
    this.#stream?.write(`\r\u001b[K${line}`);
  }

  /** Removes the line. */
  end(): void {
    this.#stream?.write("\r\u001b[K");
  }
}
