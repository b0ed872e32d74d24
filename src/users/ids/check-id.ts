import { holdsUnseen, printable } from "../../text";
import type { UserIdType } from "../user-id-type";
import { ID_TYPES } from "./id-types";

/** Marks that turn the direction of text: what is read in a plan would not be what is deleted. */
const TURNS_DIRECTION = /[\u202a-\u202e\u2066-\u2069]/u;

/** What no id and no label may hold. */
const REFUSED_CHARACTERS: readonly (readonly [RegExp, string])[] = [
  [/[\p{Cc}\p{Zl}\p{Zp}]/u, "contains a control character or a line break"],
  [/\p{Cs}/u, "contains half of a surrogate pair, which is not a character"],
  [TURNS_DIRECTION, "contains an invisible mark that changes the direction of text"],
];

/**
 * A reviewer could not tell such an id from the one without that character. Labels may hold them: an emoji is joined by
 * them, and Persian is written with them. They are made visible where a label is shown.
 */
const UNSEEN_IN_ID = "contains an invisible character, so it looks like another id";

/**
 * Checks an id without any network.
 *
 * @returns a sentence that says what is wrong and what to do, or `undefined` where the id may be used
 */
export function checkUserId(id: string, type: UserIdType): string | undefined {
  if (id === "") return "The id is empty. Give the id of a user, or remove the entry.";
  const problem =
    refusedCharacter(id) ??
    (holdsUnseen(id) ? UNSEEN_IN_ID : undefined) ??
    (id.trim() === id ? ID_TYPES[type].checkForm(id) : "has blanks around it");
  return problem && `The id "${printable(id)}" ${problem}. Correct it, or remove the entry.`;
}

/**
 * Checks a label without any network; an empty one is fine.
 *
 * @returns a sentence that says what is wrong and what to do, or `undefined` where the label may be used
 */
export function checkLabel(label: string): string | undefined {
  const problem = refusedCharacter(label);
  return problem && `The label "${printable(label)}" ${problem}. Correct it, or leave the label empty.`;
}

function refusedCharacter(text: string): string | undefined {
  return REFUSED_CHARACTERS.find(([pattern]) => pattern.test(text))?.[1];
}
