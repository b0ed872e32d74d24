import { compact } from "../lists";
import { rowOfLeaving, SHARE_COUNTS_ABOVE } from "../users";
import { formatCount, formatNumber, type Phrase, verbOf } from "./document";
import type { StackReport, ReportedLeaver, ReportedSet } from "./plan-report-schema";

/**
 * From which share of a set on the first line of a report names it. As for `max_deletions_percent`, the share
 * of a few people says nothing.
 */
const LARGE_SHARE = 0.5;

/** How many sets the sentences name. The table of sets has all of them. */
const MOST_SETS = 5;

/**
 * How many of the users that a set held leave it. Those who waited for their deletion were not held any more.
 */
function countLeaving({ deleted, suspended, not_deleted, due, held }: ReportedSet): number {
  return Math.min(held, Math.max(0, deleted + suspended + not_deleted - due));
}

function isEmptied(set: ReportedSet): boolean {
  return set.held > 0 && countLeaving(set) === set.held;
}

/** The sets that lose somebody, those that lose everybody first, then those that lose most. */
function losingSets(sets: readonly ReportedSet[]): ReportedSet[] {
  const lose = ({ deleted, suspended }: ReportedSet) => deleted + suspended;
  return sets
    .filter((set) => lose(set) > 0)
    .sort((one, other) => Number(isEmptied(other)) - Number(isEmptied(one)) || lose(other) - lose(one));
}

/**
 * For the first line: the people that a set loses, if that is everybody or a large share; empty otherwise.
 */
export function largeShare(sets: readonly ReportedSet[]): Phrase {
  const losing = losingSets(sets);
  const emptied = losing.filter(isEmptied);
  const [first] = emptied;
  if (first && emptied.length === 1) {
    return [": everybody in ", { data: first.address }, ` leaves (${ofAll(first)})`];
  }
  if (first) return [`: everybody in ${formatCount(emptied.length, "set")} leaves`];
  const large = losing.filter(
    (set) => countLeaving(set) > SHARE_COUNTS_ABOVE && countLeaving(set) >= LARGE_SHARE * set.held,
  );
  const [largest] = large.sort((one, other) => countLeaving(other) - countLeaving(one));
  return largest
    ? [`: ${ofAll(largest)} in `, { data: largest.address }, ` leave (${percentOf(largest)})`]
    : [];
}

function ofAll(set: ReportedSet): string {
  return `${formatNumber(countLeaving(set))} of ${formatNumber(set.held)}`;
}

/** Rounded down, so that a set that keeps somebody does not show 100 %. */
function percentOf(set: ReportedSet): string {
  return `${Math.floor((100 * countLeaving(set)) / set.held)} %`;
}

/** Whether the pool has nobody any more that the id could mean, as far as the messages of the plan say. */
export function isGone({ reason }: ReportedLeaver): boolean {
  return reason !== undefined && rowOfLeaving(reason).isAbsent === true;
}

/** Who leaves and who stays, for each set that loses somebody, and for all others together. */
export function shareFacts({ sets, leavers }: Pick<StackReport, "sets" | "leavers">): Phrase[] {
  const losing = losingSets(sets);
  const more = losing.length - MOST_SETS;
  const others = sets.filter((set) => !losing.includes(set) && set.action !== "release");
  const stay = others.reduce((sum, set) => sum + set.stay, 0);
  const join = others.reduce((sum, set) => sum + set.join, 0);
  return compact<Phrase>(
    ...losing.slice(0, MOST_SETS).map((set) => shareOfSet(set, leavers)),
    more > 0 && [
      `The table of sets shows ${formatCount(more, "more set")} that ${verbOf(more, "lose")} somebody.`,
    ],
    stay + join > 0 &&
      losing.length > 0 && [`In ${formatCount(others.length, "other set")}, ${staying(stay, join)}.`],
  );
}

function shareOfSet(set: ReportedSet, leavers: readonly ReportedLeaver[]): Phrase {
  const leaving = countLeaving(set);
  const fates = fatesOf(set, leavers.filter((leaver) => leaver.set === set.address && isGone(leaver)).length);
  const leave =
    leaving === 0
      ? `none of ${formatNumber(set.held)} leaves`
      : isEmptied(set)
        ? `everybody leaves (${ofAll(set)}${fates && `: ${fates}`})`
        : `${ofAll(set)} ${verbOf(leaving, "leave")}${fates && ` (${fates})`}`;
  const stay = set.held - leaving;
  const due =
    set.due > 0 ? `; ${formatNumber(set.due)} who left before ${set.due === 1 ? "is" : "are"} due` : "";
  return [{ data: set.address }, `: ${leave}, ${staying(stay, set.join)}${due}.`];
}

/** What becomes of those who leave; empty if it is the same for all. */
function fatesOf({ deleted, due, suspended, not_deleted }: ReportedSet, gone: number): string {
  const fates = {
    deleted: deleted - due,
    suspended,
    "already gone": gone,
    "not deleted": not_deleted - gone,
  };
  const some = Object.entries(fates).filter(([, number]) => number > 0);
  return some.length < 2 ? "" : some.map(([fate, number]) => `${formatNumber(number)} ${fate}`).join(", ");
}

function staying(stay: number, join: number): string {
  const stays = stay === 0 ? "nobody stays" : `${formatNumber(stay)} ${verbOf(stay, "stay")}`;
  return join === 0 ? stays : `${stays}, ${formatNumber(join)} ${verbOf(join, "join")}`;
}
