import { createHmac } from "node:crypto";
import * as z from "zod";
import { canonicalId, UserIdType } from "../users";
import type { Cell, Column, Section } from "./document";

/** Of every report's JSON. */
export const FormatVersion = z
  .literal("1.0")
  .describe("A new minor version only adds; a new major version may change anything.");

/** How many of something there are. */
export const Count = z.number().int().min(0);

/** A user of a set, as every report lists one. */
export const ListedUser = z.object({
  set: z.string().describe("The address of the set, or the name of the user file."),
  user_id_type: z.enum(UserIdType),
  id: z.string().describe("The user's id; with --redact, a keyed hash of it."),
  label: z.string().describe("As it is declared; may be empty, and is with --redact."),
});

export type ListedUser = z.infer<typeof ListedUser>;

/** What a report shows of a user. */
export interface ShownUser {
  readonly id: string;
  readonly label: string;
}

/**
 * Decides what a report shows of a user of one id type; `sensitive` says that the configuration marks the set's users as
 * sensitive.
 */
export type Redactor = (user: ShownUser, type: UserIdType, sensitive: boolean) => ShownUser;

/** How much of the hash stands for an id: 64 bits, so that two of a million ids hardly ever collide. In characters. */
const PSEUDONYM_LENGTH = 16;

/**
 * @param key where given, ids are replaced by a keyed hash and labels are omitted: the same for the same user and key, and
 *   of no use without the key. Otherwise only what the configuration marks as sensitive is hidden.
 */
export function createRedactor(key: string | undefined): Redactor {
  if (key === undefined)
    return (user, _type, sensitive) => (sensitive ? { id: "(sensitive)", label: "" } : user);
  return ({ id }, type) => {
    const hash = createHmac("sha256", key).update(JSON.stringify([type, canonicalId(id, type)]));
    return { id: `user-${hash.digest("hex").slice(0, PSEUDONYM_LENGTH)}`, label: "" };
  };
}

/** What a redacted report says at its end. */
export const REDACTED_NOTE = "Ids are replaced by keyed hashes, and labels are omitted.";

const ID_COLUMNS: readonly Column[] = [
  { title: "Id", kind: "code" },
  { title: "Id type", kind: "text" },
  { title: "Set", kind: "code" },
];

/**
 * A table of users; columns that would be empty are omitted.
 *
 * @param note what to say of all of them
 * @param remark what to say of each
 * @returns no section where there are no users
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
