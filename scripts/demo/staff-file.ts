import { writeFileSync } from "node:fs";
import type { PoolUser } from "../../src/emulator";

/** The declared list of the demo: the file that a team keeps in Git, with one line per person, identified by e-mail. */
export class StaffFile {
  #listed: readonly PoolUser[] = [];

  constructor(readonly path: string) {}

  /** The people who may have an account. */
  get listed(): readonly PoolUser[] {
    return this.#listed;
  }

  /** Replaces the list. */
  write(people: readonly PoolUser[]): void {
    this.#listed = people;
    const lines = people.map(({ email = "", name = "" }) => `${email},${name}`);
    writeFileSync(this.path, `email,name\n${lines.join("\n")}\n`);
  }

  /** Removes the first lines, and returns their people. */
  removeFirst(count: number): readonly PoolUser[] {
    const taken = this.#listed.slice(0, count);
    this.write(this.#listed.slice(count));
    return taken;
  }

  /** Adds a person who was removed again, at the end. */
  putBack(person: PoolUser): void {
    this.write([...this.#listed, person]);
  }
}
