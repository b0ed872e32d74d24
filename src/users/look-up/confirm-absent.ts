import type { UserIdType } from "../user-id-type";
import type { Resolution } from "./resolution";
import type { LookUpOptions, UserLookUps } from "./user-look-ups";

/**
 * Looks those of the removed ids up once more that a look-up did not find. A look-up that leaves somebody out, as a
 * server
 * may that has not caught up with another, would otherwise read as "already gone", and the user be forgotten.
 *
 * @returns the resolutions, with the second answers in place of the first
 */
export async function confirmAbsent(
  removed: readonly string[],
  resolutions: ReadonlyMap<string, Resolution>,
  type: UserIdType,
  lookUps: UserLookUps,
  options: LookUpOptions,
): Promise<Map<string, Resolution>> {
  const absent = removed.filter((id) => resolutions.get(id)?.kind === "absent");
  const again = await lookUps.resolve(absent, type, { ...options, fresh: true });
  return new Map([...resolutions, ...again]);
}
