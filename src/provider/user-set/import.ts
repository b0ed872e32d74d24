import * as z from "zod";
import { error, fillModel, type StateResponse } from "../../plugin";
import { parseJson } from "../../text";
import { readUserFile, UserFileError, type UserFileWords } from "../../user-files";
import { UserIdType } from "../../users";
import type { ProviderContext } from "../context";
import { userSetSchema } from "./schema";
import { stableId } from "./stable-id";
import { validateUserSet } from "./validate";

/** An object as a map. A record would lose the key `__proto__`, and with it somebody of the set. */
function mapOf<T>(values: z.ZodType<T>) {
  const isObject = (given: unknown): boolean =>
    typeof given === "object" && given !== null && !Array.isArray(given);
  return z
    .custom<object>(isObject, "not an object")
    .transform((given): [string, unknown][] => Object.entries(given))
    .pipe(z.array(z.tuple([z.string(), values])))
    .transform((entries): ReadonlyMap<string, T> => new Map(entries));
}

const importId = z.strictObject({
  user_id_type: z.enum(UserIdType).default(UserIdType.USER_ID),
  users: mapOf(z.string()).optional(),
  /** In place of `users`: a file of users. An engine prints an import id, and limits its length. */
  users_file: z.string().min(1).optional(),
  /** The column or property of the file that holds the id, and the label. */
  id_column: z.string().optional(),
  label_column: z.string().optional(),
});
/** An import id with its users. */
type ImportedSet = Omit<z.infer<typeof importId>, "users"> & { readonly users: ReadonlyMap<string, string> };

/**
 * Imports a set after its state was lost. The id is JSON with the contents of the state, so that the next
 * plan detects the users removed since then. Example: `{"user_id_type":"email","users_file":"before.csv"}`.
 */
export function importUserSet(id: string, context: ProviderContext): StateResponse<typeof userSetSchema> {
  const given = parse(id);
  if ("problem" in given) return refuse(given.problem);
  const state = fillModel(userSetSchema, {
    id: stableId(id),
    users: given.users,
    user_id_type: given.user_id_type,
    user_pool_name: context.userPoolName,
  });
  const problems = validateUserSet(state).map(({ detail }) => detail);
  return problems.length > 0
    ? refuse(problems.join("\n"))
    : { state, privateData: new Uint8Array(), diagnostics: [] };
}

function refuse(problem: string): StateResponse<typeof userSetSchema> {
  const example = '{"user_id_type":"email","users":{"ada@example.com":"Ada"}}';
  const detail = `The import id must be JSON that lists the users of the set, such as ${example}, or names a file of them, such as {"user_id_type":"email","users_file":"before.csv"}. ${problem}`;
  return { state: null, privateData: new Uint8Array(), diagnostics: [error("Invalid import id", detail)] };
}

type Parsed = ImportedSet | { readonly problem: string };

function parse(id: string): Parsed {
  // Text that is no JSON has no form of an id.
  const { data } = importId.safeParse(parseJson(id));
  if (!data || (data.users === undefined) === (data.users_file === undefined))
    return { problem: "This id does not have that form." };
  const { users, users_file: file } = data;
  if (users !== undefined) return { ...data, users };
  try {
    return { ...data, users: readUsers(file ?? "", data) };
  } catch (cause) {
    if (!(cause instanceof UserFileError)) throw cause;
    return { problem: cause.message };
  }
}

const FILE_WORDS: UserFileWords = {
  choose: (_file, option, name) => `"${option}_column":${JSON.stringify(name)}`,
  separate: () => "save it with commas",
  withoutUsers: "If an export was cut short, repeat it; if the set held nobody, do not import it.",
};

/** @param file relative to the folder where the engine runs */
function readUsers(
  file: string,
  { id_column: id, label_column: label }: Pick<ImportedSet, "id_column" | "label_column">,
): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  for (const row of readUserFile(file, { id, label }, FILE_WORDS)) {
    if (users.has(row.id))
      throw new UserFileError(file, "This id appears twice. Remove one of the two lines.", row.line);
    users.set(row.id, row.label);
  }
  return users;
}
