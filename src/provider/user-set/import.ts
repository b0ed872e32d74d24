import * as z from "zod";
import { error, fillModel, type StateResponse } from "../../plugin";
import { UserIdType } from "../../users";
import { userSetSchema } from "./schema";
import { stableId } from "./stable-id";
import { validateUserSet } from "./validate";

const importId = z.strictObject({
  user_id_type: z.enum(UserIdType).default(UserIdType.USER_ID),
  users: z.record(z.string(), z.string()),
});

/** How many problems of an import id a message lists. */
const MOST_PROBLEMS = 20;

/**
 * Imports a set after its state was lost. The id is JSON with the contents of the state, so that the next plan detects the
 * users removed since then. Example: `{"user_id_type":"email","users":{"ada@example.com":"Ada"}}`.
 */
export function importUserSet(id: string): StateResponse<typeof userSetSchema> {
  const given = parse(id);
  if (!given.success) return refuse("This id does not have that form.");
  const state = fillModel(userSetSchema, {
    id: stableId(id),
    users: new Map(Object.entries(given.data.users)),
    user_id_type: given.data.user_id_type,
  });
  const problems = validateUserSet(state).map(({ detail }) => detail);
  return problems.length > 0
    ? refuse(problems.slice(0, MOST_PROBLEMS).join("\n"))
    : { state, privateData: new Uint8Array(), diagnostics: [] };
}

function refuse(problem: string): StateResponse<typeof userSetSchema> {
  const example = '{"user_id_type":"email","users":{"ada@example.com":"Ada"}}';
  const detail = `The import id must be JSON that lists the users of the set, such as ${example}. ${problem}`;
  return { state: null, privateData: new Uint8Array(), diagnostics: [error("Invalid import id", detail)] };
}

function parse(id: string): z.ZodSafeParseResult<z.infer<typeof importId>> {
  try {
    return importId.safeParse(JSON.parse(id));
  } catch {
    return importId.safeParse(undefined);
  }
}
