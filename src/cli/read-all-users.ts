import type { WriteStream } from "node:tty";
import type { ManagementClient, User, UserSearch } from "../api";
import { count } from "../users";

/**
 * Reads all users that a search finds, and tells a person at a terminal how far it is.
 *
 * @throws Error with GenAuth's reason: a part of the pool must not look like all of it
 */
export async function readAllUsers(client: ManagementClient, search: UserSearch = {}): Promise<User[]> {
  const users: User[] = [];
  const progress = new Progress(process.stderr);
  try {
    for await (const page of client.listUsers(search)) {
      if (!page.ok) throw new Error(page.failure.message);
      users.push(...page.value.users);
      progress.tell(`${users.length} of ${count(page.value.total, "user")}`);
    }
  } finally {
    progress.end();
  }
  return users;
}

/** Tells a person at a terminal how far a list is; says nothing where nobody watches. */
class Progress {
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
