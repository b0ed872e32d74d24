import type { User } from "../../api";
import { printable, singleLine } from "../../text";
import { checkLabel, checkUserId, UserIdType } from "../../users";

/** A line of a user file. */
export interface ExportEntry {
  readonly id: string;
  /** May be empty. */
  readonly label: string;
}

/** The fields of a user that can be the label. */
export const LABEL_FIELDS = ["name", "username", "email", "phone", "externalId", "userId", "none"] as const;

export type LabelField = (typeof LABEL_FIELDS)[number];

/** What an export makes of the users of a pool. */
export interface ExportOptions {
  readonly userIdType: UserIdType;
  readonly label: LabelField;
  /** For `identity` the `extIdpId`, for `sync_relation` the provider; default the user's first one. */
  readonly source?: string;
}

/** The line for a user, or why there is none, in a sentence. */
export function exportEntry(user: User, options: ExportOptions): ExportEntry | { readonly problem: string } {
  const id = idOf(user, options);
  if (!id) return { problem: `User ${printable(user.userId)} has no ${options.userIdType}.` };
  const problem = checkUserId(id, options.userIdType);
  return problem === undefined ? { id, label: labelOf(user, options.label) } : { problem };
}

function idOf(user: User, { userIdType, source }: ExportOptions): string | undefined {
  switch (userIdType) {
    case UserIdType.USER_ID:
      return user.userId;
    case UserIdType.EMAIL:
      return user.email;
    case UserIdType.USERNAME:
      return user.username;
    case UserIdType.EXTERNAL_ID:
      return user.externalId;
    case UserIdType.PHONE:
      return user.phone && `${user.phone.startsWith("+") ? "" : (user.phoneCountryCode ?? "")}${user.phone}`;
    case UserIdType.IDENTITY:
      return identityOf(user, source, ({ extIdpId }) => extIdpId);
    case UserIdType.SYNC_RELATION:
      return identityOf(user, source, ({ provider }) => provider);
  }
}

function identityOf(
  { identities }: User,
  source: string | undefined,
  sourceOf: (identity: User["identities"][number]) => string | undefined,
): string | undefined {
  const complete = identities.flatMap((identity) => {
    const from = sourceOf(identity);
    return from && identity.userIdInIdp ? [{ from, id: `${from}:${identity.userIdInIdp}` }] : [];
  });
  return complete.find(({ from }) => source === undefined || from === source)?.id;
}

/** What a spreadsheet takes for a formula: text that begins with one of these, and is no mere number. */
const FORMULA = /^[=+\-@](?!\d+$)/;

/**
 * A label is for reading: line breaks and the like become blanks, what is left unreadable is left out, and what a person
 * wrote into a name for the spreadsheet of whoever opens the file is marked as text, as spreadsheets do it.
 */
function labelOf(user: User, field: LabelField): string {
  const label = field === "none" ? "" : (user[field] ?? "");
  const text = singleLine(label);
  if (checkLabel(text) !== undefined) return "";
  return FORMULA.test(text) ? `'${text}` : text;
}
