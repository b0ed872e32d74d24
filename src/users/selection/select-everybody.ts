import { printable } from "../../text";
import type { UserIdType } from "../directory";
import { canonicalId, idsOfUser } from "../ids/id-types";
import type { LookUpOptions } from "../look-up/user-look-ups";
import { count, describeIds, MAX_LISTED, type Message } from "../wording";
import type { RecordList, SelectedUser, SelectedUsers, PoolRecord } from "./record-list";

/** How users are read; the progress is how many were read. */
export type SelectionOptions = Omit<LookUpOptions, "fresh">;

/**
 * Lists everybody in the pool, by ids of one type that each user has once, such as the e-mail address. A
 * result that may lack somebody is a problem and not a result.
 */
export async function selectEverybody(
  list: RecordList,
  type: UserIdType,
  { stop, onProgress }: SelectionOptions = {},
): Promise<SelectedUsers> {
  const records: PoolRecord[] = [];
  for await (const page of list.listRecords(stop)) {
    if (!page.ok) {
      const detail = `${page.failure.message} A list that is not complete is never used.`;
      return { problem: { summary: "The users cannot be listed", detail } };
    }
    records.push(...page.value.users);
    onProgress?.({ done: records.length, total: page.value.total });
  }
  return byId(records, type);
}

function byId(records: readonly PoolRecord[], type: UserIdType): SelectedUsers {
  const users = new Map<string, SelectedUser>();
  const holders = new Map<string, PoolRecord>();
  const without: PoolRecord[] = [];
  const shared: string[] = [];
  for (const record of records) {
    const [id] = idsOfUser(record, type);
    if (id === undefined) {
      without.push(record);
      continue;
    }
    const canonical = canonicalId(id, type);
    const holder = holders.get(canonical);
    if (holder)
      shared.push(
        `  ${printable(id)} is the id of the users ${printable(holder.userId)} and ${printable(record.userId)}`,
      );
    else holders.set(canonical, record);
    users.set(id, { userId: record.userId, name: record.name, record });
  }
  if (without.length > 0) return { problem: hasNoId(without, type) };
  return shared.length > 0 ? { problem: isAmbiguous(shared, type) } : { users };
}

function hasNoId(records: readonly PoolRecord[], type: UserIdType): Message {
  return {
    summary: `${count(records.length, "user")} found without the id type ${type}`,
    detail: `The result would lack them. Leave user_id_type out, and take the ${type} from details with a for expression. System user ids:\n${describeIds(records.map(({ userId }) => userId))}`,
  };
}

function isAmbiguous(lines: readonly string[], type: UserIdType): Message {
  const more = lines.length - MAX_LISTED;
  const listed = [...lines.slice(0, MAX_LISTED), ...(more > 0 ? [`  and ${more} more`] : [])];
  return {
    summary: `The id type ${type} does not tell the users apart`,
    detail: `Correct them in GenAuth, or choose another user_id_type:\n${listed.join("\n")}`,
  };
}
