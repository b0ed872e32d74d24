import * as z from "zod";
import { compact } from "../../lists";
import { error, fillModel, type StateResponse } from "../../plugin";
import { parseJson, printable } from "../../text";
import { readUserFile, UserFileError, type UserFileWords } from "../../user-files";
import { bindWaiting, checkUserId, findDuplicates, UserIdType } from "../../users";
import type { ProviderContext } from "../context";
import { setWarning } from "./diagnostics";
import { encodeMemory } from "./memory-codec";
import { userSetSchema } from "./schema";
import { stableId } from "./stable-id";
import { refuseSuspendDays, validateUserSet } from "./validate";

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
  suspend_days: z.number().default(0),
  /** Ids, or what the attribute `suspended` of the state held: each id, and from when its user is to be deleted, if that is given. */
  suspended: z
    .union([
      z.array(z.string()).transform((ids) => new Map(ids.map((id) => [id, undefined]))),
      mapOf(z.iso.datetime()),
    ])
    .nullish()
    .transform((days): ReadonlyMap<string, string | undefined> => days ?? new Map<string, undefined>()),
});
/** An import id with its users. */
type ImportedSet = Omit<z.infer<typeof importId>, "users"> & { readonly users: ReadonlyMap<string, string> };

/** How many problems of an import id a message lists. */
const MOST_PROBLEMS = 20;

/**
 * Imports a set after its state was lost. The id is JSON with the contents of the state, so that the next plan detects the
 * users removed since then. Example: `{"user_id_type":"email","users_file":"before.csv"}`.
 *
 * Users in `suspended` wait on: `suspend_days` from now, and not less than before. They are looked up here, because the state must say
 * whom they are and until when they wait.
 */
export async function importUserSet(
  id: string,
  context: ProviderContext,
): Promise<StateResponse<typeof userSetSchema>> {
  const given = parse(id);
  if ("problem" in given) return refuse(given.problem);
  const state = fillModel(userSetSchema, {
    id: stableId(id),
    users: given.users,
    user_id_type: given.user_id_type,
    suspend_days: given.suspend_days,
    user_pool_name: context.userPoolName,
  });
  const problems = [...validateUserSet(state).map(({ detail }) => detail), ...checkSuspended(given)];
  if (problems.length > 0) return refuse(problems.slice(0, MOST_PROBLEMS).join("\n"));
  const days = given.suspended;
  if (days.size === 0) return { state, privateData: new Uint8Array(), diagnostics: [] };

  const bound = await bind(given, days, context);
  if (!("told" in bound)) return { ...NOTHING, diagnostics: bound.refused };
  const { waiting, memory, told } = bound;
  return {
    state: { ...state, suspended: new Map(waiting.map((user) => [user.id, user.deleteFrom])) },
    privateData: encodeMemory(memory, given.users.keys(), given.user_id_type),
    diagnostics: told,
  };
}

const NOTHING = { state: null, privateData: new Uint8Array() };

function refuse(problem: string): StateResponse<typeof userSetSchema> {
  const example = '{"user_id_type":"email","users":{"ada@example.com":"Ada"}}';
  const detail = `The import id must be JSON that lists the users of the set, such as ${example}, or names a file of them, such as {"user_id_type":"email","users_file":"before.csv"}. ${problem}`;
  return { ...NOTHING, diagnostics: [error("Invalid import id", detail)] };
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
  meansNobody: "if the set held nobody, do not import it",
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

function checkSuspended({ suspended, users, user_id_type: type, suspend_days: days }: ImportedSet): string[] {
  const ids = [...suspended.keys()];
  if (ids.length === 0) return [];
  const invalid = ids.flatMap((id) => checkUserId(id, type) ?? []);
  const known = findDuplicates([...users.keys()], type).length;
  const twice = findDuplicates([...users.keys(), ...ids], type).slice(known);
  return compact(
    days === 0 &&
      "With suspended, it also needs suspend_days: for how many days, from now, these users wait.",
    ...invalid,
    ...twice.map(
      ([, id]) => `"${printable(id)}" in suspended is the same user as another one. Keep one of them.`,
    ),
  );
}

async function bind(
  { user_id_type: type, suspend_days: days }: ImportedSet,
  deletionDays: ReadonlyMap<string, string | undefined>,
  { pool, limits, stop, progress }: ProviderContext,
) {
  const few = refuseSuspendDays({ suspend_days: days }, limits);
  if (few.length > 0) return { refused: few };
  if (!pool) return { refused: [error("The users in suspended cannot be looked up", NOT_CONFIGURED)] };
  const bound = await bindWaiting(
    { type, deletionDays, days },
    {
      lookUps: pool.lookUps,
      serviceTime: () => pool.directory.serviceTime(),
      stop,
      onProgress: progress.begin("import: looking up users who wait"),
    },
  );
  if ("refusal" in bound) return { refused: [error(bound.refusal.summary, bound.refusal.detail)] };
  const { message } = bound;
  return { ...bound, told: [setWarning(message.summary, message.detail, deletionDays.keys())] };
}

const NOT_CONFIGURED =
  "The provider's configuration refers to a value that is not known before apply. Apply first what it comes from (-target), then import the set. Nobody was imported.";
