import { createHmac } from "node:crypto";
import * as z from "zod";
import { groupBy } from "../lists";
import { canonicalId, UserIdType } from "../users";
import { type Cell, formatCount, formatNumber, type Group, type Phrase, type Section } from "./document";

/** The format version of every report's JSON. */
export const FormatVersion = z
  .literal("1.0")
  .describe("A new minor version only adds fields; a new major version may change anything.");

/** A count in a report's JSON. */
export const Count = z.number().int().min(0);

/** A user of a set, as reports list it. */
export const ListedUser = z.object({
  set: z.string().describe("The address of the set, or the name of the user file."),
  user_id_type: z.enum(UserIdType),
  id: z.string().describe("The user's id; with --redact, a keyed hash of it."),
  label: z.string().describe("As declared. May be empty; always empty with --redact."),
});

export type ListedUser = z.infer<typeof ListedUser>;

/** Lists users of a set, by id and label, as a report shows them. */
export type UserLister = (set: {
  readonly name: string;
  readonly userIdType: UserIdType;
  /** Whether the configuration marks the set's users as sensitive. */
  readonly sensitive: boolean;
}) => (id: string, label: string) => ListedUser;

/** What a report shows in place of an id that the configuration marks as sensitive. */
export const HIDDEN_ID = "(sensitive)";

/** How much of the hash replaces an id, in characters: 64 bits, so two of a million ids hardly collide. */
const PSEUDONYM_LENGTH = 16;

/** Shorter keys are open to brute force. In characters. */
const SHORTEST_KEY = 16;

/**
 * Reads the key with which reports hide ids, from the environment, since a command line is visible to
 * everyone on the machine.
 *
 * @throws Error if it is missing or too short
 */
export function checkRedactKey({ GENAUTH_REDACT_KEY: key = "" }: NodeJS.ProcessEnv): string {
  if (key.length >= SHORTEST_KEY) return key;
  throw new Error(
    `A report that hides ids needs a secret key of at least ${SHORTEST_KEY} characters in GENAUTH_REDACT_KEY, such as the output of openssl rand -hex 16. Keep it: only reports with the same key can be compared.`,
  );
}

/**
 * @param key replaces ids with a keyed hash and omits labels. The hash is the same for the same user and key,
 *   and cannot be reversed without the key. Without a key, only users marked as sensitive in the
 *   configuration are hidden
 */
export function createLister(key: string | undefined): UserLister {
  return ({ name: set, userIdType: type, sensitive }) =>
    (id, label) => {
      const user = { set, user_id_type: type };
      if (key === undefined)
        return { ...user, ...(sensitive ? { id: HIDDEN_ID, label: "" } : { id, label }) };
      const hash = createHmac("sha256", key).update(JSON.stringify([type, canonicalId(id, type)]));
      return { ...user, id: `user-${hash.digest("hex").slice(0, PSEUDONYM_LENGTH)}`, label: "" };
    };
}

/** The note at the end of a redacted report. */
export const REDACTED_NOTE = "Ids are replaced by keyed hashes, and labels are omitted.";

/** A column of a list of users, after the id. */
export interface UserColumn<U extends ListedUser> {
  readonly title: string;
  readonly cell: (user: U) => Cell;
}

/** What a list of users shows. */
export interface UserList<U extends ListedUser> {
  /** About all of them. */
  readonly note?: Phrase | undefined;
  /** Columns after the id; default the label. Empty ones are omitted. */
  readonly columns?: readonly UserColumn<U>[];
  readonly isEssential?: boolean;
  /**
   * Users who come first, whatever their sets are; the words complete "4 users, …" in the title of their
   * group.
   */
  readonly first?: { readonly is: (user: U) => boolean; readonly words: string };
}

/** The label as declared. */
export const LABEL: UserColumn<ListedUser> = { title: "Label", cell: ({ label }) => label };

/**
 * Makes a table of users, grouped by set. The id comes first, since it says who it is.
 *
 * @returns no section if there are no users
 */
export function usersSection<U extends ListedUser>(
  title: string,
  users: readonly U[],
  { note, columns = [LABEL], isEssential = false, first }: UserList<U> = {},
): Section[] {
  if (users.length === 0) return [];
  const used = columns.filter(({ cell }) => users.some((user) => cell(user) !== ""));
  const isFirst = (user: U): boolean => first?.is(user) === true;
  const ordered = [...users.filter(isFirst), ...users.filter((user) => !isFirst(user))];
  const groups = [...groupBy(ordered, (user) => `${isFirst(user)} ${user.set}`).values()].map(
    (members): Group => ({
      title: titleOf(members, members.some(isFirst) ? first?.words : undefined),
      rows: members.map((user) => [user.id, ...used.map(({ cell }) => cell(user))]),
    }),
  );
  return [
    {
      title: `${title} (${formatNumber(users.length)})`,
      note,
      isEssential,
      table: {
        columns: [
          { title: "Id", kind: "code" },
          ...used.map((column) => ({ title: column.title, kind: "text" as const })),
        ],
        groups,
      },
    },
  ];
}

/** @param words complete "4 users, …" */
function titleOf(members: readonly ListedUser[], words: string | undefined): Phrase {
  const { set = "", user_id_type: type = "" } = members[0] ?? {};
  const count = formatCount(members.length, "user");
  return [{ data: set }, ` (${type}): ${words === undefined ? count : `${count}, ${words}`}`];
}
