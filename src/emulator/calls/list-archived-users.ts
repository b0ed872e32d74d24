import * as z from "zod";
import { success } from "../answer";
import { check } from "../parameters";
import { queryNumber, MAX_BATCH } from "./call";
import type { Call } from "./call";

const Query = z.object({
  page: queryNumber.pipe(z.number().min(1)).default(1),
  limit: queryNumber.pipe(z.number().min(1).max(MAX_BATCH)).default(10),
  startAt: queryNumber.default(0),
});

/** Lists the users that were deleted since a moment, oldest first. */
export const listArchivedUsers: Call = {
  name: "list-archived-users",
  method: "GET",
  run(parameters, scene) {
    const checked = check(Query, parameters);
    if ("refused" in checked) return checked.refused;
    const { page, limit, startAt } = checked.parameters;
    const found = scene.pool.archived().filter(({ archivedAt }) => archivedAt >= startAt * 1000);
    const list = found.slice((page - 1) * limit, page * limit).map(({ userId, archivedAt }) => ({
      userId,
      archivedAt: new Date(archivedAt).toISOString(),
    }));
    return success({ totalCount: found.length, list });
  },
};
