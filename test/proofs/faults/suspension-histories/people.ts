import { seedUsers, type EmulatedUserPool, type PoolUser } from "../../../support/emulator";
import { UserIdType } from "../../../../src/users";
import { canonicalId, idsOfUser } from "../../../../src/users/ids/id-types";
import { type Event, SIZE, type Step } from "./steps";

type Aim = Pick<Event, "person" | "isAimed">;

/** The prefix of a new name. */
const NEW = "new.";

/** The people of a history, each with the present account, and what others do to them. */
export class People {
  readonly #users: PoolUser[] = seedUsers(SIZE);
  #created = 0;

  /** The initial users of the pool. */
  get users(): readonly PoolUser[] {
    return this.#users;
  }

  /** An id of a person, who may be absent from the pool. */
  idOf(person: number, type: UserIdType, spelling: Step["spelling"] = "as in the pool"): string {
    const [id = ""] = idsOf(this.#user(person), type);
    if (spelling === "capitals" && type === UserIdType.EMAIL) return id.toUpperCase();
    const isNamed = type === UserIdType.EMAIL || type === UserIdType.USERNAME;
    return spelling === "new" && isNamed ? otherName(id) : id;
  }

  /** A label by which a reviewer recognises the person. */
  labelOf(person: number): string {
    return this.#user(person).name ?? "";
  }

  /**
   * The person that a step means.
   *
   * @param waiting the system user ids of those who wait for their deletion
   */
  aim({ person, isAimed }: Aim, waiting: ReadonlySet<string>): number {
    const those = this.#users.flatMap(({ userId }, index) => (waiting.has(userId) ? [index] : []));
    return (isAimed ? those[person % those.length] : undefined) ?? person;
  }

  /** Applies a change that somebody else makes. @returns the system user id of the account that it concerns, if it changed anything */
  applyEvent(
    { kind, status, ...aim }: Event,
    pool: EmulatedUserPool,
    waiting: ReadonlySet<string>,
  ): string | undefined {
    const person = this.aim(aim, waiting);
    const user = pool.find(this.#user(person).userId);
    if (!user) {
      if (kind !== "create") return undefined;
      return this.#create(person, pool);
    }
    switch (kind) {
      case "create":
        return undefined;
      case "status":
        if ((user.status ?? "Activated") === status) return undefined;
        pool.update(user.userId, { status });
        return user.userId;
      case "delete":
        pool.remove(user.userId);
        return user.userId;
      case "rename": {
        const { email = "", username = "" } = this.#user(person);
        this.#users[person] = pool.update(user.userId, {
          email: otherName(email),
          username: otherName(username),
        });
        return user.userId;
      }
      case "hand on":
        pool.update(user.userId, {
          email: undefined,
          username: undefined,
          phone: undefined,
          externalId: undefined,
          identities: undefined,
        });
        this.#create(person, pool);
        return user.userId;
    }
  }

  #create(person: number, pool: EmulatedUserPool): string {
    this.#created += 1;
    const userId = `c${this.#created.toString(16).padStart(23, "0")}`;
    const user = { ...this.#user(person), userId, status: "Activated" };
    pool.add(user);
    this.#users[person] = user;
    return userId;
  }

  #user(person: number): PoolUser {
    const user = this.#users[person];
    if (!user) throw new Error(`Nobody is number ${person}.`);
    return user;
  }
}

function otherName(name: string): string {
  return name.startsWith(NEW) ? name.slice(NEW.length) : `${NEW}${name}`;
}

/** Whether an id names a user. */
export function names(user: PoolUser, id: string, type: UserIdType): boolean {
  return idsOf(user, type).some((own) => canonicalId(own, type) === canonicalId(id, type));
}

function idsOf(user: PoolUser, type: UserIdType): string[] {
  return idsOfUser({ ...user, identities: user.identities ?? [] }, type);
}
