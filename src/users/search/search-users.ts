import { printable } from "../../text";
import { canonicalId, idsOfUser } from "../ids/id-types";
import type { DirectoryFailure, Outcome, UserIdType } from "../directory";
import type { LookUpOptions } from "../look-up/user-look-ups";
import { count, describeIds, MAX_LISTED, type Message } from "../wording";
import { checkRecord, conditionsOf, type Criteria } from "./criteria";
import type { RecordPage, RecordList, SearchRecord, SelectedUser, SelectedUsers } from "./record-list";

/** Which users to search for, and which of their ids to return. */
export interface Search {
  readonly criteria: Criteria;
  readonly type: UserIdType;
  /** For `identity` and `sync_relation`, the `extIdpId` or the provider of the identities. */
  readonly source?: string;
}

/** How a search is made; its progress is how many users were read. */
export type SearchOptions = Omit<LookUpOptions, "fresh">;

/**
 * Finds the users who meet the criteria. The records themselves decide, and not the service, which may ignore a condition
 * or take it for another one. A result that may lack somebody is a problem and not a result.
 */
export async function searchUsers(
  list: RecordList,
  search: Search,
  options: SearchOptions = {},
): Promise<SelectedUsers> {
  const read = await readAll(list, search.criteria, options);
  if ("problem" in read) return read;
  const met: SearchRecord[] = [];
  const undecided = new Map<string, SearchRecord[]>();
  for (const record of read.records) {
    const verdict = checkRecord(record, search.criteria);
    if (verdict === true) met.push(record);
    else if (verdict !== false)
      undecided.set(verdict.unshown, [...(undecided.get(verdict.unshown) ?? []), record]);
  }
  const [unshown] = undecided;
  return unshown ? { problem: notShown(...unshown) } : byId(met, search);
}

/** From here on, a search engine shows no more hits in its default setting, and counts no more of them. */
const SEARCH_WINDOW = 10_000;

async function readAll(
  list: RecordList,
  criteria: Criteria,
  { stop, onProgress }: SearchOptions,
): Promise<{ readonly records: readonly SearchRecord[] } | { readonly problem: Message }> {
  const { department } = criteria;
  const pages: AsyncIterable<Outcome<RecordPage>> = department
    ? list.listMembers(department, stop)
    : list.listRecords({ conditions: conditionsOf(criteria) }, stop);
  const records: SearchRecord[] = [];
  for await (const page of pages) {
    if (!page.ok) return { problem: notRead(page.failure, records.length) };
    records.push(...page.value.users);
    onProgress?.({ done: records.length, total: page.value.total });
  }
  return records.length === SEARCH_WINDOW ? { problem: LIKELY_CUT } : { records };
}

const NARROWER =
  "Narrow the search with status, email_domain or department_id, in several data sources if necessary.";

const LIKELY_CUT: Message = {
  summary: "The list of users is probably not complete",
  detail: `GenAuth counts exactly ${SEARCH_WINDOW} users. A search engine shows and counts no more than that, so there may be others. ${NARROWER}`,
};

function notRead({ message }: DirectoryFailure, read: number): Message {
  const window =
    read >= SEARCH_WINDOW
      ? ` It failed after ${read} users. A search engine usually shows no more than ${SEARCH_WINDOW}. ${NARROWER}`
      : "";
  return {
    summary: "The users cannot be listed",
    detail: `${message}${window} A list that is not complete is never used.`,
  };
}

function notShown(field: string, records: readonly SearchRecord[]): Message {
  return {
    summary: `GenAuth does not show the ${field} of ${count(records.length, "user")}`,
    detail: `Without ${field}, it cannot be said whether ${records.length === 1 ? "the user meets" : "these users meet"} the conditions. Search by other conditions, or ask the operator of the deployment to show the field. System user ids:\n${listIds(records)}`,
  };
}

function byId(records: readonly SearchRecord[], { type, source }: Search): SelectedUsers {
  const users = new Map<string, SelectedUser>();
  const holders = new Map<string, SearchRecord>();
  const without: SearchRecord[] = [];
  const shared: string[] = [];
  for (const record of records) {
    const ids = idsOfUser(record, type, source);
    const [id] = ids;
    if (id === undefined) without.push(record);
    else if (new Set(ids).size > 1)
      shared.push(`  user ${printable(record.userId)} has ${ids.map(printable).join(" and ")}`);
    else {
      const canonical = canonicalId(id, type);
      const holder = holders.get(canonical);
      if (holder)
        shared.push(
          `  ${printable(id)} is the id of the users ${printable(holder.userId)} and ${printable(record.userId)}`,
        );
      holders.set(canonical, record);
      users.set(id, { userId: record.userId, name: record.name, record });
    }
  }
  if (without.length > 0) return { problem: hasNoId(without, type, source) };
  return shared.length > 0 ? { problem: isAmbiguous(shared, type) } : { users };
}

function hasNoId(records: readonly SearchRecord[], type: UserIdType, source: string | undefined): Message {
  const from = source === undefined ? "" : ` of ${printable(source)}`;
  return {
    summary: `${count(records.length, "user")} found without the id type ${type}${from}`,
    detail: `The result would lack them. Choose a user_id_type that all of them have, such as user_id, or narrow the search. System user ids:\n${listIds(records)}`,
  };
}

function isAmbiguous(lines: readonly string[], type: UserIdType): Message {
  return {
    summary: `The id type ${type} does not tell the users apart`,
    detail: `Correct them in GenAuth, or choose another user_id_type:\n${limited(lines)}`,
  };
}

function listIds(records: readonly SearchRecord[]): string {
  return describeIds(records.map(({ userId }) => userId));
}

function limited(lines: readonly string[]): string {
  const more = lines.length - MAX_LISTED;
  return [...lines.slice(0, MAX_LISTED), ...(more > 0 ? [`  and ${more} more`] : [])].join("\n");
}
