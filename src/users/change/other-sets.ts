import { printable } from "../../text";
import { userIdKey } from "../ids/id-types";
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
import { isRevoked, type Leaver, leaversWith, wordsOfRevocation } from "./fate";
import { mayNameLeaver, NotedSet, type PlannedSet, type Protection } from "./planned-set";

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
  private readonly entries: NotedSet[] = [];

  /**
   * Adds a set and checks it against the others. An `id` does not identify a set: an import that is given twice, or a
   * copied state, makes two sets with the same `id`. A set that is planned twice, as for its replacement, does not
   * contradict itself.
   *
   * @returns errors that say why the change must not be carried out, none if no other set contradicts it; and what a reviewer has to know of
   *   the sets together
   */
  add(set: PlannedSet, protection: Protection): Told[] {
    const entry = new NotedSet(set, protection);
    const found = this.entries.map((other) => compare(entry, other));
    this.entries.push(entry);
    return [
      ...found.flatMap(({ refusals }) => refusals).map(toldRefusal),
      ...found.flatMap(({ warnings }) => warnings).map((its) => warningAbout([], its.summary, its.detail)),
    ];
  }
}

/** Compares the set that is planned now with an earlier one. */
function compare(now: NotedSet, other: NotedSet) {
  const ours: Pair = { deleting: now, other, ...WORDS.this };
  const theirs: Pair = { deleting: other, other: now, ...WORDS.another };
  const check = (find: (pair: Pair) => Message | undefined, ...pairs: readonly Pair[]): Message[] =>
    pairs.flatMap((pair) => find(pair) ?? []);
  return {
    refusals: [
      ...check(refuseDeclared, ours, theirs),
      ...check(refuseUncertain, ours, theirs),
      ...check(refuseOpen, ours, theirs),
      ...check(refuseShift, ours, theirs),
      ...check(refuseTwoFates, ours),
    ],
    warnings: [...check(warnOfIdsForNobody, ours, theirs), ...check(warnOfEarlierDeletion, ours, theirs)],
  };
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

/** A set deletes users that the other one declares. */
function refuseDeclared(pair: Pair): Message | undefined {
  const { deleting, other, subject, whose } = pair;
  const found = deleting.revoked.flatMap((leaver) => {
    const there = other.findDeclaredId(leaver, deleting);
    return there === undefined ? [] : [{ ...leaver, there }];
  });
  if (found.length === 0) return undefined;
  return {
    summary: `${subject} ${revokes(deleting, found)} that ${whose} declares`,
    detail: paragraphs(
      `Leaving one set, and declared or retained by ${whose}:\n${listWithThere(found)}`,
      describeSet("The other set", pair.isOurs ? other : deleting),
      `${tellDone(pair)} ${ADVICE}`,
    ),
  };
}

/**
 * Refuses deletions while no look-up has told whether the other set declares the same users under other ids. At apply, the deleting set may
 * come first, or the other one may not change, and then they do not know each other.
 */
function refuseUncertain(pair: Pair): Message | undefined {
  const { deleting, other, subject, whose } = pair;
  const uncertain = deleting.revoked.filter((leaver) => other.mayDeclare(leaver, deleting));
  if (uncertain.length === 0) return undefined;
  return {
    summary: `${subject} ${revokes(deleting, uncertain)} that ${whose} may declare under another id`,
    detail: paragraphs(
      `Some ids that ${whose} declares or retains by ${other.set.type} have not been matched to users. They may belong to these users, who are removed by ${deleting.set.type}:\n${listUsers(uncertain, MAX_LISTED)}`,
      `${tellDone(pair)} Plan again when GenAuth answers; if the provider's configuration or the users of a set are not known before apply, first apply what they come from (-target). ${ADVICE}`,
    ),
  };
}

/** Refuses deletions while it is not known which users another set will declare: during apply it would be too late. */
function refuseOpen(pair: Pair): Message | undefined {
  const { deleting, other, subject, whose } = pair;
  const deleted = deleting.revoked;
  if (!other.set.isOpen || deleted.length === 0) return undefined;
  return {
    summary: `${subject} ${revokes(deleting, deleted)} while the users of ${whose} are not known yet`,
    detail: paragraphs(
      `That set may turn out to declare or retain some of these during apply, when it may be too late:\n${listUsers(deleted, MAX_LISTED)}`,
      `${tellDone(pair)} Apply first what those users come from (-target), and plan again; or protect everybody whom the configuration declares, with protected_users of the provider. Where it is certain that the sets have nobody in common, allow_unknown_users = true of the set whose users are not known accepts it.`,
    ),
  };
}

/** A set deletes users and adds users of a released set: this happens if one of several sets made with `count` is removed. */
function refuseShift(pair: Pair): Message | undefined {
  const { deleting, other: released, subject } = pair;
  const deleted = deleting.revoked;
  if (deleted.length === 0 || released.set.released.size === 0) return undefined;
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

/** One person leaves two sets, and one of them deletes the person before the days of the other have passed. */
function refuseTwoFates({ deleting: entry, other }: Pair): Message | undefined {
  const found = entry.certainlyRevoked.flatMap((leaver) => {
    const there = other.findSameUser(leaver, entry);
    if (!there) return [];
    const [days, othersDays] = [entry.suspendDaysOf(leaver), other.suspendDaysOf(there)];
    return days === othersDays ? [] : [{ leaver, there, days, othersDays }];
  });
  if (found.length === 0) return undefined;
  const isDue = found.some(({ leaver, there }) => leaver.waiting?.isDue || there.waiting?.isDue);
  const lines = found.map(({ leaver: { id, label }, there, days, othersDays }) => ({
    id,
    label,
    note: `${fateAfter(days)} here, ${fateAfter(othersDays)} there${there.id === id ? "" : ` as ${printable(there.id)}`}`,
  }));
  return {
    summary: `Two sets would delete ${count(found.length, "user")} on different days`,
    detail: paragraphs(
      `They leave this set and another one in one change, which would delete them on different days:\n${listUsers(lines, MAX_LISTED)}`,
      describeSet("The other set", other),
      `This set has suspended or deleted nobody. ${isDue ? IF_DUE : SAME_DAYS}`,
    ),
  };
}

const SAME_DAYS =
  "Give both sets the same suspend_days. Or let the users leave one set while the other still declares them and protected_users of the provider names them, and remove them from the other set in a later change.";

const IF_DUE =
  "One of the sets suspended them before, and the day of their deletion has come, while the other one would only begin to wait. Plan and apply once with GENAUTH_DUE_DELETIONS=hold: nobody who is due is deleted then, and they leave the other set, too. The next plan shows the deletion on the day of the set that suspended them first.";

function fateAfter(days: number): string {
  return days === 0 ? "deleted" : `suspended for ${count(days, "day")}`;
}

/**
 * Warns of added ids that name nobody at plan. An apply looks up only the ids of the set that it applies, so it does not notice that such an id
 * has meanwhile become one of a user whom another set deletes.
 */
function warnOfIdsForNobody({ deleting, other: adding, subject, whose }: Pair): Message | undefined {
  const deleted = deleting.revoked;
  const { type } = adding.set;
  if (deleted.length === 0 || !mayNameLeaver(type, deleting.set.type)) return undefined;
  const added = adding.addedForNobody;
  if (added.length === 0) return undefined;
  return {
    summary: `${subject} ${revokes(deleting, deleted)} while ${whose} adds ${count(added.length, "id")} that nobody has yet`,
    detail: paragraphs(
      `Added by ${type}, and not in GenAuth yet:\n${describeIds(added)}`,
      `If one of them becomes an id of one of these users before the apply, the apply does not notice that, because it looks up only the ids of the set that the user leaves:\n${listUsers(deleted, MAX_LISTED)}`,
      "Remove users in a change of their own, or protect all users that the configuration declares, with protected_users of the provider (see the guide on several teams).",
    ),
  };
}

/** Warns of users who are deleted before the day on which another set, in which they wait, would delete them. */
function warnOfEarlierDeletion({ deleting, other: holding, subject, whose }: Pair): Message | undefined {
  const days = holding.daysToCome;
  const found = leaversWith(deleting.set.leavers, "delete").flatMap(({ id, label, fate }) => {
    const day = days.get(userIdKey(fate.userId));
    return day === undefined ? [] : [{ id, label, fate, note: `there from ${day}` }];
  });
  if (found.length === 0) return undefined;
  return {
    summary: `${subject} ${revokes(deleting, found)} suspended for a later day in ${whose}`,
    detail: paragraphs(
      `A set with suspend_days suspended them before, and would delete them only on the day shown:\n${listUsers(found, MAX_LISTED)}`,
      describeSet("The set in which they wait", holding),
      "To let them wait for that day, name their ids in retained_ids of the set that deletes them now, for one apply.",
    ),
  };
}

/** What has happened when a set is refused: at an apply, another set that deletes may have come first. */
function tellDone({ isOurs, deleting }: Pair): string {
  if (isOurs) return "Nobody was deleted or suspended.";
  return `If this is a plan, nobody was deleted or suspended. If this is an apply, the other set may already have done so: check with "cdktf-genauth drift --users FILE --user-id-type ${deleting.set.type}", where FILE lists the ids above.`;
}

const ADVICE =
  "If users move from one set to another, protect all users that the configuration declares: collect the ids of all sets in one local value, and pass it to protected_users of the provider (see the guide on several teams). Whoever moves is then kept. An id that the user has lost, such as a former e-mail address, protects nobody: correct it in the set that declares it, or remove it there, too.";

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
