import { printable } from "../../text";
import { LEAVING_REASONS, type LeavingReason, rowOfLeaving } from "./reason-words";
import { type Message, readListedUsers, readNameNote } from "../wording";
import {
  DECLARES,
  DELETION_WORDS,
  DUE,
  IF_REFUSED,
  INACTIVE,
  POOL,
  PROTECTED_UNKNOWN,
  SUSPENSION_WORDS,
} from "./describe-plan";

/** What the message of a plan says about a removed id. `not_looked_up`: counts as a deletion. */
export type StatedOutcome = "delete" | LeavingReason;

/** What the message of a plan says about a removed id. */
export interface StatedRemoval {
  readonly outcome: StatedOutcome;
  /** Whether the plan counts the user as deleted, or as suspended. */
  readonly isRevoked: boolean;
  /** The label as the message shows it, if it was not known otherwise. */
  readonly label?: string;
  /** Whether a user who counts as deleted is suspended first. */
  readonly suspends?: true;
  /** The user's name in GenAuth; of a user to delete, if GenAuth returns one. */
  readonly name?: string;
  /** Whether the message says that label and name disagree. */
  readonly disagrees: boolean;
  /** More about the outcome, such as the id by which a user is protected. May be empty. */
  readonly note: string;
}

/** A message of a plan, read. */
export interface PlanMessage {
  /** By id. */
  readonly removals: ReadonlyMap<string, StatedRemoval>;
  /** How many users the message counts without naming them, by their outcome. */
  readonly unnamed: ReadonlyMap<StatedOutcome, number>;
  /** The detail without the users that `removals` holds; empty if it says nothing else about this plan. */
  readonly rest: string;
  /**
   * Whether it says that users who count as deleted, or as suspended, may yet be kept: because they could not
   * be looked up, or because not all protected users are known.
   */
  readonly mayBeKept: boolean;
  /** The address of the user pool that it names; absent if it names none. */
  readonly pool: string | undefined;
}

/**
 * Reads a message that `describePlan` wrote. Any other one holds no removals, and is all rest.
 *
 * @param labels the label of each id that may be in it, or `undefined` for one that only the message holds;
 *   default none. Ids and labels are data, so a line is only read if it is about exactly one of these ids
 */
export function readPlanMessage(
  { summary, detail }: Message,
  labels: ReadonlyMap<string, string | undefined> = new Map(),
): PlanMessage {
  const idsByText = new Map([...labels.keys()].map((id) => [printable(id), id]));
  const labelsByText = new Map([...labels].map(([id, label]) => [printable(id), label]));
  const removals = new Map<string, StatedRemoval>();
  const unnamed = new Map<StatedOutcome, number>();
  let mayBeKept = summary === PROTECTED_UNKNOWN;
  const rest = detail.split("\n\n").filter((paragraph) => {
    const lines = paragraph.split("\n");
    const head = headOf(paragraph);
    const outcome = outcomeOf(head);
    if (outcome === undefined) return true;
    if (outcome === "not_looked_up") mayBeKept = true;
    const listed = lines.filter((line) => line.startsWith("  "));
    const more = MORE.exec(listed.at(-1) ?? "")?.[1];
    const isCut = more !== undefined;
    if (isCut) unnamed.set(outcome, Number(more) + (unnamed.get(outcome) ?? 0));
    const named = readListedUsers(isCut ? listed.slice(0, -1) : listed, labelsByText);
    const unread = named.filter((user) => {
      const id = user && idsByText.get(user.id);
      if (!user || id === undefined || removals.has(id)) return true;
      const isKnown = labels.get(id) !== undefined;
      removals.set(id, {
        ...statedRemoval(outcome, user.note),
        label: isKnown ? undefined : user.label,
        suspends: isSuspension(head) || undefined,
      });
      return false;
    });
    if (unread.length > 0) return true;
    // The head may say what the reader has to do, which no list of users does.
    return outcome !== "delete" && (isCut || rowOfLeaving(outcome).failsRun === true);
  });
  const says = rest.some((paragraph) => !isGeneral(paragraph));
  // Without the heading of lists that `removals` holds.
  const left = rest.some(isAboutStayers) ? rest : rest.filter((one) => !HEADINGS.has(one));
  return { removals, unnamed, rest: says ? left.join("\n\n") : "", mayBeKept, pool: poolIn(rest) };
}

function poolIn(paragraphs: readonly string[]): string | undefined {
  const pool = paragraphs.find((one) => one.startsWith(DECLARES))?.split(POOL)[1];
  return pool?.endsWith(".") ? pool.slice(0, -1) : undefined;
}

/** Whether a paragraph lists users who leave the set without being deleted or suspended. */
function isAboutStayers(paragraph: string): boolean {
  const outcome = outcomeOf(headOf(paragraph));
  return outcome !== undefined && outcome !== "delete" && rowOfLeaving(outcome).failsRun !== true;
}

/**
 * The text of a paragraph above its list of users. Data cannot forge one: a line about a user is indented.
 */
function headOf(paragraph: string): string {
  return paragraph
    .split("\n")
    .filter((line) => !line.startsWith("  "))
    .join(" ");
}

/** The last line of a list that is cut. */
const MORE = /^ {2}and (\d+) more(?:;.*)?$/;

const HEADS = new Map<string, StatedOutcome>([
  [INACTIVE, "delete"],
  ...[DELETION_WORDS, SUSPENSION_WORDS].flatMap(({ certain, ifAllowed }) =>
    [certain, ifAllowed].map((head): [string, StatedOutcome] => [head, "delete"]),
  ),
  ...LEAVING_REASONS.flatMap((reason): [string, StatedOutcome][] => {
    const { says } = rowOfLeaving(reason);
    return says === undefined ? [] : [[says, reason]];
  }),
]);

function outcomeOf(head: string): StatedOutcome | undefined {
  const isUndecided =
    head.startsWith(DELETION_WORDS.undecided) || head.startsWith(SUSPENSION_WORDS.undecided);
  return isUndecided ? "not_looked_up" : HEADS.get(head);
}

function isSuspension(head: string): boolean {
  const { certain, ifAllowed, undecided } = SUSPENSION_WORDS;
  return [certain, ifAllowed, INACTIVE].some((its) => its === head) || head.startsWith(undecided);
}

function statedRemoval(outcome: StatedOutcome, note: string): StatedRemoval {
  const named = outcome === "delete" ? readNameNote(note) : undefined;
  return {
    outcome,
    isRevoked: outcome === "delete" || outcome === "not_looked_up",
    name: named?.name,
    disagrees: named?.disagrees ?? false,
    note: named ? "" : note,
  };
}

const HEADINGS = new Set<string>([DELETION_WORDS.leaving, SUSPENSION_WORDS.leaving]);
const GENERAL = new Set<string>([...HEADINGS, IF_REFUSED]);

/** Whether a paragraph is the same for every plan that removes somebody. */
function isGeneral(paragraph: string): boolean {
  return GENERAL.has(paragraph) || paragraph.startsWith(DECLARES) || paragraph.startsWith(DUE);
}
