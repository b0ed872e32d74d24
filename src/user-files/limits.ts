import { UserFileError } from "./user-file-error";

/**
 * The most that a user file may hold, in bytes of 1,000,000 a MB. 100,000 users take 5 to 8 MB with an e-mail address and a
 * name, in any of the formats; the rest is for the other columns of an export.
 */
export const MAX_SIZE = 32_000_000;

/**
 * The most users of one file. With so many, a whole synth of a stack takes less than 512 MiB, which is what Node.js
 * allows itself on a machine of 2 GiB.
 */
export const MAX_USERS = 250_000;

/** @throws UserFileError where a file holds more users than can be read */
export function checkCount(users: number, file: string): void {
  if (users <= MAX_USERS) return;
  throw new UserFileError(
    file,
    undefined,
    `it holds more than ${MAX_USERS.toLocaleString("en")} users, which is the most that one file may. Split it, ` +
      "one file for each user set.",
  );
}
