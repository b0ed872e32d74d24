import * as z from "zod";
import { error, fillModel, type StateResponse } from "../../plugin";
import { nearestName, parseJson, printable } from "../../text";
import { readUserFile, UserFileError, type UserFileWords } from "../../user-files";
import { UserIdType } from "../../users";
import type { ProviderContext } from "../context";
import { describeUnknownIdType, listProblems } from "../problems";
import { userSetSchema } from "./schema";
import { stableId } from "./stable-id";
import { validateUserSet } from "./validate";

/** No record: it would lose the key `__proto__`, and with it somebody of the set. */
const usersById = z
  .custom<object>(isObject, "users is no JSON object of ids and labels.")
  .transform((given, context): ReadonlyMap<string, string> => {
    const users = new Map<string, string>();
    for (const [id, label] of Object.entries(given)) {
      if (typeof label === "string") users.set(id, label);
      else context.addIssue(`Of "${printable(id)}": The label is no text. Use "" for no label.`);
    }
    return users;
  });

const FILE_PROBLEM = "users_file is no text, or empty.";

const importId = z.strictObject({
  user_id_type: z.enum(UserIdType, { error: problemOfType }).default(UserIdType.USER_ID),
  users: usersById.optional(),
  /** In place of `users`: a file of users. An engine prints an import id, and limits its length. */
  users_file: z.string(FILE_PROBLEM).min(1, FILE_PROBLEM).optional(),
  /** The column or property of the file that holds the id, and the label. */
  id_column: z.string("id_column is no text.").optional(),
  label_column: z.string("label_column is no text.").optional(),
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
  return { state: null, privateData: new Uint8Array(), diagnostics: [error("Invalid import id", problem)] };
}

type Parsed = ImportedSet | { readonly problem: string };

function parse(id: string): Parsed {
  const content = parseJson(id);
  if (content === undefined) return malformed("This id is no JSON.");
  if (!isObject(content)) return malformed("This id is no JSON object.");
  const checked = importId.safeParse(content);
  if (!checked.success) return malformed(listProblems(checked.error.issues.flatMap(describeIssue)));
  const { users, users_file: file } = checked.data;
  if (users !== undefined && file !== undefined)
    return malformed("This id has users and users_file. Give one of them.");
  if (users?.size === 0) return { problem: `users is empty. ${FILE_WORDS.withoutUsers}` };
  if (users !== undefined) return { ...checked.data, users };
  if (file === undefined) return malformed("This id has neither users nor users_file. Give one of them.");
  try {
    return { ...checked.data, users: readUsers(file, checked.data) };
  } catch (cause) {
    if (!(cause instanceof UserFileError)) throw cause;
    return { problem: cause.message };
  }
}

function malformed(problem: string): Parsed {
  const listed = '{"user_id_type":"email","users":{"ada@example.com":"Ada"}}';
  const inFile = '{"user_id_type":"email","users_file":"before.csv"}';
  return {
    problem: `${problem}\nAn import id is JSON that lists the users of the set, such as ${listed}, or names a file of them, such as ${inFile}.`,
  };
}

function describeIssue(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "unrecognized_keys") return issue.keys.map(describeUnknownProperty);
  return [issue.message];
}

function describeUnknownProperty(name: string): string {
  const nearest = nearestName(name, Object.keys(importId.shape));
  const closest = nearest === undefined ? "" : ` The closest is ${nearest}.`;
  return `"${printable(name)}" is no property of an import id.${closest}`;
}

function problemOfType({ input }: { readonly input?: unknown }): string {
  return typeof input === "string" ? describeUnknownIdType(input) : "user_id_type is no text.";
}

function isObject(given: unknown): given is object {
  return typeof given === "object" && given !== null && !Array.isArray(given);
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
