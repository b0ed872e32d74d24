import { writeFileSync } from "node:fs";
import type { PoolUser } from "../../src/emulator";

/** The declared list of the demo: the file that a team keeps in Git, a line a person, named by e-mail. */
export class StaffFile {
  #listed: readonly PoolUser[] = [];

  constructor(readonly path: string) {}

  /** Those who may have an account. */
  get listed(): readonly PoolUser[] {
    return this.#listed;
  }

  /** Writes the list anew. */
  write(people: readonly PoolUser[]): void {
    this.#listed = people;
    const lines = people.map(({ email = "", name = "" }) => `${email},${name}`);
    writeFileSync(this.path, `email,name\n${lines.join("\n")}\n`);
  }

  /** Takes the first lines out, and gives the people who stood there. */
  takeOut(count: number): readonly PoolUser[] {
    const taken = this.#listed.slice(0, count);
    this.write(this.#listed.slice(count));
    return taken;
  }
}
