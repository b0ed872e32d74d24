import * as z from "zod";
import { success } from "../answer";
import { check } from "../parameters";
import { userDto } from "../user-dto";
import { isVisible, MAX_BATCH } from "./call";
import type { Call } from "./call";
import { Filter, holds, meets } from "./filters";
import type { Fields } from "./filters";

/** Where keywords are looked for unless the request says otherwise. */
const SEARCHED_FIELDS = ["phone", "email", "name", "username", "nickname"];

const Body = z.object({
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
    })
    .prefault({}),
});
type Body = z.infer<typeof Body>;

/** Lists or searches users, a page at a time, oldest first unless sorted. */
export const listUsers: Call = {
  name: "list-users",
  method: "POST",
  run(parameters, scene) {
    const checked = check(Body, parameters);
    if ("refused" in checked) return checked.refused;
    const { options } = checked.parameters;
    const visible = scene.pool.list().filter((user) => isVisible(user, scene) && !scene.passesOver(user));
    const found = visible
      .map((user) => ({ user, fields: userDto(user) }))
      .filter(({ fields }) => isWanted(fields, checked.parameters));
    for (const { field, order } of options.sort.toReversed())
      found.sort(
        (one, other) => compare(one.fields[field], other.fields[field]) * (order === "asc" ? 1 : -1),
      );
    const { page, limit } = options.pagination;
    const list = found.slice((page - 1) * limit, page * limit);
    return success({
      totalCount: found.length,
      list: list.map(({ user }) => userDto(user, { identities: options.withIdentities })),
    });
  },
};

function isWanted(fields: Fields, { keywords, advancedFilter, options }: Body): boolean {
  return (
    (keywords === undefined || holds(fields, keywords, options.fuzzySearchOn)) &&
    advancedFilter.every((filter) => meets(fields, filter))
  );
}

function compare(one: unknown, other: unknown): number {
  return sortText(one).localeCompare(sortText(other), "en", { numeric: true });
}

function sortText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
