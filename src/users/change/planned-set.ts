import { type DirectoryUser, UserIdType } from "../directory";
import { userIdKey } from "../ids/id-types";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import type { Line } from "../wording";
import { type Leaver, mayRevoke, noCall } from "../fate";
import { type ProtectedUsers, StillDeclared } from "./protection";

/** A set after its planned change. What is absent is empty, or does not hold. */
export interface PlannedSet {
  readonly type: UserIdType;
  /** The users that the set declares after the change, id -> label; none if the set is released. */
  readonly declared?: ReadonlyMap<string, string>;
  /** Ids that may be removed without a deletion. */
  readonly retained?: readonly string[];
  /**
   * Whether the set may declare or retain further users that are known only during apply, and
   * allow_unknown_users is not set. Harmless while not all protected users are known: the engine configures
   * the provider again, with all of them, before it applies a set.
   */
  readonly isOpen?: boolean;
  /** The declared ids that the change adds. */
  readonly added?: Iterable<string>;
  /** The removed ids, and those who are due. */
  readonly leavers?: readonly Leaver[];
  /**
   * Users who may be removed unless they are retained or protected, id -> label, while it is not known before
   * the apply who the set will declare.
   */
  readonly mayLeave?: Iterable<readonly [id: string, label: string]>;
  /**
   * For how many days users who leave are suspended before they are deleted; 0 if they are deleted at once.
   */
  readonly suspendDays?: number;
  /** The ids of a set that is destroyed or removed from the configuration. */
  readonly released?: Iterable<string>;
  /** The ids of the set before the change. */
  readonly prior?: Iterable<string>;
  /**
   * Reads the system user id that each id of `prior` named when it was first seen. Read on demand, because
   * most plans never need it and a set may hold 100,000 users.
   */
  readonly readBindings?: (prior: readonly string[]) => ReadonlyMap<string, string>;
  /**
   * Declared ids that this change binds to somebody else, as its plan says. They no longer stand for their
   * former users (docs/guides/trust.md, P7), unless a look-up shows that those have the ids again.
   */
  readonly rebound?: ReadonlySet<string>;
  /** The current users of the removed and added ids, as far as they were looked up. */
  readonly resolutions?: ReadonlyMap<string, Resolution>;
}

/**
 * Users whom no set deletes. While some are not known, they count as all users that the configuration
 * declares.
 */
export interface Protection {
  readonly protectedUsers: ProtectedUsers;
  /** Whether `protectedUsers` is all of them. */
  readonly protectedUsersKnown: boolean;
}

/** What is kept of a planned set until the process ends. */
interface KeptSet extends Required<
  Pick<PlannedSet, "type" | "retained" | "isOpen" | "leavers" | "suspendDays" | "rebound">
> {
  readonly declared: PackedIds;
  /** Some of the declared users, whom a message names. */
  readonly first: readonly Line[];
  readonly added: PackedIds;
  readonly released: PackedIds;
  readonly readBindings: () => ReadonlyMap<string, string>;
  readonly resolutions: ReadonlyMap<string, Resolution>;
  /** Whether nobody deletes the user of an id, because it is protected, or may turn out to be. */
  readonly isProtected: (id: string) => boolean;
}

function pack(
  {
    declared = new Map(),
    retained = [],
    isOpen = false,
    added = [],
    leavers = [],
    mayLeave = [],
    suspendDays = 0,
    released = [],
    prior = [],
    readBindings = () => new Map<string, string>(),
    rebound = new Set<string>(),
    resolutions = new Map<string, Resolution>(),
    type,
  }: PlannedSet,
  { protectedUsers, protectedUsersKnown }: Protection,
): KeptSet {
  const priorIds = new PackedIds(prior);
  const kept = new Set(retained);
  const isProtected = (id: string): boolean =>
    !protectedUsersKnown || protectedUsers.matchId(id, type) !== undefined;
  const unseen = [...mayLeave].filter(([id]) => !kept.has(id) && !isProtected(id));
  return {
    type,
    declared: new PackedIds(declared.keys()),
    first: [...declared].slice(0, NAMED).map(([id, label]): Line => ({ id, label })),
    retained,
    isOpen: isOpen && protectedUsersKnown,
    added: new PackedIds(added),
    leavers: [...leavers, ...unseen.map(([id, label]): Leaver => ({ id, label, fate: USERS_NOT_KNOWN_YET }))],
    suspendDays,
    released: new PackedIds(released),
    readBindings: () => readBindings(priorIds.unpack()),
    rebound,
    resolutions,
    isProtected,
  };
}

/** How many users of a set a message names. */
const NAMED = 3;

const USERS_NOT_KNOWN_YET = noCall({
  kind: "not_looked_up",
  failure: {
    message: "The users of the set are not known before apply.",
    reach: "every_call",
    effect: "none",
    transient: true,
  },
});

/**
 * A list of ids that is kept for the life of the process and rarely read. As one text, 100,000 ids take 3 MB;
 * as the map that they come from, 14 MB.
 */
class PackedIds {
  readonly size: number;
  private readonly text: string;

  constructor(ids: Iterable<string>) {
    const all = [...ids];
    this.size = all.length;
    // No id contains a line break: validation refuses control characters.
    this.text = all.join("\n");
  }

  unpack(): string[] {
    return this.size === 0 ? [] : this.text.split("\n");
  }
}

/**
 * A planned set, kept until the process ends, with indexes that are built on demand: they take time and
 * memory, and few plans need them.
 */
export class NotedSet {
  readonly set: KeptSet;
  /**
   * Whom the ids named when they were first seen, without the ids that the change binds to somebody else.
   * Those are declared, so nobody leaves under one of them with this change.
   */
  private readonly bindings = onDemand(() => {
    const { rebound, readBindings } = this.set;
    const bindings = readBindings();
    return rebound.size === 0 ? bindings : new Map([...bindings].filter(([id]) => !rebound.has(id)));
  });
  private readonly heldIds = onDemand(() => this.index(this.listHeld()));
  private readonly releasedIds = onDemand(() => this.index(this.set.released.unpack()));
  private readonly addedInDoubt = onDemand(() => this.indexInDoubt(this.set.added.unpack()));
  private readonly heldInDoubt = onDemand(() => this.indexInDoubt(this.listHeld()));

  constructor(set: PlannedSet, protection: Protection) {
    this.set = pack(set, protection);
  }

  /** Those whom the change deletes or suspends, or may. */
  get revoked(): readonly Leaver[] {
    return this.set.leavers.filter(mayRevoke);
  }

  /** Finds the id by which this set declares or retains the user who leaves another set. */
  findDeclaredId(leaver: Leaver, of: NotedSet): string | undefined {
    if (this.set.declared.size + this.set.retained.length === 0) return undefined;
    const user = of.findShownUser(leaver) ?? of.findRememberedUser(leaver);
    return match(this.heldIds(), leaver.id, user, this.set.type === of.set.type);
  }

  /**
   * Tells of a user who leaves another set, and for whom `findDeclaredId` finds no id, whether this set, as
   * far as is known, may declare or retain the user nevertheless: under an id of which no look-up has told
   * whom it names, because it failed, or the pool is not known yet.
   */
  mayDeclare(leaver: Leaver, of: NotedSet): boolean {
    if (!mayNameLeaver(this.set.type, of.set.type)) return false;
    const shown = of.findShownUser(leaver);
    if (shown) return this.mayAdd(shown);
    const remembered = of.findRememberedUser(leaver);
    return remembered !== undefined && this.mayHold(remembered);
  }

  /** Finds the id by which this released set held the user of an id that another set adds. */
  findReleasedId(id: string, of: KeptSet): string | undefined {
    const resolution = resolutionOf(id, of.resolutions);
    const user = resolution.kind === "found" ? resolution.user : undefined;
    return match(this.releasedIds(), id, user, this.set.type === of.type);
  }

  /** The declared ids whose users are known, by the key of the system user id. */
  declaredUsers(): ReadonlyMap<string, string> {
    const { declared, resolutions } = this.set;
    const bindings = this.bindings();
    return new Map(
      declared.unpack().flatMap((id): [string, string][] => {
        const resolution = resolutionOf(id, resolutions);
        const userId = resolution.kind === "found" ? resolution.userId : bindings.get(id);
        return userId === undefined ? [] : [[userIdKey(userId), id]];
      }),
    );
  }

  /** Finds the user of a leaver of this set whom a look-up shows: the current user of the id. */
  private findShownUser({ id }: Leaver): DirectoryUser | undefined {
    const resolution = resolutionOf(id, this.set.resolutions);
    return resolution.kind === "found" ? resolution.user : undefined;
  }

  /**
   * Finds the user of a leaver of this set whom no look-up shows: the one who waited under the id, or else
   * the one that the id is bound to. Only the system user id is known. Without either, no apply deletes
   * anybody for the id.
   */
  private findRememberedUser({ id, waiting }: Leaver): DirectoryUser | undefined {
    const bound = this.set.type === UserIdType.USER_ID ? id : this.bindings().get(id);
    const userId = waiting?.userId ?? bound;
    return userId === undefined ? undefined : { userId, identities: [] };
  }

  /** Whether an id that the change adds may name a user whom a look-up shows. Only these ids are in doubt. */
  private mayAdd(shown: DirectoryUser): boolean {
    return this.addedInDoubt().findUncertainty(shown) !== undefined;
  }

  /**
   * Whether the set may declare or retain an id of a user of whom only the system user id is known. All ids
   * that the set has never found are in doubt, because nothing else can tell them from the user's.
   */
  private mayHold(remembered: DirectoryUser): boolean {
    return this.heldInDoubt().findUncertainty(remembered) !== undefined;
  }

  /** The ids that the set declares or retains. */
  private listHeld(): string[] {
    return [...this.set.declared.unpack(), ...this.set.retained];
  }

  private index(ids: readonly string[]): StillDeclared {
    const declared = new Map(ids.map((id) => [id, ""]));
    return new StillDeclared({ ...this.set, bindings: this.bindings(), declared });
  }

  /** An index without protected ids, in which an id that was not looked up counts as undecided. */
  private indexInDoubt(ids: readonly string[]): StillDeclared {
    const { type, resolutions, isProtected } = this.set;
    const unprotected = ids.filter((id) => !isProtected(id));
    return new StillDeclared({
      type,
      declared: new Map(unprotected.map((id) => [id, ""])),
      bindings: this.bindings(),
      resolutions: new Map(unprotected.map((id) => [id, resolutionOf(id, resolutions)])),
    });
  }
}

/** Makes something when it is asked for first. */
function onDemand<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** Types of which one user may have several ids at once. */
const SEVERAL_A_USER: ReadonlySet<UserIdType> = new Set([UserIdType.IDENTITY, UserIdType.SYNC_RELATION]);

/**
 * Whether an id of a type may be, or become, one of a user who also has an id of another one, by which the
 * user leaves a set.
 */
function mayNameLeaver(type: UserIdType, leaving: UserIdType): boolean {
  return type !== leaving || SEVERAL_A_USER.has(type);
}

function match(
  ids: StillDeclared,
  id: string,
  user: DirectoryUser | undefined,
  isSameType: boolean,
): string | undefined {
  return (user && ids.idOf(user)) ?? (isSameType ? ids.matchId(id) : undefined);
}
