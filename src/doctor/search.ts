import { USERS_PER_PAGE } from "../api";
import { count, userIdKey } from "../users";
import { advice, callFailed, describeFailure, fine, type Finding, notKnown } from "../findings";
import type { Sample, SuspendedUsers } from "./sample";

const LISTS_FAIL =
  "export and drift --undeclared fail with this pool: a list that is not complete is an error. Sets are not affected, because the provider looks users up.";

/** Whether a search without conditions shows everybody: what GenAuth counts against what the pages hold. */
export function checkSearch(sample: Sample, suspended: SuspendedUsers): Finding {
  const { users, total, pages, unread, end } = sample;
  if (unread) {
    if (unread.failed.failure.transient) return callFailed(unread.failed);
    const beyond = (unread.number - 1) * USERS_PER_PAGE;
    return advice(
      `Page ${unread.number}, after ${count(beyond, "user")} of ${total}, cannot be read. ${describeFailure(unread.failed)}`,
      LISTS_FAIL,
    );
  }
  const counts = new Set([...pages, ...(end ? [end.page] : [])].map(({ value }) => value.totalCount));
  if (counts.size > 1)
    return notKnown(
      "Users were added or removed while the pages were read.",
      "Run doctor again at a quieter time.",
    );

  const isWhole = end === undefined;
  const expected = isWhole ? total : pages.length * USERS_PER_PAGE;
  if (users.length !== expected)
    return advice(
      `GenAuth counts ${count(total, "user")}, but its pages show ${users.length}${isWhole ? "" : ` of the first ${expected}`}.`,
      LISTS_FAIL,
    );
  if (end && end.page.value.list.length !== total - (end.number - 1) * USERS_PER_PAGE)
    return advice(
      `GenAuth counts ${count(total, "user")}, but the last page does not hold the rest.`,
      LISTS_FAIL,
    );

  const listed = new Set(users.map(({ userId }) => userIdKey(userId)));
  const missing =
    "users" in suspended && suspended.users.some(({ userId }) => !listed.has(userIdKey(userId)));
  if (isWhole && missing)
    return advice(
      "A search without conditions leaves out suspended users.",
      'A file made by export lacks them, so no set manages them, and drift --undeclared does not show them. Export them too: --where "status EQUAL Suspended".',
    );
  return isWhole
    ? fine(`GenAuth counts ${count(total, "user")}, and its pages show all of them.`)
    : fine(`The first ${count(users.length, "user")} and the last page agree with the count of ${total}.`);
}
