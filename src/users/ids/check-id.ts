import { holdsUnseen, printable } from "../../text";
import { UserIdType } from "../directory";
import { canonicalId, ID_TYPES, pairTwins } from "./id-types";

/** Marks that change the text direction: the plan would show another id than the one that is deleted. */
const TURNS_DIRECTION = /[\u202a-\u202e\u2066-\u2069]/u;

/** Characters that neither an id nor a label may contain. */
const REFUSED_CHARACTERS: readonly (readonly [RegExp, string])[] = [
  [/[\p{Cc}\p{Zl}\p{Zp}]/u, "contains a control character or a line break"],
  [/\p{Cs}/u, "contains half of a surrogate pair, which is not a character"],
  [TURNS_DIRECTION, "contains an invisible mark that changes the direction of text"],
];

/**
 * A reviewer could not tell such an id from the id without that character. Labels may contain them, because
 * emoji sequences and Persian text need them; messages make them visible.
 */
const UNSEEN_IN_ID = "contains an invisible character, so it looks like another id";

/**
 * Checks an id without any network.
 *
 * @param emailType how the place of the id says that its ids are e-mails, such as `userIdType: EMAIL`, if it
 *   says no type
 * @returns a sentence with the problem and the remedy, or `undefined` if the id is valid
 */
export function checkUserId(id: string, type: UserIdType, emailType?: string): string | undefined {
  if (id === "") return "The id is empty. Give the id of a user, or remove the entry.";
  if (emailType !== undefined && type === UserIdType.USER_ID && !checkUserId(id, UserIdType.EMAIL))
    return `The id "${printable(id)}" is an e-mail, and no type is set, so it is read as a user_id. Did you mean ${emailType}?`;
  const problem =
    refusedCharacter(id) ??
    (holdsUnseen(id) ? UNSEEN_IN_ID : undefined) ??
    (id.trim() === id ? ID_TYPES[type].checkForm?.(id) : "has blanks around it");
  return problem && `The id "${printable(id)}" ${problem}. Correct it, or remove the entry.`;
}

/** What ids of a type look like, the narrowest form first. User names and external ids have none. */
const FORMS: readonly (readonly [UserIdType, RegExp])[] = [
  [UserIdType.USER_ID, /^[0-9a-f]{24}$/iu],
  [UserIdType.EMAIL, /^[^\s@]+@[^\s@]+$/u],
  [UserIdType.PHONE, /^\+?\d[\d -]{5,}$/u],
  [UserIdType.IDENTITY, /^[0-9a-f]{24}:\S+$/iu],
  [UserIdType.SYNC_RELATION, /^[a-z]\w*:\S+$/iu],
];

/**
 * The type that was probably meant: all of these ids look like it, and one of them is not of the given type.
 * `undefined` if there is none, as for ids of no form or of different forms.
 */
export function findMeantType(ids: readonly string[], given: UserIdType): UserIdType | undefined {
  if (ids.every((id) => checkUserId(id, given) === undefined)) return undefined;
  const fitting = FORMS.find(([, form]) => ids.every((id) => form.test(id.trim())))?.[0];
  return fitting === given ? undefined : fitting;
}

/** A pattern of everybody with an address that ends so: `*@contractors.example`. */
const DOMAIN_PATTERN = /^\*(@[^@*\s]+)$/u;

/**
 * Reads a pattern for everybody with an e-mail address of a domain. It has no part in subdomains.
 *
 * @returns the end of such addresses in canonical spelling, with its @; `undefined` if the id is no pattern
 */
export function readDomainPattern(id: string, type: UserIdType): string | undefined {
  const end = type === UserIdType.EMAIL ? DOMAIN_PATTERN.exec(id)?.[1] : undefined;
  return end === undefined ? undefined : canonicalId(end, type);
}

/**
 * Checks an id or a pattern of a list of protected users. What looks like another pattern is refused, because
 * it would protect nobody.
 *
 * @returns as of `checkUserId`
 */
export function checkProtectedId(id: string, type: UserIdType): string | undefined {
  const isPattern = type === UserIdType.EMAIL && id.includes("*");
  if (!isPattern || readDomainPattern(id, type) !== undefined) return checkUserId(id, type);
  return `The id "${printable(id)}" is no pattern that is known. Write *@example.com to protect everybody with an e-mail address of a domain, or single ids.`;
}

/**
 * As `checkProtectedId`, for the operator's list: a pattern for users of another id type would protect nobody.
 * A configuration may name users whose ids do hold a `*`.
 */
export function checkOperatorsId(id: string, type: UserIdType): string | undefined {
  const problem = checkProtectedId(id, type);
  if (problem !== undefined || type === UserIdType.EMAIL || !id.includes("*")) return problem;
  return `The id "${printable(id)}" of the type ${type} holds a *, and only email has patterns, such as *@example.com. Write single ids.`;
}

/**
 * Checks a label without any network; an empty one is fine.
 *
 * @returns a sentence with the problem and the remedy, or `undefined` if the label is valid
 */
export function checkLabel(label: string): string | undefined {
  const problem = refusedCharacter(label);
  return problem && `The label "${printable(label)}" ${problem}. Correct it, or leave the label empty.`;
}

/** Removes what no label may contain, so that the rest of a label from elsewhere can be used. */
export function withoutRefusedCharacters(label: string): string {
  return REFUSED_CHARACTERS.reduce(
    (text, [pattern]) => text.replaceAll(new RegExp(pattern, "gu"), ""),
    label,
  );
}

function refusedCharacter(text: string): string | undefined {
  return REFUSED_CHARACTERS.find(([pattern]) => pattern.test(text))?.[1];
}

/** A row of a list of users. */
interface UserRow {
  readonly id: string;
  readonly label: string;
  readonly line: number;
}

/**
 * Checks the rows of a list of users without any network.
 *
 * @returns the lines with what is wrong, each as a sentence that says what to do: ids and labels first, then
 *   users who are there twice
 */
export function checkRows(
  rows: readonly UserRow[],
  type: UserIdType,
): { readonly line: number; readonly problem: string }[] {
  const problems = rows.flatMap(({ id, label, line }) =>
    [checkUserId(id, type), checkLabel(label)].flatMap((problem) => (problem ? [{ line, problem }] : [])),
  );
  const twins = pairTwins(rows, ({ id }) => id, type).map(([earlier, { id, line }]) => {
    const twin =
      earlier.id === id ? "is declared already" : `names the same user as "${printable(earlier.id)}"`;
    return { line, problem: `"${printable(id)}" ${twin} (line ${earlier.line}). Keep one of the two.` };
  });
  return [...problems, ...twins];
}
