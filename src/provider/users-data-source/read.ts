import { error, type DataRequest, type DataResponse } from "../../plugin";
import { singleLine } from "../../text";
import {
  idsOfUser,
  isUserIdType,
  selectEverybody,
  lookUpUsers,
  type SelectedUsers,
  UserIdType,
  withoutRefusedCharacters,
} from "../../users";
import type { ProviderContext, UserPool } from "../context";
import { NEVER, type UsersModel, type usersSchema } from "./schema";
import { validateUsers } from "./validate";

type Request = DataRequest<typeof usersSchema, ProviderContext>;
type Response = DataResponse<typeof usersSchema>;

/** Reads the users that a block selects. A result that may lack somebody is an error. */
export async function readUsersSource({ config, context }: Request): Promise<Response> {
  // Values that were not known at validation are known now.
  const invalid = validateUsers(config);
  if (invalid.length > 0) return { state: null, diagnostics: invalid };
  if (!context.pool) return { state: null, diagnostics: [NO_POOL] };
  const selected = await select(config, context.pool, context);
  if ("problem" in selected) {
    const { summary, detail } = selected.problem;
    const path = config.ids === null ? undefined : [{ attribute: "ids" }];
    return { state: null, diagnostics: [error(summary, detail, path)] };
  }
  const sorted = [...selected.users].sort(([one], [other]) => (one < other ? -1 : 1));
  const details = sorted.flatMap(([id, { userId, record }]) => {
    if (!record) return [];
    const { status, email, username, externalId, shown } = record;
    const [phone] = idsOfUser(record, UserIdType.PHONE);
    const fields = {
      user_id: userId,
      status: status ?? null,
      email: email ?? null,
      phone: phone ?? null,
      username: username ?? null,
      external_id: externalId ?? null,
      last_login: shown.lastLogin === null ? NEVER : (shown.lastLogin ?? null),
      created_at: shown.createdAt ?? null,
    };
    return [[id, fields] as const];
  });
  const state = {
    ...config,
    ids: sorted.map(([id]) => id),
    users: new Map(sorted.map(([id, { name = "" }]) => [id, labelOf(name)])),
    user_count: sorted.length,
    details: config.with_details === true ? new Map(details) : null,
  };
  return { state, diagnostics: [] };
}

const NO_POOL = error(
  "The users cannot be read yet",
  "The provider's configuration refers to a value that is not known before apply, so no user could be looked up. First apply what it comes from (-target).",
);

function select(
  config: UsersModel,
  pool: UserPool,
  { stop, progress }: ProviderContext,
): Promise<SelectedUsers> {
  const { ids, user_id_type: given } = config;
  const type = typeof given === "string" && isUserIdType(given) ? given : UserIdType.USER_ID;
  if (ids === null) {
    return selectEverybody(pool.list, type, {
      stop,
      onProgress: progress.begin("genauth_users: listing users"),
    });
  }
  const named = {
    ids: Array.isArray(ids) ? ids.filter((id): id is string => typeof id === "string") : [],
    type,
    ignoreMissing: config.ignore_missing === true,
    withRecords: config.with_details === true,
  };
  return lookUpUsers(pool, named, { stop, onProgress: progress.begin("genauth_users: looking up users") });
}

/** The name as a label of a set may be written. */
function labelOf(name: string): string {
  return withoutRefusedCharacters(singleLine(name)).trim();
}
