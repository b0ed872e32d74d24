import type { DirectoryUser } from "../directory";

/** Digits of the longest country code (ITU-T E.164). */
const MAX_COUNTRY_CODE = 3;

/**
 * The least number of digits that must remain without the country code; shorter remainders name nobody.
 */
const MIN_NATIONAL = 6;

/**
 * Brings a phone number into one spelling: no blanks, dashes, dots, slashes or brackets, and `+` before a
 * country code that was marked by `+` or `00`. Never guesses a country code.
 */
export function compactPhone(phone: string): string {
  return withoutMarks(phone).replace(/^00/u, "+");
}

/** Removes the blanks, dashes, dots, slashes and brackets with which people write a phone number. */
export function withoutMarks(phone: string): string {
  return phone.replace(/[\s\-–.()/]/gu, "");
}

/**
 * Every compact spelling that certainly names the user: with and without country code, with and without `+`,
 * with and without the zero that some countries dial before a number.
 *
 * @returns compact spellings; none if the user has no phone
 */
export function phoneSpellings(user: DirectoryUser): string[] {
  const phone = compactPhone(user.phone ?? "");
  if (phone === "") return [];
  const international = phone.startsWith("+");
  const code = countryCode(user);
  if (code === "" || (international && !phone.startsWith(`+${code}`))) {
    return international ? [phone, phone.slice(1)] : [phone];
  }
  const national = (international ? phone.slice(1 + code.length) : phone).replace(/^0/u, "");
  return ["", "+" + code, code].flatMap((prefix) => [prefix + national, `${prefix}0${national}`]);
}

/**
 * The pool may store a phone without marking its country code. A number then may be the user's if one of the
 * two is the other with a country code before it.
 */
export const SIMILAR_PHONES = {
  key: digits,
  keysOf: nationalForms,
  shownBy: (user: DirectoryUser): string | undefined => {
    const phone = compactPhone(user.phone ?? "");
    return phone === "" || countryCode(user) !== "" ? undefined : phone;
  },
};

/**
 * The digits of a number, complete and without each possible country code: the forms in which a pool may
 * store it.
 *
 * @param phone a compact spelling
 */
function nationalForms(phone: string): string[] {
  const all = digits(phone);
  const forms = [all];
  for (let cut = 1; cut <= MAX_COUNTRY_CODE && all.length - cut >= MIN_NATIONAL; cut += 1) {
    forms.push(all.slice(cut));
  }
  return forms;
}

/** The digits of the user's country code; empty if the pool does not return one. */
function countryCode(user: DirectoryUser): string {
  return digits(user.phoneCountryCode ?? "").replace(/^0+/u, "");
}

function digits(phone: string): string {
  return phone.replace(/\D/gu, "");
}
