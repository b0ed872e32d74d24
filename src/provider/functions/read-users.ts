import { ArgumentError } from "../../plugin";
import {
  FORMATS,
  MAX_SIZE,
  position,
  readUserList,
  type Row,
  UserFileError,
  type UserFileOptions,
  type UserFileWords,
  type UserListFormat,
} from "../../user-files";
import {
  canonicalId,
  checkRows,
  checkUserId,
  findMeantType,
  isUserIdType,
  type UserIdType,
} from "../../users";
import { describeUnknownIdType, listProblems } from "../problems";

const FUNCTION_WORDS: UserFileWords = {
  choose: (_file, option, name) => `${JSON.stringify(name)} as ${option}`,
  separate: (_file, delimiter) => `give ${JSON.stringify(delimiter)} as delimiter, the last argument`,
  withoutUsers:
    "Export the pool into the file first (cdktf-genauth export), or repeat an export that was cut short. If nobody is meant to stay, write {} in place of the call.",
};

/**
 * Reads the users of a set from the text of a file, with the checks that a CDKTF stack makes at synth.
 *
 * @param type the second argument
 * @returns id -> label, in the order of the text
 * @throws ArgumentError that names the lines
 */
export function readUsers(
  format: UserListFormat,
  text: string,
  type: string,
  options: UserFileOptions = {},
): Map<string, string> {
  const userIdType = checkIdType(type, 1);
  // A function does not know the file that its text comes from.
  const name = FORMATS[format].textName;
  if (Buffer.byteLength(text) > MAX_SIZE)
    throw new ArgumentError(
      `${name} is larger than the limit of ${MAX_SIZE / 1e6} MB. Keep only the id and the label of each user, or split it into one file for each user set.`,
      0,
    );
  const rows = parse(format, { file: name, text: text.replace(/^\ufeff/, "") }, options);
  const problems = checkRows(rows, userIdType).map(
    ({ line, problem }) => `${position(name, line)}: ${problem}`,
  );
  if (problems.length > 0) {
    const meant = findMeantType(
      rows.map(({ id }) => id),
      userIdType,
    );
    // A sentence, and no question: an engine adds a full stop to the error of a function.
    const hint =
      meant === undefined ? "" : `\n\nAll of the ids look like the type "${meant}": check user_id_type.`;
    throw new ArgumentError(`${listProblems(problems)}${hint}`, 0);
  }
  return new Map(rows.map(({ id, label }) => [id, label]));
}

/** @throws ArgumentError unless it is the name of an id type */
export function checkIdType(type: string, argument: number): UserIdType {
  if (isUserIdType(type)) return type;
  throw new ArgumentError(describeUnknownIdType(type), argument);
}

function parse(
  format: UserListFormat,
  source: Parameters<typeof readUserList>[1],
  options: UserFileOptions,
): readonly Row[] {
  try {
    return readUserList(format, source, options, FUNCTION_WORDS);
  } catch (cause) {
    if (!(cause instanceof UserFileError)) throw cause;
    throw new ArgumentError(cause.message, 0);
  }
}

/** @throws ArgumentError for an unknown type, and for an id that is not of it */
export function normalizeId(type: string, id: string): string {
  const userIdType = checkIdType(type, 0);
  const normal = canonicalId(id, userIdType);
  const problem = checkUserId(normal, userIdType);
  if (problem !== undefined) throw new ArgumentError(problem, 1);
  return normal;
}
