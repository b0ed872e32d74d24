import { printable } from "../../text";
import { type Told, toldRefusal, warningAbout } from "../describe";
import type { DirectoryUser } from "../directory";
import { userIdKey } from "../ids/id-types";
import { type Resolution, resolutionOf } from "../look-up/resolution";
import { UserIdType } from "../user-id-type";
import { count, type Line, listUsers, MAX_LISTED, type Message, paragraphs } from "../wording";
import { type ProtectedUsers, StillDeclared } from "./protection";
import { type Fate, type Leaver, leaversWith, mayEnd } from "./fate";

/** A set after its planned change. What is absent is empty, or does not hold. */
export interface PlannedSet {
  readonly type: UserIdType;
  /** The users that the set declares after the change, id -> label; none if the set is released. */
  readonly declared?: ReadonlyMap<string, string>;
  /** Ids that may be removed without a deletion. */
  readonly retained?: readonly string[];
  /** Whether the set may declare or retain further users that are known only during apply, without being allowed to. Harmless while not all
   * protected users are known: the engine configures the provider again, with all of them, before it applies a set. */
  readonly isOpen?: boolean;
  /** The declared ids that the change adds. */
  readonly added?: Iterable<string>;
  /** The removed ids, and those who are due. */
  readonly leavers?: readonly Leaver[];
  /** Users who may be removed unless they are retained or protected, id -> label, while it is not known before the apply who the set will declare. */
  readonly mayLeave?: Iterable<readonly [id: string, label: string]>;
  /** For how many days users who leave are suspended before they are deleted; 0 if they are deleted at once. */
  readonly suspendDays?: number;
  /** The ids of a set that is destroyed or removed from the configuration. */
  readonly released?: Iterable<string>;
  /** The ids of the set before the change. */
  readonly prior?: Iterable<string>;
  /**
   * Reads the system user id that each id of `prior` named when it was first seen. Read on demand, because most plans never need it and
   * a set may hold 100,000 users.
   */
  readonly readBindings?: (prior: readonly string[]) => ReadonlyMap<string, string>;
  /** The current users of the removed and added ids, as far as they were looked up. */
  readonly resolutions?: ReadonlyMap<string, Resolution>;
}

/** Users whom no set deletes. While some are not known, they count as all users that the configuration declares. */
export interface Protection {
  readonly protectedUsers: ProtectedUsers;
  /** Whether `protectedUsers` is all of them. */
  readonly protectedUsersKnown: boolean;
}

/** What is kept of a planned set until the process ends. */
type KeptSet = ReturnType<typeof pack>;

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
    resolutions = new Map<string, Resolution>(),
    type,
  }: PlannedSet,
  { protectedUsers, protectedUsersKnown }: Protection,
) {
  const priorIds = new PackedIds(prior);
  const kept = new Set(retained);
  const isProtected = (id: string): boolean =>
    !protectedUsersKnown || protectedUsers.matchId(id, type) !== undefined;
  const mayEndUnseen = [...mayLeave].filter(([id]) => !kept.has(id) && !isProtected(id));
  return {
    type,
    declared: new PackedIds(declared.keys()),
    first: firstOf(declared),
    retained,
    isOpen: isOpen && protectedUsersKnown,
    added: new PackedIds(added),
    leavers: [
      ...leavers,
      ...mayEndUnseen.map(([id, label]): Leaver => ({ id, label, fate: USERS_NOT_KNOWN_YET })),
    ],
    suspendDays,
    released: new PackedIds(released),
    readBindings: () => readBindings(priorIds.unpack()),
    resolutions,
    isProtected,
  };
}

/** How many users of a set a message names. */
const NAMED = 3;

function firstOf(declared: ReadonlyMap<string, string>): Line[] {
  const first: Line[] = [];
  for (const [id, label] of declared) {
    if (first.length === NAMED) break;
    first.push({ id, label });
  }
  return first;
}

const USERS_NOT_KNOWN_YET = {
  kind: "undecided",
  failure: {
    message: "The users of the set are not known before apply.",
    reach: "every_call",
    effect: "none",
    transient: true,
  },
} as const satisfies Fate;

/**
 * A list of ids that is kept for the life of the process and rarely read. As one text, 100,000 ids take 3 MB; as the
 * map that they come from, 14 MB.
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

/** Somebody whom a change certainly deletes or suspends. */
type Ending = Leaver<Extract<Fate, { kind: "delete" | "suspend" }>>;

/** A planned set with indexes that are built on demand: they take time and memory, and few plans need them. */
class Entry {
  private known?: StillDeclared;
  private knownReleased?: StillDeclared;
  private knownAdded?: StillDeclared;
  private knownLeaving?: ReadonlyMap<string, Ending>;

  private knownBindings?: ReadonlyMap<string, string>;

  constructor(readonly set: KeptSet) {}

  private get bindings(): ReadonlyMap<string, string> {
    return (this.knownBindings ??= this.set.readBindings());
  }

  get isDeleting(): boolean {
    return this.set.leavers.some(mayEnd);
  }

  /**
   * Finds the user of a leaver of this set: the current user of its id, or, if the id could not be looked up, the user it is
   * bound to.
   */
  findUser({ id, fate }: Leaver): DirectoryUser | undefined {
    const resolution = resolutionOf(id, this.set.resolutions);
    if (fate.kind !== "undecided" && resolution.kind === "found") return resolution.user;
    const bound = this.bindings.get(id);
    return bound === undefined ? undefined : { userId: bound, identities: [] };
  }

  /** Finds the id by which this set declares or retains the user who leaves another set. */
  findDeclaredId(leaver: Leaver, of: Entry): string | undefined {
    if (this.set.declared.size + this.set.retained.length === 0) return undefined;
    this.known ??= this.index([...this.set.declared.unpack(), ...this.set.retained]);
    return match(this.known, leaver.id, of.findUser(leaver), this.set.type === of.set.type);
  }

  /**
   * Tells whether an id that this set adds may name the user who leaves another set. Ids of one type are compared as they
   * are. For another type, a look-up has to tell, and it may have failed, or the pool is not known yet.
   */
  mayDeclare(leaver: Leaver, of: Entry): boolean {
    if (this.set.added.size === 0 || this.set.type === of.set.type) return false;
    const user = of.findUser(leaver);
    this.knownAdded ??= this.indexAdded();
    return user !== undefined && this.knownAdded.findUncertainty(user) !== undefined;
  }

  /** Those whom the change certainly deletes or suspends. */
  get endings(): readonly Ending[] {
    const { leavers } = this.set;
    return [...leaversWith(leavers, "delete"), ...leaversWith(leavers, "suspend")];
  }

  /** Finds the leaver of this set who is the same user as a leaver of another set. */
  findSameUser(leaver: Ending, of: Entry): Ending | undefined {
    const user = of.findUser(leaver);
    if (!user) return undefined;
    this.knownLeaving ??= new Map(
      this.endings.flatMap((its): [string, Ending][] => {
        const found = this.findUser(its);
        return found ? [[userIdKey(found.userId), its]] : [];
      }),
    );
    return this.knownLeaving.get(userIdKey(user.userId));
  }

  /** For how many days a leaver is suspended before the deletion. */
  suspendDaysOf({ fate }: Ending): number {
    return fate.kind === "suspend" ? this.set.suspendDays : 0;
  }

  /** The added ids that nothing protects. */
  get addedUnprotected(): string[] {
    const { added, isProtected } = this.set;
    return added.unpack().filter((id) => !isProtected(id));
  }

  /** Those of them that certainly name nobody yet. */
  get addedForNobody(): string[] {
    return this.addedUnprotected.filter((id) => resolutionOf(id, this.set.resolutions).kind === "absent");
  }

  /** Finds the id by which this released set held the user of an id that another set adds. */
  findReleasedId(id: string, of: KeptSet): string | undefined {
    if (this.set.released.size === 0) return undefined;
    this.knownReleased ??= this.index(this.set.released.unpack());
    const resolution = resolutionOf(id, of.resolutions);
    const user = resolution.kind === "found" ? resolution.user : undefined;
    return match(this.knownReleased, id, user, this.set.type === of.type);
  }

  private indexAdded(): StillDeclared {
    const ids = this.addedUnprotected;
    return new StillDeclared({
      type: this.set.type,
      declared: new Map(ids.map((id) => [id, ""])),
      bindings: this.bindings,
      resolutions: new Map(ids.map((id) => [id, resolutionOf(id, this.set.resolutions)])),
    });
  }

  private index(ids: Iterable<string>): StillDeclared {
    const declared = new Map([...ids].map((id) => [id, ""]));
    return new StillDeclared({ ...this.set, bindings: this.bindings, declared });
  }
}

function match(
  ids: StillDeclared,
  id: string,
  user: DirectoryUser | undefined,
  isSameType: boolean,
): string | undefined {
  return (user && ids.idOf(user)) ?? (isSameType ? ids.matchId(id) : undefined);
}

/**
 * The sets that one process plans. Plain HCL has no construct that protects all users of a stack, so this class checks
 * the sets against each other: no set may delete a user that another set declares or retains. The set that is planned
 * second is refused. Keeping the user instead would not be safe, because apply does not plan unchanged sets again.
 *
 * Three kinds of sets are not checked: sets of another provider configuration (an alias), which another process plans;
 * sets that `-target` or `-exclude` leaves out, which are not planned; and at apply, sets without a change in the saved
 * plan, which are not planned again.
 */
export class PlannedSets {
  private readonly entries: Entry[] = [];

  /**
   * Adds a set and checks it against the others. An `id` does not identify a set: an import that is given twice, or a
   * copied state, makes two sets with the same `id`. A set that is planned twice, as for its replacement, does not
   * contradict itself.
   *
   * @param keepsAdded whether the plan of the set takes the result of `addedBefore` to its apply
   * @returns errors that say why the change must not be carried out, none if no other set contradicts it; and what a reviewer has to know of
   *   the sets together
   */
  add(set: PlannedSet, protection: Protection, keepsAdded = false): Told[] {
    const entry = new Entry(pack(set, protection));
    const refusals = this.entries.flatMap((other) => [
      ...refuseDeletion(entry, other),
      ...refuseDeclaration(entry, other),
      ...refuseUncertain(entry, other, "this"),
      ...refuseUncertain(other, entry, "another"),
      ...refuseOpen(entry, other, "this"),
      ...refuseOpen(other, entry, "another"),
      ...refuseShift(entry, other, "this"),
      ...refuseShift(other, entry, "another"),
      ...refuseTwoFates(entry, other),
    ]);
    const warnings = this.entries.flatMap((other) => [
      ...(keepsAdded ? [] : warnOfIdsForNobody(entry, other, "this")),
      ...warnOfIdsForNobody(other, entry, "another"),
    ]);
    this.entries.push(entry);
    return [
      ...refusals.map(toldRefusal),
      ...warnings.map(({ summary, detail }) => warningAbout([], summary, detail)),
    ];
  }

  /**
   * The ids, by type, that the sets planned so far add, and that may become ids of a user who leaves a set with ids of this type. Those that
   * are protected are not among them.
   */
  addedBefore(type: UserIdType): ReadonlyMap<UserIdType, readonly string[]> {
    const added = new Map<UserIdType, string[]>();
    for (const entry of this.entries) {
      if (!mayNameLeaver(entry.set.type, type)) continue;
      const ids = entry.addedUnprotected;
      if (ids.length > 0) added.set(entry.set.type, [...(added.get(entry.set.type) ?? []), ...ids]);
    }
    return added;
  }
}

interface Contradiction extends Pick<Leaver, "fate"> {
  readonly id: string;
  readonly label: string;
  /** The id by which the other set names the same user. */
  readonly there: string;
}

function findContradictions(deleting: Entry, declaring: Entry): Contradiction[] {
  if (!deleting.isDeleting) return [];
  return deleting.set.leavers.filter(mayEnd).flatMap((leaver) => {
    const there = declaring.findDeclaredId(leaver, deleting);
    return there === undefined ? [] : [{ ...leaver, there }];
  });
}

/** The set that is planned now deletes users that an earlier one declares. */
function refuseDeletion(entry: Entry, other: Entry): Message[] {
  const found = findContradictions(entry, other);
  if (found.length === 0) return [];
  return [
    {
      summary: `This change ${deletes(found)} ${count(found.length, "user")} that another set declares`,
      detail: paragraphs(
        `Another user set of this configuration declares or retains ${found.length === 1 ? "this user" : "these users"}:\n${listContradictions(found)}`,
        describeSet("The other set", other),
        `Nobody was deleted. ${ADVICE}`,
      ),
    },
  ];
}

/** The set that is planned now declares users that an earlier one deletes. */
function refuseDeclaration(entry: Entry, other: Entry): Message[] {
  const found = findContradictions(other, entry);
  if (found.length === 0) return [];
  const whom = found.length === 1 ? "this user" : "these users";
  return [
    {
      summary: `Another set ${deletes(found)} ${count(found.length, "user")} that this set declares`,
      detail: paragraphs(
        `Another user set of this configuration would delete ${whom}, which this set declares or retains:\n${listContradictions(found)}`,
        describeSet("The other set", other),
        `If this is a plan, nobody was deleted. If this is an apply, the other set may already have deleted ${whom}: check with "genauth-users drift --users FILE --user-id-type ${other.set.type}", where FILE lists the ids above. ${ADVICE}`,
      ),
    },
  ];
}

/**
 * Refuses deletions while a look-up has not told whether the other set adds the same users under ids of another type. At
 * apply, the deleting set may come first, and does not know the other one.
 */
function refuseUncertain(deleting: Entry, adding: Entry, which: "this" | "another"): Message[] {
  if (!deleting.isDeleting) return [];
  const uncertain = deleting.set.leavers
    .filter(mayEnd)
    .filter((leaver) => adding.mayDeclare(leaver, deleting));
  if (uncertain.length === 0) return [];
  const [subject, whose] = which === "this" ? ["This change", "another set"] : ["Another set", "this set"];
  return [
    {
      summary: `${subject} ${deletes(uncertain)} ${count(uncertain.length, "user")} that ${whose} may declare under another id`,
      detail: paragraphs(
        `Users that ${whose} adds by ${adding.set.type} could not be looked up, so they may be the same as these, which are removed by ${deleting.set.type}:\n${listUsers(uncertain, MAX_LISTED)}`,
        `Nobody was deleted. Plan again when GenAuth answers; if the provider's configuration is not known before apply, first apply what it comes from (-target). ${ADVICE}`,
      ),
    },
  ];
}

/** Refuses deletions while it is not known which users another set will declare: during apply it would be too late. */
function refuseOpen(deleting: Entry, open: Entry, which: "this" | "another"): Message[] {
  if (!open.set.isOpen) return [];
  const deleted = deleting.set.leavers.filter(mayEnd);
  if (deleted.length === 0) return [];
  const [subject, whose] = which === "this" ? ["This change", "another set"] : ["Another set", "this set"];
  return [
    {
      summary: `${subject} ${deletes(deleted)} ${count(deleted.length, "user")} while the users of ${whose} are not known yet`,
      detail: paragraphs(
        `That set may turn out to declare or retain some of these during apply, when they may be deleted already:\n${listUsers(deleted, MAX_LISTED)}`,
        "Nobody was deleted. Apply first what those users come from (-target), and plan again; or protect everybody whom the configuration declares, with protected_users of the provider. Where it is certain that the sets have nobody in common, allow_unknown_users = true of the set whose users are not known accepts it.",
      ),
    },
  ];
}

/** A set deletes users and adds users of a released set: this happens if one of several sets made with `count` is removed. */
function refuseShift(deleting: Entry, released: Entry, which: "this" | "another"): Message[] {
  if (!deleting.isDeleting || released.set.released.size === 0) return [];
  const { set } = deleting;
  const takenOver = set.added.unpack().flatMap((id) => {
    const there = released.findReleasedId(id, set);
    return there === undefined ? [] : [{ id, label: "", there }];
  });
  if (takenOver.length === 0) return [];
  const deleted = set.leavers.filter(mayEnd);
  const subject = which === "this" ? "This set" : "Another set";
  return [
    {
      summary: `${subject} deletes ${count(deleted.length, "user")} while it takes over ${count(takenOver.length, "user")} of a set that is being removed`,
      detail: paragraphs(
        `This happens when one of several sets created with count is removed: the others move up, and the users of the wrong set would be deleted:\n${listUsers(deleted, MAX_LISTED)}`,
        `Taken over from the removed set:\n${listContradictions(takenOver)}`,
        "Nobody was deleted. Create the sets with for_each, so that each keeps its own name, or move them with moved blocks. If these users really should be deleted, delete them in a separate change.",
      ),
    },
  ];
}

/** One person leaves two sets, and one of them deletes the person before the days of the other have passed. */
function refuseTwoFates(entry: Entry, other: Entry): Message[] {
  const found = entry.endings.flatMap((leaver): TwoFates[] => {
    const there = other.findSameUser(leaver, entry);
    if (!there) return [];
    const [days, othersDays] = [entry.suspendDaysOf(leaver), other.suspendDaysOf(there)];
    return days === othersDays ? [] : [{ ...leaver, there: there.id, days, othersDays }];
  });
  if (found.length === 0) return [];
  const lines = found.map(({ id, label, there, days, othersDays }) => ({
    id,
    label,
    note: `${fateAfter(days)} here, ${fateAfter(othersDays)} there${there === id ? "" : ` as ${printable(there)}`}`,
  }));
  return [
    {
      summary: `Two sets end ${count(found.length, "user")} differently`,
      detail: paragraphs(
        `${found.length === 1 ? "This user leaves" : "These users leave"} this set and another one in one change, which would delete them on different days:\n${listUsers(lines, MAX_LISTED)}`,
        describeSet("The other set", other),
        "Nobody was suspended or deleted. Give both sets the same suspend_days. Or let the users leave one set while the other still declares them and protected_users of the provider names them, and remove them from the other set in a later change.",
      ),
    },
  ];
}

interface TwoFates extends Ending {
  /** The id by which the user leaves the other set. */
  readonly there: string;
  readonly days: number;
  readonly othersDays: number;
}

function fateAfter(days: number): string {
  return days === 0 ? "deleted" : `suspended for ${count(days, "day")}`;
}

/** Types of which one user may have several ids at once. */
const SEVERAL_A_USER: ReadonlySet<UserIdType> = new Set([UserIdType.IDENTITY, UserIdType.SYNC_RELATION]);

/** Whether an id of a type may become one of a user who still has an id of another one, by which the user leaves a set. */
function mayNameLeaver(added: UserIdType, leaving: UserIdType): boolean {
  return added !== leaving || SEVERAL_A_USER.has(added);
}

/**
 * Warns of added ids that name nobody at plan. An apply looks up only the ids of the set that it applies, so it does not notice that such an id
 * has meanwhile become one of a user whom another set deletes.
 */
function warnOfIdsForNobody(deleting: Entry, adding: Entry, which: "this" | "another"): Message[] {
  if (!deleting.isDeleting) return [];
  const { type } = adding.set;
  if (!mayNameLeaver(type, deleting.set.type)) return [];
  const added = adding.addedForNobody;
  if (added.length === 0) return [];
  const deleted = deleting.set.leavers.filter(mayEnd);
  const [subject, whose] = which === "this" ? ["This change", "another set"] : ["Another set", "this set"];
  return [
    {
      summary: `${subject} ${deletes(deleted)} ${count(deleted.length, "user")} while ${whose} adds ${count(added.length, "id")} that nobody has yet`,
      detail: paragraphs(
        `Added by ${type}, and not in GenAuth yet:\n${listUsers(
          added.map((id) => ({ id, label: "" })),
          MAX_LISTED,
        )}`,
        `If one of them becomes an id of one of these users before the apply, the apply may delete that user all the same, because it looks up only the ids of the set that deletes:\n${listUsers(deleted, MAX_LISTED)}`,
        "Remove users in a change of their own, or protect all users that the configuration declares, with protected_users of the provider (see the guide on several teams).",
      ),
    },
  ];
}

const ADVICE =
  "If users move from one set to another, protect all users that the configuration declares: collect the ids of all sets in one local value, and pass it to protected_users of the provider (see the guide on several teams). The users are then kept instead of deleted.";

function deletes(leavers: readonly Pick<Leaver, "fate">[]): string {
  return leavers.every(({ fate }) => fate.kind !== "undecided") ? "deletes" : "may delete";
}

function listContradictions(found: readonly Omit<Contradiction, "fate">[]): string {
  return listUsers(
    found.map(({ id, label, there }) => ({ id, label, note: there === id ? "" : `there: ${there}` })),
    MAX_LISTED,
  );
}

/** Terraform does not give a provider resource addresses, so the message identifies a set by its users. */
function describeSet(name: string, { set: { declared, first, type } }: Entry): string {
  const among = first.length === 0 ? "." : `, among them:\n${listUsers(first, first.length)}`;
  return `${name} declares ${count(declared.size, "user")} by ${type}${among}`;
}
