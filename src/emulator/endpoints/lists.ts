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

/** The fields of a user, by their names in answers. */
type Fields = Readonly<Record<string, unknown>>;

/** No search: the parameters of one are refused. */
const List = z.strictObject({
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
type List = z.infer<typeof List>;

/** Lists users, page by page, oldest first unless sorted. */
export const listUsersEndpoint = defineEndpoint({
  name: "list-users",
  method: "POST",
  parameters: List,
  answer(asked, context) {
    const { options } = asked;
    const show = (user: PoolUser) => userDto(user, context, options);
    return answerPage(listOnce(asked, context), options.pagination, show);
  },
});

/** The last list of each pool. */
const foundBefore = new WeakMap<EmulatedUserPool, { readonly key: string; readonly found: PoolUser[] }>();

/** All users, sorted. All pages of a list are sorted once, as long as nobody changes. */
function listOnce(asked: List, context: CallContext): readonly PoolUser[] {
  const { pool, tenantId } = context;
  const key = JSON.stringify([pool.version, tenantId, asked.options.sort]);
  const before = foundBefore.get(pool);
  if (before?.key === key) return before.found;
  const found = listUsers(asked, context);
  foundBefore.set(pool, { key, found });
  return found;
}

function listUsers(asked: List, context: CallContext): PoolUser[] {
  const found = context.pool
    .list()
    .filter((user) => isVisible(user, context))
    .map((user) => ({ user, fields: userDto(user, context) }));
  for (const { field, order } of asked.options.sort.toReversed()) {
    const textOf = ({ fields }: { readonly fields: Fields }) => sortText(fields[field]);
    found.sort((one, other) => TEXT_ORDER.compare(textOf(one), textOf(other)) * (order === "asc" ? 1 : -1));
  }
  return found.map(({ user }) => user);
}

const TEXT_ORDER = new Intl.Collator("en", { numeric: true });

function sortText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
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
