import { seedUsers, type PoolUser, type EmulatedUserPool } from "../../../src/emulator";
import { SIZE, type Event, type History, type Step } from "./steps";

/** What a set may name people by, here. */
export type NameType = History["types"][number];

/** The people of a history, who they are in the pool, and what others do to them there. */
export class People {
  readonly #users: PoolUser[] = seedUsers(SIZE);
  #created = 0;

  /** Those who are in the pool at first. */
  get users(): readonly PoolUser[] {
    return this.#users;
  }

  /** The id of a person, who may be in the pool or not. */
  idOf(person: number, type: NameType, names: Step["names"]): string {
    const user = this.#user(person);
    if (type === "user_id") return user.userId;
    const name = user[type] ?? "";
    const isNew = name.startsWith(NEW);
    if (names === "as in the pool" || isNew === (names === "new")) return name;
    return isNew ? name.slice(NEW.length) : `${NEW}${name}`;
  }

  /** A label by which a reviewer knows the person. */
  labelOf(person: number): string {
    return this.#user(person).name ?? "";
  }

  /** Lets somebody else do something in the pool. */
  happen({ kind, person }: Event, pool: EmulatedUserPool): void {
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

/** What a new name begins with. */
const NEW = "new.";
