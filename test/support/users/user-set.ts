import {
  completeChange,
  type DirectoryFailure,
  type DirectoryUser,
  type Resolution,
  type SetChange,
  UserIdType,
} from "../../../src/users";
import { found } from "../../../src/users/look-up/resolution";
import { idOf } from "./people";

/** What a test says of an id that a set declares. */
export interface DeclaredId {
  /** Default empty. */
  readonly label?: string;
  /** Whom the id named when the set first saw it; by default it was never seen. */
  readonly boundTo?: DirectoryUser;
}

/**
 * A user set, what a change does to it, and what look-ups say of its ids. The set declares these users by e-mail address, with their names as
 * labels, and remembers them; each look-up finds them. The change removes nobody, and no limit stops it.
 */
export function aSetOf(...users: readonly DirectoryUser[]): UserSetBuilder {
  return new UserSetBuilder(users);
}

/** See `aSetOf`. */
export class UserSetBuilder {
  private type = UserIdType.EMAIL;
  private label: string | undefined;
  private readonly leaving = new Set<DirectoryUser>();
  private readonly neverSeen = new Set<DirectoryUser>();
  private readonly others = new Map<string, DeclaredId & { readonly isNew: boolean }>();
  private readonly lookUps = new Map<string, Resolution>();
  private retained: readonly string[] = [];
  private days = 0;
  private hasMemory = true;

  constructor(private readonly users: readonly DirectoryUser[]) {}

  /** Its ids are of this type. */
  by(type: UserIdType): this {
    this.type = type;
    return this;
  }

  /** All its users have this label. */
  labelled(label: string): this {
    this.label = label;
    return this;
  }

  /** These users leave it. */
  losing(...users: readonly DirectoryUser[]): this {
    for (const user of users) this.leaving.add(user);
    return this;
  }

  /** The change adds an id. Unless the test says more, no look-up was made of it. */
  adding(id: string, declared: DeclaredId = {}): this {
    this.others.set(id, { ...declared, isNew: true });
    return this;
  }

  /** It declares another id, before and after the change. */
  alsoDeclaring(id: string, declared: DeclaredId = {}): this {
    this.others.set(id, { ...declared, isNew: false });
    return this;
  }

  /** These ids may leave it without a deletion. */
  retaining(...ids: readonly string[]): this {
    this.retained = ids;
    return this;
  }

  /** It suspends users this many days before it deletes them. */
  suspending(days: number): this {
    this.days = days;
    return this;
  }

  /** No look-up has found this user while the set declared the id. */
  thatNeverSaw(user: DirectoryUser): this {
    this.neverSeen.add(user);
    return this;
  }

  /** It remembers no system user ids, as a null resource. */
  withoutMemory(): this {
    this.hasMemory = false;
    return this;
  }

  /** GenAuth finds these users by the id: one, or several. */
  where(id: string, ...users: readonly DirectoryUser[]): this {
    const [user] = users;
    const isOne = user !== undefined && users.length === 1;
    this.lookUps.set(id, isOne ? found(user) : { kind: "several", users });
    return this;
  }

  /** GenAuth has no user with any of these ids. */
  whereNobodyHas(...ids: readonly string[]): this {
    for (const id of ids) this.lookUps.set(id, { kind: "absent" });
    return this;
  }

  /** The look-up of the id fails. */
  whereTheLookUpFails(id: string, failure: DirectoryFailure): this {
    this.lookUps.set(id, { kind: "undecided", failure });
    return this;
  }

  /** The id of one of its users. */
  idOf(user: DirectoryUser): string {
    return idOf(user, this.type);
  }

  /** The change of the set. */
  toChange(): SetChange {
    const users = this.users.map((user): [string, string] => [
      this.idOf(user),
      this.label ?? user.name ?? "",
    ]);
    const others = [...this.others].map(([id, { label = "", isNew }]) => ({ id, label, isNew }));
    const left = new Set([...this.leaving].map((user) => this.idOf(user)));
    return completeChange({
      name: "a set",
      type: this.type,
      prior: new Map([
        ...users,
        ...others.flatMap(({ id, label, isNew }) => (isNew ? [] : pairs(id, label))),
      ]),
      declared: new Map([
        ...users.filter(([id]) => !left.has(id)),
        ...others.flatMap(({ id, label }) => pairs(id, label)),
      ]),
      retained: this.retained,
      bindings: this.hasMemory ? this.bindings() : undefined,
      suspendDays: this.days,
      allowMissingUsers: true,
      guards: { maxDeletions: 100_000, maxDeletionsPercent: 100 },
    });
  }

  /** What the look-ups of its users' ids say, and of those that the test names. */
  resolutions(): Map<string, Resolution> {
    const users = this.users.map((user): [string, Resolution] => [this.idOf(user), found(user)]);
    return new Map([...users, ...this.lookUps]);
  }

  private bindings(): Map<string, string> {
    const seen = this.users.filter((user) => !this.neverSeen.has(user));
    const others = [...this.others].flatMap(([id, { boundTo }]) =>
      boundTo ? pairs(id, boundTo.userId) : [],
    );
    return new Map([...seen.flatMap((user) => pairs(this.idOf(user), user.userId)), ...others]);
  }
}

function pairs(id: string, value: string): [string, string][] {
  return [[id, value]];
}
