import {
  type Answer,
  type EmulatedCall,
  type Parameters,
  type PoolUser,
  refusal,
  success,
} from "../../../src/emulator";
import { type AnsweredUser, mapUsers, NOT_FOUND, type Page } from "./answers";

/**
 * How a service differs from the one that GenAuth documents, where the documentation leaves the behaviour open. A service
 * without variants is as documented.
 */
export interface Variants {
  /** A batch look-up refuses the whole call if an id has no user. */
  readonly unknownIdsInLookUps: "refuse";
  /** An update leaves out who does not exist, and changes the others. */
  readonly unknownIdsInUpdates: "omit";
  /** Look-ups and deletions by e-mail tell upper from lower case. */
  readonly emailCase: "significant";
  /** The longest path with query, in characters; a longer one is answered with HTTP 414. */
  readonly longestUrl: number;
  /** Look-ups show no identities. */
  readonly identities: "hidden";
  /** Look-ups do not find suspended users; with `hidden_alone`, only `get-user` does not. */
  readonly suspended: "hidden" | "hidden_alone";
  /** Lists leave out the last user, whom they count. */
  readonly listed: "without_last";
  /** An update empties the other fields that an item leaves out. */
  readonly omittedFields: "emptied";
  /** The most users in one update. */
  readonly mostUpdates: number;
  /** An update refuses the status `Suspended`. */
  readonly suspension: "refused";
  /** Users do not show when their status changed, or what they showed at first. */
  readonly statusChangedAt: "hidden" | "unchanged";
  /** For how many milliseconds users still show when their status changed before. */
  readonly statusChangedAtDelayMs: number;
  /** Fields of a user that lists and look-ups leave out. */
  readonly hiddenFields: readonly string[];
  /** Calls for a tenant see the users of others. */
  readonly tenants: "ignored";
}

/** The call of such a service. */
export function differ(call: EmulatedCall, is: Partial<Variants>, dates: StatusDates): EmulatedCall {
  return {
    ...call,
    carryOut: (others) => {
      const given = { ...call, ...others };
      const answer = refuse(given, is) ?? carryOut(given, is);
      return answer.statusCode === 200 ? show(given, is, answer, dates) : answer;
    },
  };
}

/** Whether the call's URL is longer than the service takes. */
export function isTooLong(
  { name, parameters }: EmulatedCall,
  { longestUrl = Infinity }: Partial<Variants>,
): boolean {
  const query = Object.entries(parameters).flatMap(([key, value]) =>
    Array.isArray(value)
      ? value.map((text): [string, string] => [`${key}[]`, String(text)])
      : [[key, String(value)] as [string, string]],
  );
  return (
    name.startsWith("get-user") &&
    `/api/v3/${name}?${new URLSearchParams(query).toString()}`.length > longestUrl
  );
}

type Item = Readonly<Record<string, unknown>> & { readonly userId: string };

function itemsOf({ parameters }: EmulatedCall): readonly Item[] {
  return (parameters["list"] ?? []) as readonly Item[];
}

function paginationOf({ parameters }: EmulatedCall): { readonly page: number; readonly limit: number } {
  const { pagination } = (parameters["options"] ?? {}) as { pagination?: { page?: number; limit?: number } };
  return { page: 1, limit: 10, ...pagination };
}

function refuse(call: EmulatedCall, is: Partial<Variants>): Answer | undefined {
  if (call.name !== "update-user-batch") return undefined;
  const { mostUpdates = Infinity } = is;
  if (call.ids.length > mostUpdates) return refusal(400, `list: at most ${mostUpdates} users in one call.`);
  return is.suspension && itemsOf(call).some(({ status }) => status === "Suspended")
    ? refusal(400, "status: Suspended is not accepted.")
    : undefined;
}

function carryOut(call: EmulatedCall, is: Partial<Variants>): Answer {
  const parameters = { ...call.parameters, ...parametersOf(call, is) };
  const everyTenant = is.tenants && { tenantId: undefined };
  if (
    call.ids.length > 0 &&
    call.name !== "update-user-batch" &&
    is.emailCase &&
    call.userIdType === "email"
  ) {
    // The users who have exactly this e-mail, by ids in which letters have no case.
    const exact = call.pool.list().filter(({ email = "" }) => call.ids.includes(email));
    const userIds = exact.map(({ userId }) => userId);
    if (userIds.length === 0) return noneOf(call);
    const named = {
      ...parameters,
      userIds,
      userId: userIds[0],
      userIdType: "user_id",
      options: { userIdType: "user_id" },
    };
    return call.carryOut({ parameters: named, ...everyTenant });
  }
  if (call.name !== "update-user-batch") return call.carryOut({ parameters, ...everyTenant });
  return carryOutUpdate({ ...call, parameters }, is);
}

function noneOf({ name }: EmulatedCall): Answer {
  if (name === "get-user") return NOT_FOUND;
  return success(name === "get-user-batch" ? [] : { success: true });
}

function carryOutUpdate(call: EmulatedCall, is: Partial<Variants>): Answer {
  const items = itemsOf(call);
  if (items.length === 0 && call.ids.length > 0) return success([]);
  const before = items.map(({ userId }) => call.pool.find(userId));
  const answer = call.carryOut({ parameters: call.parameters });
  if (!is.omittedFields || answer.statusCode !== 200) return answer;
  for (const [index, item] of items.entries())
    if (call.pool.find(item.userId) !== before[index])
      call.pool.update(item.userId, omittedBy(item, undefined));
  return mapUsers(answer, (user) => ({
    ...user,
    ...omittedBy(items.find(({ userId }) => userId === user.userId) ?? user, null),
  }));
}

/** The parameters that this service takes in place of the given ones. */
function parametersOf(call: EmulatedCall, is: Partial<Variants>): Parameters {
  const { name, pool } = call;
  switch (name) {
    case "get-user":
    case "get-user-batch":
      return is.identities ? { withIdentities: "false" } : {};
    case "update-user-batch":
      return {
        list: itemsOf(call).filter(({ userId }) => !is.unknownIdsInUpdates || pool.find(userId)),
      };
    default:
      return {};
  }
}

const FIELDS = [
  "name",
  "nickname",
  "username",
  "email",
  "phone",
  "phoneCountryCode",
  "externalId",
  "customData",
];

function omittedBy<T>(item: Item, value: T): Readonly<Record<string, T>> {
  return Object.fromEntries(FIELDS.filter((field) => !(field in item)).map((field) => [field, value]));
}

function show(call: EmulatedCall, is: Partial<Variants>, answer: Answer, dates: StatusDates): Answer {
  const { hiddenFields = [] } = is;
  const shown = mapUsers(answer, (user) => {
    if (isHidden(user, call, is)) return undefined;
    const date = dates.dateOf(user, is, call.now());
    const fields = { ...user, ...("statusChangedAt" in user && { statusChangedAt: date }) };
    return Object.fromEntries(
      Object.entries(fields).filter(([field]) => !hiddenFields.includes(field)),
    ) as AnsweredUser;
  });
  if (call.name === "list-users" && is.listed === "without_last") {
    const { totalCount, list } = shown.data as Page;
    const { page, limit } = paginationOf(call);
    return { ...shown, data: { totalCount, list: list.slice(0, totalCount - 1 - (page - 1) * limit) } };
  }
  if (call.name !== "get-user-batch") return shown;
  const users = shown.data as readonly unknown[];
  return is.unknownIdsInLookUps && users.length < new Set(call.ids).size ? NOT_FOUND : shown;
}

function isHidden(user: AnsweredUser, { name }: EmulatedCall, is: Partial<Variants>): boolean {
  if (name !== "get-user" && name !== "get-user-batch") return false;
  const isSuspended = user["status"] === "Suspended";
  const isAlone = is.suspended === "hidden_alone" && name === "get-user";
  return isSuspended && (is.suspended === "hidden" || isAlone);
}

/** When the status of users changed, as services show it that show it late or never. */
export class StatusDates {
  readonly #dates: Map<string, { readonly date: unknown; readonly before: unknown }>;

  /** @param users those that the pool starts with */
  constructor(users: readonly PoolUser[] = []) {
    this.#dates = new Map(
      users.map(({ userId, statusChangedAt = null }) => [userId, { date: statusChangedAt, before: null }]),
    );
  }

  dateOf(user: AnsweredUser, is: Partial<Variants>, now: number): unknown {
    const date = user["statusChangedAt"];
    const known = this.#dates.get(user.userId) ?? { date: null, before: null };
    if (is.statusChangedAt === "hidden") return null;
    if (is.statusChangedAt === "unchanged") return known.date;
    if (is.statusChangedAtDelayMs === undefined) return date;
    const { before } = date === known.date ? known : { before: known.date };
    this.#dates.set(user.userId, { date, before });
    return now < Date.parse(String(date)) + is.statusChangedAtDelayMs ? before : date;
  }
}
