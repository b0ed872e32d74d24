import { printable } from "../../text";
import { MAX_IDS_PER_CALL, type Outcome, type UserIdType } from "../directory";
import { userIdKey } from "../ids/id-types";
import { chunksOf } from "../../lists";
import { failuresOf, type Resolution } from "../look-up/resolution";
import type { UserLookUps } from "../look-up/user-look-ups";
import { count, describeIds, type Message } from "../wording";
import type { RecordList, PoolRecord, SelectedUser, SelectedUsers } from "./record-list";
import type { SelectionOptions } from "./select-everybody";

/** Users who are selected by their ids. */
export interface NamedUsers {
  readonly ids: readonly string[];
  readonly type: UserIdType;
  /** Whether ids that name nobody are left out. Otherwise they are a problem. */
  readonly ignoreMissing: boolean;
  /** Whether to read the records of the users, too. */
  readonly withRecords: boolean;
}

/** Looks users up by their ids. A result that may lack somebody is a problem and not a result. */
export async function lookUpUsers(
  { lookUps, list }: { readonly lookUps: UserLookUps; readonly list: RecordList },
  { ids, type, ignoreMissing, withRecords }: NamedUsers,
  options: SelectionOptions = {},
): Promise<SelectedUsers> {
  const resolutions = await lookUps.resolve(ids, type, options);
  const problem = findProblem(resolutions, type, ignoreMissing);
  if (problem) return { problem };
  const users = new Map<string, SelectedUser>();
  const byUserId = new Map<string, string>();
  for (const [id, found] of resolutions) {
    if (found.kind !== "found") continue;
    const { userId, user } = found;
    const twin = byUserId.get(userIdKey(userId));
    if (twin !== undefined) return { problem: sameUser(twin, id) };
    byUserId.set(userIdKey(userId), id);
    users.set(id, { userId, name: user.name });
  }
  if (!withRecords) return { users };
  const userIds = [...users.values()].map(({ userId }) => userId);
  const read = await readRecords(list, userIds, options.stop);
  if (!read.ok)
    return { problem: { summary: "The details of the users cannot be read", detail: read.failure.message } };
  const records = read.value.map((record) => ({ userId: record.userId, name: record.name, record }));
  return { users: new Map([...users.keys()].map((id, at) => [id, records[at] as SelectedUser])) };
}

function findProblem(
  resolutions: ReadonlyMap<string, Resolution>,
  type: UserIdType,
  ignoreMissing: boolean,
): Message | undefined {
  const problem = (kind: Resolution["kind"], word: string, is: string, detail: string) => {
    const ids = [...resolutions].flatMap(([id, found]) => (found.kind === kind ? [id] : []));
    if (ids.length === 0) return undefined;
    return {
      summary: `${count(ids.length, word)} ${is}`,
      detail: `${detail}:\n${describeIds(ids)}`,
    };
  };
  const [failure] = failuresOf(resolutions).values();
  const correct = "Correct them in GenAuth, or use another user_id_type";
  const leaveOut = `No user has these ids (user_id_type is ${type}). Correct them, or set ignore_missing = true to leave them out`;
  return (
    problem("undecided", "user", "could not be looked up", `${failure?.message ?? ""} Not looked up`) ??
    problem("several", "id", "with more than one user in GenAuth", correct) ??
    (ignoreMissing ? undefined : problem("absent", "id", "without a user in GenAuth", leaveOut))
  );
}

function sameUser(one: string, other: string): Message {
  return {
    summary: "The same user twice",
    detail: `"${printable(one)}" and "${printable(other)}" name the same user in GenAuth. Keep one of them.`,
  };
}

/**
 * Reads users by their system user ids, as a list shows them.
 *
 * @returns the records in the order of the ids; a failure if one of the users is not shown
 */
export async function readRecords(
  list: RecordList,
  userIds: readonly string[],
  stop: AbortSignal | undefined,
): Promise<Outcome<readonly PoolRecord[]>> {
  const chunks = chunksOf(userIds, MAX_IDS_PER_CALL).map((chunk) => list.readRecords(chunk, stop));
  const records = new Map<string, PoolRecord>();
  for (const outcome of await Promise.all(chunks)) {
    if (!outcome.ok) return outcome;
    for (const record of outcome.value) records.set(record.userId, record);
  }
  const found = userIds.flatMap((userId) => records.get(userId) ?? []);
  if (found.length === userIds.length) return { ok: true, value: found };
  const message = `GenAuth found ${count(userIds.length, "user")} in one look-up and ${found.length} in the next. Plan again.`;
  return { ok: false, failure: { message, reach: "call", effect: "none", transient: true } };
}
