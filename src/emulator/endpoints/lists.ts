import * as z from "zod";
import { refusal } from "../answer";
import type { EmulatedUserPool } from "../pool";
import type { PoolUser } from "../pool-user";
import {
  answerPage,
  type CallContext,
  defineEndpoint,
  isVisible,
  MAX_BATCH,
  queryFlag,
  queryNumber,
  queryPage,
  userDto,
} from "./endpoint";

/** What is in an order. */
const ordered = z.union([z.string(), z.number()]);

/** One condition of an advanced search. */
const Filter = z.discriminatedUnion("operator", [
  z.object({ field: z.string(), operator: z.enum(["EQUAL", "NOT_EQUAL"]), value: z.unknown() }),
  z.object({ field: z.string(), operator: z.enum(["CONTAINS", "NOT_CONTAINS"]), value: z.string() }),
  z.object({ field: z.string(), operator: z.enum(["IS_NULL", "NOT_NULL"]), value: z.unknown().optional() }),
  z.object({ field: z.string(), operator: z.literal("IN"), value: z.array(z.unknown()) }),
  z.object({ field: z.string(), operator: z.enum(["GREATER", "LESSER"]), value: ordered }),
  z.object({ field: z.string(), operator: z.literal("BETWEEN"), value: z.tuple([ordered, ordered]) }),
]);

type Filter = z.infer<typeof Filter>;

/** The fields of a user, by their names in answers. */
type Fields = Readonly<Record<string, unknown>>;

/** The fields in which keywords are searched by default. */
const SEARCHED_FIELDS = ["phone", "email", "name", "username", "nickname"];

const Search = z.object({
  keywords: z.string().optional(),
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
      fuzzySearchOn: z.array(z.string()).default(SEARCHED_FIELDS),
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
    .filter(({ fields }) => isWanted(fields, search));
  for (const { field, order } of search.options.sort.toReversed()) {
    const textOf = ({ fields }: { readonly fields: Fields }) => sortText(fields[field]);
    found.sort((one, other) => TEXT_ORDER.compare(textOf(one), textOf(other)) * (order === "asc" ? 1 : -1));
  }
  return found.map(({ user }) => user);
}

function isWanted(fields: Fields, { keywords, advancedFilter, options }: Search): boolean {
  const isFound =
    keywords === undefined ||
    options.fuzzySearchOn.some((field) => contains(valueOf(fields, field), keywords));
  return isFound && advancedFilter.every((filter) => meets(fields, filter));
}

/** The search has another name for the system user id than the answers. */
function valueOf(fields: Fields, name: string): unknown {
  return fields[name === "id" ? "userId" : name];
}

const TEXT_ORDER = new Intl.Collator("en", { numeric: true });

function sortText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** Whether a user's fields meet a condition. `GREATER`, `LESSER` and `BETWEEN` include their bounds, as GenAuth's do. */
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
    case "IS_NULL":
      return own === null;
    case "NOT_NULL":
      return own !== null;
    case "IN":
      return filter.value.includes(own);
    case "GREATER":
      return isInOrder(filter.value, own);
    case "LESSER":
      return isInOrder(own, filter.value);
    case "BETWEEN":
      return isInOrder(filter.value[0], own) && isInOrder(own, filter.value[1]);
  }
}

/** Whether a text contains another, ignoring case. */
function contains(own: unknown, part: string): boolean {
  return typeof own === "string" && own.toLowerCase().includes(part.toLowerCase());
}

/** Numbers compare as numbers, texts as texts (dates are ISO 8601). Nothing else is ordered. */
function isInOrder(low: unknown, high: unknown): boolean {
  const areComparable =
    (typeof low === "number" && typeof high === "number") ||
    (typeof low === "string" && typeof high === "string");
  return areComparable && low <= high;
}

const Members = z.object({
  organizationCode: z.string().min(1),
  departmentId: z.string().min(1),
  includeChildrenDepartments: queryFlag,
  sortBy: z.enum(["Default", "JoinDepartmentAt", "userId", "createAt", "updatedAt"]).optional(),
  orderBy: z.enum(["Asc", "Desc"]).optional(),
  ...queryPage,
  withIdentities: queryFlag,
  withDepartmentIds: queryFlag,
});

/** The id of the department at the top of every organization. */
const TOP_DEPARTMENT = "root";

/** Lists the members of a department, page by page. Refuses one that nobody of the pool is in or below. */
export const listDepartmentMembersEndpoint = defineEndpoint({
  name: "list-department-members",
  method: "GET",
  parameters: Members,
  answer({ organizationCode, departmentId, includeChildrenDepartments, page, limit, ...shown }, context) {
    const paths = (user: PoolUser) => pathsIn(user, organizationCode);
    const visible = context.pool.list().filter((user) => isVisible(user, context));
    const below = visible.filter((user) => paths(user).some((path) => path.includes(departmentId)));
    if (below.length === 0) return refusal(404, "The department does not exist.");
    const found = includeChildrenDepartments
      ? below
      : below.filter((user) => paths(user).some((path) => path.at(-1) === departmentId));
    return answerPage(found, { page, limit }, (user) => userDto(user, context, shown));
  },
});

function pathsIn({ departments = [] }: PoolUser, organization: string): (readonly string[])[] {
  return departments
    .filter(({ organizationCode }) => organizationCode === organization)
    .map(({ path }) => [TOP_DEPARTMENT, ...path]);
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
