import { checkUserId } from "../ids/check-id";
import { USER_ID_TYPES, type UserIdType } from "../directory";
import { type LookUpContext, resolveIds } from "./user-look-ups";

/** How many ids are looked up by the other id types. */
const SAMPLE_SIZE = 10;

/** How many ids of a sample are found as another type. */
export interface OtherType {
  readonly type: UserIdType;
  readonly found: number;
  readonly tried: number;
}

/**
 * Looks up a sample of ids by every other type that they can be of, with one call per type. If they are found
 * as another type, the given one is probably a mistake.
 *
 * @param ids ids that are not found as `type`
 * @returns the types by which some are found, the most first, and how many ids the sample has
 */
export async function findOtherTypes(
  ids: readonly string[],
  type: UserIdType,
  context: LookUpContext,
): Promise<{ readonly types: readonly OtherType[]; readonly sampled: number }> {
  const step = Math.max(1, Math.floor(ids.length / SAMPLE_SIZE));
  const sample = ids.filter((_id, index) => index % step === 0).slice(0, SAMPLE_SIZE);
  const types: OtherType[] = [];
  for (const other of USER_ID_TYPES) {
    if (other === type) continue;
    const possible = sample.filter((id) => checkUserId(id, other) === undefined);
    const doing = "looking up a sample by other id types";
    const resolutions = await resolveIds(context, possible, other, doing);
    const found = [...resolutions.values()].filter(({ kind }) => kind === "found").length;
    if (found > 0) types.push({ type: other, found, tried: possible.length });
  }
  return { types: types.sort((one, two) => two.found - one.found), sampled: sample.length };
}
