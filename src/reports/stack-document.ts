import { compact, groupBy } from "../lists";
import { readPlanMessage, rowOfLeaving } from "../users";
import { contextPhrase } from "./context";
import {
  type Cell,
  type Column,
  formatCount,
  formatNumber,
  joinPhrases,
  listed,
  type Phrase,
  type ReportDocument,
  type ReportedMessage,
  type Section,
  tableSection,
} from "./document";
import { HIDDEN_ID, LABEL, REDACTED_NOTE, type UserColumn, type UserList, usersSection } from "./listed-user";
import type { LeavingCause, StackReport, ReportedLeaver, ReportedSet } from "./plan-report-schema";
import { factsOf, headlineOf, toneOf } from "./plan-summary";
import { REST_KINDS } from "./plan-rest";
import { keyOf } from "./look-up-leavers";
import { isGone } from "./set-shares";

/**
 * Describes the plan of a stack. The first line says how many users lose their accounts.
 *
 * @param namesAccounts whether a column shows the system user id of everybody who leaves
 */
export function stackDocument(report: StackReport, namesAccounts = false): ReportDocument {
  const { missing, joiners, relabelled } = report;
  return {
    kind: "plan",
    stack: report.context.stack,
    tone: toneOf(report),
    headline: headlineOf(report),
    facts: factsOf(report),
    context: contextPhrase(report.context),
    sections: [
      ...changedSections(report, namesAccounts),
      ...restSection(report),
      ...messagesSection(report),
      ...notDeletedSections(report),
      ...usersSection("Get another label", relabelled, {
        note: ["A label is the author's word. It says nothing about who has the id."],
        columns: [
          { title: "Label so far", cell: ({ former_label }) => former_label },
          { ...LABEL, title: "New label" },
        ],
      }),
      ...setsSection(report),
      ...usersSection("Declared, but not in the user pool", missing),
      ...usersSection("Join", joiners),
    ],
    closing: closingOf(report),
  };
}

/** A leaver, and the other sets that the same id leaves too. */
type Leaver = ReportedLeaver & { readonly leaves: readonly string[] };

const LEAVER_COLUMNS: readonly UserColumn<Leaver>[] = [
  LABEL,
  { title: "Name in GenAuth", cell: ({ name = "" }) => name },
  { title: "Why", cell: ({ cause }) => (cause === undefined ? "" : causePhrase(cause)) },
  { title: "Remark", cell: remarkOf },
];

/** The change that took somebody out, in a few words. */
function causePhrase({ commit, request, ticket, reason }: LeavingCause): Phrase {
  const parts = compact(commit.slice(0, SHORT_COMMIT), request, ticket, reason);
  return joinPhrases(
    parts.map((data): Phrase => [{ data }]),
    " ",
  );
}

/** As many characters of a commit as Git shows. */
const SHORT_COMMIT = 12;

const ACCOUNT: UserColumn<Pick<ReportedLeaver, "set" | "user_id_type" | "id" | "label" | "user_id">> = {
  title: "System user id",
  cell: ({ user_id = "" }) => user_id,
};

function dayText(time: string): string {
  return time.replace("T00:00:00Z", "");
}

/** What a reviewer must know about a user who leaves. */
function remarkOf(leaver: Leaver): Cell {
  const { survivor, suspended_until: until, reason, note, declared_in, other_id, leaves } = leaver;
  const why = reason === undefined ? "" : rowOfLeaving(reason).remark;
  const sentences = compact<Phrase>(
    survivor && ["The last apply could not delete this user."],
    until !== undefined && ["Suspended until ", { data: dayText(until) }, "."],
    declared_in.length > 0 && ["Still declared in ", ...listed(declared_in), "."],
    leaves.length > 0 && ["Leaves ", ...listed(leaves), ", too."],
    why !== "" && (note === undefined ? [`${why}.`] : [`${why}: `, { data: note }, "."]),
    other_id !== undefined &&
      reason !== "declared_as" &&
      reason !== "renamed" && ["The same label joins as ", { data: other_id }, "."],
  );
  return sentences.length === 0 ? "" : joinPhrases(sentences, " ");
}

/** The people that apply deletes, suspends and reactivates, or would have, if the plan is refused. */
function changedSections(report: StackReport, namesAccounts: boolean): Section[] {
  const { leavers, reactivated, totals, refusals } = report;
  const titleOf = (done: string, would: string) =>
    refusals.length > 0 ? `Would have been ${would}` : `${done}${totals.upper_bound ? ", at most" : ""}`;
  const losing = (title: string, own: readonly ReportedLeaver[], notes: readonly string[]): Section[] => {
    const note = [...notes, blankNames(own, report)].filter((text) => text !== "");
    return leaversSection(title, own, {
      isEssential: true,
      columns: namesAccounts ? [ACCOUNT, ...LEAVER_COLUMNS] : LEAVER_COLUMNS,
      note: note.length > 0 ? [note.join(" ")] : undefined,
    });
  };
  const deleted = leavers.filter(({ fate }) => fate === "deleted");
  const isDue = ({ suspended_until }: ReportedLeaver) => suspended_until !== undefined;
  const suspended = leavers.filter(({ fate }) => fate === "suspended");
  const isHeld = report.due_held_by !== undefined;
  return [
    ...losing(
      titleOf("Permanently deleted", "deleted"),
      deleted.filter((leaver) => !isDue(leaver)),
      [firstNames(deleted, totals.deleted)],
    ),
    ...losing(
      titleOf("Permanently deleted, because their day has come", "deleted, because their day has come"),
      deleted.filter(isDue),
      ["They left their set earlier, and have been suspended since."],
    ),
    ...usersSection(
      isHeld
        ? "Held by the operator, though their day has come"
        : "Suspended, and their day has come, but not deleted",
      report.overdue,
      {
        isEssential: true,
        columns: [
          { title: isHeld ? "Held since" : "Due since", cell: ({ suspended_until: day }) => dayText(day) },
        ],
      },
    ),
    ...losing(titleOf("Suspended, and deleted later", "suspended"), suspended, [
      firstNames(suspended, totals.suspended),
      "What happens to sessions that are open is not known.",
    ]),
    ...usersSection("Ids that mean another account now", report.rebound, {
      isEssential: true,
      columns: [
        LABEL,
        { title: "Account so far", cell: ({ former_user_id }) => former_user_id },
        { title: "Account from this apply on", cell: ({ user_id }) => user_id },
      ],
    }),
    ...usersSection(titleOf("Reactivated", "reactivated"), reactivated, {
      isEssential: true,
      columns: [LABEL, ACCOUNT],
    }),
  ];
}

/** Why a list is shorter than the number of users it is about; empty if it is not. */
function firstNames({ length: named }: readonly ReportedLeaver[], total: number): string {
  return named < total
    ? `These are ${formatNumber(named)} of ${formatCount(total, "user")}: a plan that failed names the first 20 of each set.`
    : "";
}

/** Why some names are blank while others are not; empty if all are shown, or nothing says any. */
function blankNames(
  leavers: readonly ReportedLeaver[],
  { names_looked_up: isLookedUp = false, redacted }: StackReport,
): string {
  const named = leavers.filter(({ name }) => name !== undefined).length;
  if (named === leavers.length || (named === 0 && (redacted || !isLookedUp))) return "";
  const shown = `Names in GenAuth are shown for ${formatNumber(named)} of ${formatCount(leavers.length, "user")}`;
  return isLookedUp
    ? `${shown}: the others have none, or could not be looked up.`
    : `${shown}: the messages of a plan name the first 20 of each set, and everybody whose label disagrees. plan-report --look-up names everybody.`;
}

function notDeletedSections({ leavers }: StackReport): Section[] {
  const rest = leavers.filter(({ fate }) => fate === "not_deleted");
  return [
    ...leaversSection(
      "Keep the account",
      rest.filter((leaver) => leaver.reason !== undefined && !isGone(leaver)),
    ),
    ...leaversSection("Already gone (deleted only if the account reappears)", rest.filter(isGone), {
      note: ["If an account reappears before apply, apply fails. Only a new plan can then delete it."],
    }),
    ...leaversSection(
      "Leave a set without being deleted",
      rest.filter(({ reason }) => reason === undefined),
      { note: ["They keep the account, or are already gone. The messages of the plan do not say which."] },
    ),
  ];
}

/** Names each person once, even one who leaves several sets. */
function leaversSection(
  title: string,
  leavers: readonly ReportedLeaver[],
  list: UserList<Leaver> = {},
): Section[] {
  const byId = new Map<string, Leaver>();
  for (const leaver of leavers) {
    // Hidden users look the same, but are several.
    const key = leaver.id === HIDDEN_ID ? `${byId.size}` : keyOf(leaver.id, leaver.user_id_type);
    const known = byId.get(key);
    byId.set(key, known ? { ...known, leaves: [...known.leaves, leaver.set] } : { ...leaver, leaves: [] });
  }
  return usersSection(title, [...byId.values()], {
    columns: LEAVER_COLUMNS,
    first: { is: ({ names_disagree }) => names_disagree, words: "whose label and name in GenAuth disagree" },
    ...list,
  });
}

function restSection({ rest }: StackReport): Section[] {
  return tableSection(
    "The rest of the plan",
    { Address: "code", What: "text", Change: "text" },
    rest.map(({ address, kind, action }) => [address, [REST_KINDS[kind].what], action]),
    { note: [noteOfRest(rest)], isEssential: true },
  );
}

function noteOfRest(rest: StackReport["rest"]): string {
  return rest.some(({ kind }) => kind === "user_set")
    ? "Moving or importing a set removes nobody. The rest of this changes no user set."
    : "None of this changes a user set.";
}

/** The messages, without the users that the lists show. */
function messagesSection({ warnings, leavers, refusals }: StackReport): Section[] {
  // The refusal says all of it, by the name that the limit has where its owner sets it.
  const isSaid = ({ severity, summary }: ReportedMessage): boolean =>
    severity === "error" && refusals.some((each) => each.why === "too_many" && each.summary === summary);
  const bySet = groupBy(leavers, ({ set }) => set);
  const texts = warnings.flatMap((message): ReportedMessage[] => {
    if (isSaid(message)) return [];
    const own = bySet.get(message.address ?? "");
    if (!own || message.detail === "") return [message];
    const labels = new Map(own.map(({ id, label }) => [id, label]));
    const { removals, rest } = readPlanMessage(message, labels);
    if (removals.size === 0) return [message];
    return rest === "" ? [] : [{ ...message, detail: rest }];
  });
  if (texts.length === 0) return [];
  const of = (severity: ReportedMessage["severity"]) => texts.filter((text) => text.severity === severity);
  return [{ title: "Warnings and errors", texts: [...of("error"), ...of("warning")] }];
}

/** The sets that change, in columns that say something. */
function setsSection({ sets, totals }: StackReport): Section[] {
  const changed = sets.filter(({ action }) => action !== "none");
  const unchanged = sets.length - changed.length;
  const columns = compact<SetColumn>(
    ["Set", "code", ({ address }) => address],
    sets.some((set) => set.user_pool_name !== undefined) && [
      "User pool",
      "text",
      ({ user_pool_name = "" }) => user_pool_name,
    ],
    ["Change", "text", (set) => [changeText(set)]],
    countColumn("Held", ({ held }) => held),
    countColumn(totals.upper_bound ? "Deleted, at most" : "Deleted", ({ deleted }) => deleted),
    totals.suspended > 0 && countColumn("Suspended", ({ suspended }) => suspended),
    countColumn("Not deleted", ({ not_deleted, released }) => not_deleted + released),
    countColumn("Stay", ({ stay }) => stay),
    countColumn("Join", ({ join }) => join),
    ["Limits", "text", (set) => [limitsText(set)]],
  );
  const note: Phrase = [`${formatCount(unchanged, "set")} ${unchanged === 1 ? "does" : "do"} not change.`];
  return tableSection(
    "Sets that change",
    Object.fromEntries(columns.map(([title, kind]) => [title, kind])),
    changed.map((set) => columns.map(([, , cell]) => cell(set))),
    { isSummary: true, ...(unchanged > 0 && { note }) },
  );
}

/** A column of the table of sets, with its cell for each. */
type SetColumn = readonly [title: string, kind: Column["kind"], cell: (set: ReportedSet) => Cell];

function countColumn(title: string, count: (set: ReportedSet) => number): SetColumn {
  return [title, "number", (set) => formatNumber(count(set))];
}

function changeText({ action, users_known }: ReportedSet): string {
  if (!users_known) return "not known yet";
  return {
    none: "none",
    create: "new",
    update: "changed",
    release: "released, deletes nobody",
    refused: "refused",
  }[action];
}

function limitsText({
  action,
  max_deletions,
  max_deletions_percent,
  suspend_days: days,
}: ReportedSet): string {
  // A plan that failed has only the limits from before the change.
  if (action === "refused") return "";
  return compact(
    max_deletions !== undefined && `at most ${formatNumber(max_deletions)}`,
    max_deletions_percent !== undefined && `at most ${formatNumber(max_deletions_percent)} %`,
    days > 0 && `suspended for ${formatCount(days, "day")}`,
  ).join("; ");
}

function closingOf({ redacted, totals, refusals }: StackReport): Phrase[] {
  return compact<Phrase>(
    totals.deleted > 0 &&
      refusals.length === 0 && [
        "Apply looks everyone up again and deletes nobody who is not listed as deleted.",
      ],
    redacted && [REDACTED_NOTE],
  );
}
