import * as z from "zod";
import { error, type StateResponse } from "../../plugin";
import { checkUserId, DEFAULT_MAX_DELETIONS, DeleteBy, UserIdType } from "../../users";
import type { userSetSchema } from "./schema";
import { randomUUID } from "node:crypto";

const importId = z.strictObject({
  user_id_type: z.enum(UserIdType).default(UserIdType.USER_ID),
  users: z.record(z.string(), z.string()),
});

/**
 * Takes a set over whose state was lost: the id is JSON with what the state held, so that the next plan sees who left
 * since then. Example: `{"user_id_type":"email","users":{"ada@example.com":"Ada"}}`.
 */
export function importUserSet(id: string): StateResponse<typeof userSetSchema> {
  const given = parse(id);
  const problem = given.success
    ? Object.keys(given.data.users)
        .map((userId) => checkUserId(userId, given.data.user_id_type))
        .find(Boolean)
    : "It is not JSON of that form.";
  if (!given.success || problem) {
    const example = '{"user_id_type":"email","users":{"ada@example.com":"Ada"}}';
    const detail = `The import id says whom the set held, as JSON such as ${example}. ${problem ?? ""}`;
    return { state: null, privateData: new Uint8Array(), diagnostics: [error("Invalid import id", detail)] };
  }
  return {
    state: {
      id: randomUUID(),
      users: new Map(Object.entries(given.data.users)),
      user_id_type: given.data.user_id_type,
      max_deletions: DEFAULT_MAX_DELETIONS,
      max_deletions_percent: null,
      retained_user_ids: null,
      allow_unknown_users: false,
      allow_missing_users: false,
      delete_by: DeleteBy.DECLARED_ID,
      removals: null,
      drift: null,
    },
    privateData: new Uint8Array(),
    diagnostics: [],
  };
}

function parse(id: string): z.ZodSafeParseResult<z.infer<typeof importId>> {
  try {
    return importId.safeParse(JSON.parse(id));
  } catch {
    return importId.safeParse(undefined);
  }
}
