import { seedUsers, type PoolUser, type EmulatedUserPool } from "../../../support/emulator";
import type { NameType } from "../../../support/histories/generators";
import { SIZE, type Event, type Step } from "./steps";

/** The people of a history, their users in the pool, and what others change there. */
export class People {
  readonly #users: PoolUser[] = seedUsers(SIZE);
  #created = 0;

  /** The initial users of the pool. */
  get users(): readonly PoolUser[] {
    return this.#users;
  }

  /** The id of a person, who may be absent from the pool. */
  idOf(person: number, type: NameType, names: Step["names"]): string {
    const user = this.#user(person);
    if (type === "user_id") return user.userId;
    const name = user[type] ?? "";
    const isNew = name.startsWith(NEW);
    if (names === "as in the pool" || isNew === (names === "new")) return name;
    return isNew ? name.slice(NEW.length) : `${NEW}${name}`;
  }

  /** A label by which a reviewer recognises the person. */
  labelOf(person: number): string {
    return this.#user(person).name ?? "";
  }

  /** Applies a change that somebody else makes in the pool. */
  applyEvent({ kind, person }: Event, pool: EmulatedUserPool): void {
    const user = this.#user(person);
    const isThere = pool.find(user.userId) !== undefined;
    if (kind === "create") {
      if (!isThere) this.#create(person, pool);
      return;
    }
    if (!isThere) return;
    if (kind === "rename") {
      const other = user.email?.startsWith(NEW) ? "old" : "new";
      const [email, username] = [this.idOf(person, "email", other), this.idOf(person, "username", other)];
      this.#users[person] = pool.update(user.userId, { email, username });
      return;
    }
    pool.remove(user.userId);
    if (kind === "take over") this.#create(person, pool);
  }

  #create(person: number, pool: EmulatedUserPool): void {
    this.#created += 1;
    const user = { ...this.#user(person), userId: `c${this.#created.toString(16).padStart(23, "0")}` };
    pool.add(user);
    this.#users[person] = user;
  }

  #user(person: number): PoolUser {
    const user = this.#users[person];
    if (!user) throw new Error(`Nobody is number ${person}.`);
    return user;
  }
}

/** The prefix of a new name. */
const NEW = "new.";
