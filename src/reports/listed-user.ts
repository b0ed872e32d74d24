import { createHmac } from "node:crypto";
import * as z from "zod";
import { canonicalId, UserIdType } from "../users";
import type { Cell, Column, Section } from "./document";

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

/** The fields of a user that a report shows. */
export interface ShownUser {
  readonly id: string;
  readonly label: string;
}

/**
 * Decides what a report shows of a user. `sensitive` says whether the configuration marks the set's users as sensitive.
 */
export type Redactor = (user: ShownUser, type: UserIdType, sensitive: boolean) => ShownUser;

/** How much of the hash replaces an id: 64 bits, so that a collision among a million ids is unlikely. In characters. */
const PSEUDONYM_LENGTH = 16;

/**
 * @param key replaces ids with a keyed hash and omits labels. The hash is the same for the same user and key, and cannot be
 *   reversed without the key. Without a key, only users marked as sensitive in the configuration are hidden
 */
export function createRedactor(key: string | undefined): Redactor {
  if (key === undefined)
    return (user, _type, sensitive) => (sensitive ? { id: "(sensitive)", label: "" } : user);
  return ({ id }, type) => {
    const hash = createHmac("sha256", key).update(JSON.stringify([type, canonicalId(id, type)]));
    return { id: `user-${hash.digest("hex").slice(0, PSEUDONYM_LENGTH)}`, label: "" };
  };
}

/** The note at the end of a redacted report. */
export const REDACTED_NOTE = "Ids are replaced by keyed hashes, and labels are omitted.";

const ID_COLUMNS: readonly Column[] = [
  { title: "Id", kind: "code" },
  { title: "Id type", kind: "text" },
  { title: "Set", kind: "code" },
];

/**
 * Makes a table of users. Empty columns are omitted.
 *
 * @param note about all of them
 * @param remark about one user
 * @returns no section if there are no users
 */
export function usersSection<U extends ListedUser>(
  title: string,
  users: readonly U[],
  { note, remark = () => "" }: { readonly note?: string; readonly remark?: (user: U) => Cell } = {},
): Section[] {
  if (users.length === 0) return [];
  const remarks = users.map(remark);
  const hasLabels = users.some(({ label }) => label !== "");
  const hasRemarks = remarks.some((text) => text !== "");
  return [
    {
      title,
      ...(note !== undefined && { note: [note] }),
      table: {
        columns: [
          ...(hasLabels ? [{ title: "Who", kind: "text" } as const] : []),
          ...ID_COLUMNS,
          ...(hasRemarks ? [{ title: "Remark", kind: "text" } as const] : []),
        ],
        rows: users.map(({ id, label, user_id_type, set }, index) => [
          ...(hasLabels ? [label] : []),
          id,
          [user_id_type],
          set,
          ...(hasRemarks ? [remarks[index] ?? ""] : []),
        ]),
      },
    },
  ];
}
