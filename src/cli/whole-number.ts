import { InvalidArgumentError } from "commander";

/**
 * Reads an option that counts something: a parser for commander.
 *
 * @param most the largest number that is taken; default what nine digits can say
 */
export function wholeNumber(most = 999_999_999): (text: string) => number {
  return (text) => {
    if (/^\d{1,9}$/.test(text) && Number(text) <= most) return Number(text);
    throw new InvalidArgumentError(`It must be a whole number from 0 to ${most}.`);
  };
}
