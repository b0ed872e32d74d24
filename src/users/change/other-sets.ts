import { compact } from "../../lists";
import {
  count,
  describeIds,
  listUsers,
  MAX_LISTED,
  type Message,
  paragraphs,
  type Told,
  toldRefusal,
  warningAbout,
} from "../wording";
import { isRevoked, type Leaver, wordsOfRevocation } from "../fate";
import { NotedSet, type PlannedSet, type Protection } from "./planned-set";

/**
 * The sets that one process plans. Plain HCL has no construct that protects all users of a stack, so this
 * class checks the sets against each other (docs/guides/trust.md, P6). No set may delete somebody
 *
 * - if another set declares or retains the user, or may: under an id that no look-up has matched to a user;
 * - while it is not known yet who will be declared in another set;
 * - while it takes over users of a set that is being removed, as after a shift of `count`.
 *
 * The set that is planned second is refused. Keeping the user instead would not be safe, because apply does
 * not plan unchanged sets again.
 *
 * Three kinds of sets are not checked: sets of another provider configuration (an alias), which another
 * process plans; sets that `-target` or `-exclude` leaves out, which are not planned; and at apply, sets
 * without a change in the saved plan, which are not planned again.
 */
export class PlannedSets {
  private readonly sets: NotedSet[] = [];
  /** The declared users, by the key of the system user id. Made when a second set comes. */
  private readonly declaredUsers = new Set<string>();

  /**
   * Adds a set and checks it against the others. An `id` does not identify a set: an import that is given
   * twice, or a copied state, makes two sets with the same `id`.
   *
   * @returns errors that say why the change must not be carried out, none if no other set contradicts it; and
   *   what a reviewer has to know of the sets together
   */
  add(set: PlannedSet, protection: Protection): Told[] {
    const added = new NotedSet(set, protection);
    const refusals = this.sets.flatMap((other) => [
      ...refuse({ deleting: added, other, ...WORDS.this }),
      ...refuse({ deleting: other, other: added, ...WORDS.another }),
    ]);
    this.sets.push(added);
    return [...refusals.map(toldRefusal), ...compact(this.warnOfSharedUsers(added))];
  }

  /** Tells of users that two sets declare, before one of them lets somebody go. */
  private warnOfSharedUsers(added: NotedSet): Told | undefined {
    // While there is only one set, nobody reads which users its ids name.
    if (this.sets.length === 1) return undefined;
    const [first] = this.sets;
    if (this.sets.length === 2 && first) this.noteDeclared(first);
    const shared = this.noteDeclared(added);
    if (shared.length === 0) return undefined;
    return warningAbout(
      shared,
      `${count(shared.length, "user")} of this set also declared by another set`,
      `Each of these ids names one user in GenAuth, and both sets declare this user:\n${describeIds(shared)}\nNobody is deleted while one of the sets declares the user: a plan that takes the user out of only one of them fails. Declare each user in one set.`,
    );
  }

  /** @returns the ids of users that a set before declares, too */
  private noteDeclared(set: NotedSet): string[] {
    return [...set.declaredUsers()].flatMap(([key, id]) => {
      if (this.declaredUsers.has(key)) return [id];
      this.declaredUsers.add(key);
      return [];
    });
  }
}

/** A set that may delete users, another one, and how messages name them. */
interface Pair {
  readonly deleting: NotedSet;
  readonly other: NotedSet;
  readonly isOurs: boolean;
  readonly subject: string;
  readonly whose: string;
}

const WORDS = {
  this: { isOurs: true, subject: "This change", whose: "another set" },
  another: { isOurs: false, subject: "Another set", whose: "this set" },
} as const;

/** Why a set may not delete its leavers beside another one. */
function refuse(pair: Pair): Message[] {
  if (pair.deleting.revoked.length === 0) return [];
  return compact(refuseDeclared(pair), refuseOpen(pair), refuseShift(pair));
}

/** A set deletes users that the other one declares or retains, or may. */
function refuseDeclared(pair: Pair): Message | undefined {
  const { deleting, other, subject, whose } = pair;
  const declared: DeclaredLeaver[] = [];
  const uncertain: Leaver[] = [];
  for (const leaver of deleting.revoked) {
    const there = other.findDeclaredId(leaver, deleting);
    if (there !== undefined) declared.push({ ...leaver, there });
    else if (other.mayDeclare(leaver, deleting)) uncertain.push(leaver);
  }
  const all = [...declared, ...uncertain];
  if (all.length === 0) return undefined;
  return {
    summary:
      declared.length > 0
        ? `${subject} ${revokes(deleting, all)} that ${whose} declares`
        : `${subject} ${revokes(deleting, all)} that ${whose} may declare under another id`,
    detail: paragraphs(
      declared.length === 0
        ? ""
        : `These leave one set, but are declared or retained by ${whose}:\n${listWithThere(declared)}`,
      uncertain.length === 0
        ? ""
        : `Some ids that ${whose} declares or retains by ${other.set.type} have not been matched to users. They may belong to these users, who are removed by ${deleting.set.type}:\n${listUsers(uncertain, MAX_LISTED)}`,
      describeSet("The other set", pair.isOurs ? other : deleting),
      `${tellDone(pair)} ${uncertain.length === 0 ? "" : `${IF_UNCERTAIN} `}${ADVICE}`,
    ),
  };
}

/** A leaver of one set, with the id by which another one declares the user. */
type DeclaredLeaver = Leaver & { readonly there: string };

const IF_UNCERTAIN =
  "Plan again when GenAuth answers; if the provider's configuration or the users of a set are not known before apply, first apply what they come from (-target).";

/**
 * Refuses deletions while it is not known which users another set will declare: during apply it would be too
 * late.
 */
function refuseOpen(pair: Pair): Message | undefined {
  const { deleting, other, subject, whose } = pair;
  const deleted = deleting.revoked;
  if (!other.set.isOpen) return undefined;
  return {
    summary: `${subject} ${revokes(deleting, deleted)} while the users of ${whose} are not known yet`,
    detail: paragraphs(
      `That set may turn out to declare or retain some of these during apply, when it may be too late:\n${listUsers(deleted, MAX_LISTED)}`,
      `${tellDone(pair)} Apply first what those users come from (-target), and plan again; or protect everybody whom the configuration declares, with protected_users of the provider. Where it is certain that the sets have nobody in common, allow_unknown_users = true of the set whose users are not known accepts it.`,
    ),
  };
}

/**
 * A set deletes users and adds users of a released set: this happens if one of several sets made with `count`
 * is removed.
 */
function refuseShift(pair: Pair): Message | undefined {
  const { deleting, other: released, subject } = pair;
  const deleted = deleting.revoked;
  if (released.set.released.size === 0) return undefined;
  const takenOver = deleting.set.added.unpack().flatMap((id) => {
    const there = released.findReleasedId(id, deleting.set);
    return there === undefined ? [] : [{ id, label: "", there }];
  });
  if (takenOver.length === 0) return undefined;
  return {
    summary: `${subject} ${revokes(deleting, deleted)} while it takes over ${count(takenOver.length, "user")} of a set that is being removed`,
    detail: paragraphs(
      `This happens when one of several sets created with count is removed: the others move up, and the users of the wrong set would leave:\n${listUsers(deleted, MAX_LISTED)}`,
      `Taken over from the removed set:\n${listWithThere(takenOver)}`,
      `${tellDone(pair)} Create the sets with for_each, so that each keeps its own name, or move them with moved blocks. If these users really should leave, remove them in a separate change.`,
    ),
  };
}

/** What has happened when a set is refused: at an apply, another set that deletes may have come first. */
function tellDone({ isOurs, deleting }: Pair): string {
  if (isOurs) return "Nobody was deleted or suspended.";
  return `If this is a plan, nobody was deleted or suspended. If this is an apply, the other set may already have done so: check with "cdktf-genauth drift --users FILE --user-id-type ${deleting.set.type}", where FILE lists the ids above.`;
}

const ADVICE =
  "If users move from one set to another, protect all users that the configuration declares: collect the ids of all sets in one local value, and pass it to protected_users of the provider (see the guide on several teams). A user who moves is then kept. An id that the user has lost, such as a former e-mail address, protects nobody: correct it in the set that declares it, or remove it there, too.";

function revokes({ set }: NotedSet, leavers: readonly Leaver[]): string {
  const { verb, does } = wordsOfRevocation(leavers, set.suspendDays > 0 ? "suspend" : "delete");
  return `${leavers.every(isRevoked) ? does : `may ${verb}`} ${count(leavers.length, "user")}`;
}

/** Lists users with the id by which the other set names each, where that is another one. */
function listWithThere(
  found: readonly { readonly id: string; readonly label: string; readonly there: string }[],
): string {
  return listUsers(
    found.map(({ id, label, there }) => ({ id, label, note: there === id ? "" : `there: ${there}` })),
    MAX_LISTED,
  );
}

/** Terraform does not give a provider resource addresses, so the message identifies a set by its users. */
function describeSet(name: string, { set: { declared, first, type } }: NotedSet): string {
  const among = first.length === 0 ? "." : `, among them:\n${listUsers(first, first.length)}`;
  return `${name} declares ${count(declared.size, "user")} by ${type}${among}`;
}
