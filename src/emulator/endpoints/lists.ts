import * as z from "zod";
import type { EmulatedUserPool } from "../pool";
import type { PoolUser } from "../pool-user";
import {
  answerPage,
  type CallContext,
  defineEndpoint,
  isVisible,
  MAX_BATCH,
  queryNumber,
  queryPage,
  userDto,
} from "./endpoint";

/** One condition of a search. */
const Filter = z.discriminatedUnion("operator", [
  z.object({ field: z.string(), operator: z.enum(["EQUAL", "NOT_EQUAL"]), value: z.unknown() }),
  z.object({ field: z.string(), operator: z.enum(["CONTAINS", "NOT_CONTAINS"]), value: z.string() }),
  z.object({ field: z.string(), operator: z.literal("LESSER"), value: z.string() }),
]);

type Filter = z.infer<typeof Filter>;

/** The fields of a user, by their names in answers. */
type Fields = Readonly<Record<string, unknown>>;

const Search = z.object({
  advancedFilter: z.array(Filter).default([]),
  options: z
    .object({
      pagination: z
        .object({
          page: z.number().int().min(1).default(1),
          limit: z.number().int().min(1).max(MAX_BATCH).default(10),
        })
        .prefault({}),
      sort: z.array(z.object({ field: z.string(), order: z.enum(["asc", "desc"]) })).default([]),
      withIdentities: z.boolean().default(false),
      withDepartmentIds: z.boolean().default(false),
    })
    .prefault({}),
});
type Search = z.infer<typeof Search>;

/** Lists or searches users, page by page, oldest first unless sorted. */
export const listUsersEndpoint = defineEndpoint({
  name: "list-users",
  method: "POST",
  parameters: Search,
  answer(search, context) {
    const { options } = search;
    const show = (user: PoolUser) => userDto(user, context, options);
    return answerPage(findOnce(search, context), options.pagination, show);
  },
});

/** The last search of each pool, and whom it found. */
const foundBefore = new WeakMap<EmulatedUserPool, { readonly key: string; readonly found: PoolUser[] }>();

/** Whom a search finds, sorted. All pages of a list cost one search, as long as nobody changes. */
function findOnce(search: Search, context: CallContext): readonly PoolUser[] {
  const { pool, tenantId } = context;
  const key = JSON.stringify([
    pool.version,
    tenantId,
    { ...search, options: { ...search.options, pagination: null } },
  ]);
  const before = foundBefore.get(pool);
  if (before?.key === key) return before.found;
  const found = findUsers(search, context);
  foundBefore.set(pool, { key, found });
  return found;
}

function findUsers(search: Search, context: CallContext): PoolUser[] {
  const found = context.pool
    .list()
    .filter((user) => isVisible(user, context))
    .map((user) => ({ user, fields: userDto(user, context) }))
    .filter(({ fields }) => search.advancedFilter.every((filter) => meets(fields, filter)));
  for (const { field, order } of search.options.sort.toReversed()) {
    const textOf = ({ fields }: { readonly fields: Fields }) => sortText(fields[field]);
    found.sort((one, other) => TEXT_ORDER.compare(textOf(one), textOf(other)) * (order === "asc" ? 1 : -1));
  }
  return found.map(({ user }) => user);
}

/** The search has another name for the system user id than the answers. */
function valueOf(fields: Fields, name: string): unknown {
  return fields[name === "id" ? "userId" : name];
}

const TEXT_ORDER = new Intl.Collator("en", { numeric: true });

function sortText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Whether a user's fields meet a condition. `LESSER` includes its bound, as GenAuth's does. */
function meets(fields: Fields, filter: Filter): boolean {
  const own = valueOf(fields, filter.field) ?? null;
  switch (filter.operator) {
    case "EQUAL":
      return own === filter.value;
    case "NOT_EQUAL":
      return own !== filter.value;
    case "CONTAINS":
      return contains(own, filter.value);
    case "NOT_CONTAINS":
      return !contains(own, filter.value);
    case "LESSER":
      return typeof own === "string" && own <= filter.value;
  }
}

/** Whether a text contains another, ignoring case. */
function contains(own: unknown, part: string): boolean {
  return typeof own === "string" && own.toLowerCase().includes(part.toLowerCase());
}

/** Lists the users that were deleted since a moment, oldest first. */
export const listArchivedUsersEndpoint = defineEndpoint({
  name: "list-archived-users",
  method: "GET",
  parameters: z.object({ ...queryPage, startAt: queryNumber.default(0) }),
  answer({ startAt, ...page }, context) {
    const found = context.pool.archived().filter(({ archivedAt }) => archivedAt >= startAt * 1000);
    return answerPage(found, page, ({ userId, archivedAt }) => ({
      userId,
      archivedAt: new Date(archivedAt).toISOString(),
    }));
  },
});
