import { type PoolProbe, unknownUserId } from "../api";
import { UserIdType } from "../users";
import {
  checkArchive,
  checkClock,
  checkKey,
  checkPool,
  checkRightToList,
  checkRightToLookUp,
  checkTenant,
} from "./access";
import { isForbidden, notKnown } from "../findings";
import { checkLatency, type Speed } from "./latency";
import {
  checkAbsentUser,
  checkEmailCase,
  checkIdentities,
  checkKnownUsers,
  checkOrder,
  checkSuspended,
  checkUnknownIds,
} from "./look-ups";
import {
  CHECKS,
  type CheckName,
  type DoctorReport,
  type ExaminedPool,
  type Findings,
  NOT_CHECKED,
  reportOn,
} from "./report";
import { findSuspended, knownUsers, readSample, type Sample, type SuspendedUsers } from "./sample";
import { checkSearch } from "./search";
import { checkUrlLength, lookUpInParts } from "./url-length";

/** How the provider would reach the pool. */
export type Reach = Speed & ExaminedPool;

/**
 * Examines a user pool with calls that change nothing. A call that fails is a finding, never an error.
 *
 * @param now milliseconds since 1970
 */
export async function examinePool(probe: PoolProbe, reach: Reach, now = Date.now()): Promise<DoctorReport> {
  const first = await probe.lookUp([unknownUserId()], UserIdType.USER_ID);
  const key = checkKey(first);
  const clock = checkClock(first);
  if (key.result !== "fine") return reportOn(reach, { ...nothingChecked(), key, clock });

  const single = await probe.lookUpOne(unknownUserId(), UserIdType.USER_ID);
  const listed = await readSample(probe);
  const sample = "ok" in listed ? undefined : listed;
  const { right, archive } = await checkArchive(probe, now);
  return reportOn(reach, {
    key,
    clock,
    pool: sample ? checkPool(sample) : NEEDS_LIST,
    tenant: sample ? checkTenant(sample, reach.tenantId) : NEEDS_LIST,
    right_to_look_up: checkRightToLookUp(first, single),
    right_to_list: checkRightToList(listed),
    right_to_list_archived: right,
    archive,
    ...(await examineUsers(probe, first, single, sample, reach)),
  });
}

const NEEDS_LIST = notKnown("Users cannot be listed.");

type OfUsers = Exclude<
  CheckName,
  | "key"
  | "clock"
  | "pool"
  | "tenant"
  | "right_to_look_up"
  | "right_to_list"
  | "right_to_list_archived"
  | "archive"
>;

/** The checks that look users up. @param first, single the look-ups of unknown ids */
async function examineUsers(
  probe: PoolProbe,
  first: Awaited<ReturnType<PoolProbe["lookUp"]>>,
  single: Awaited<ReturnType<PoolProbe["lookUpOne"]>>,
  sample: Sample | undefined,
  speed: Speed,
): Promise<Pick<Findings, OfUsers>> {
  const suspended: SuspendedUsers = sample
    ? await findSuspended(probe, sample)
    : { why: "Users cannot be listed." };
  const search = sample ? checkSearch(sample, suspended) : NEEDS_LIST;
  if (!first.ok && isForbidden(first)) {
    const unasked = notKnown("The key may not look users up.");
    return {
      known_users: unasked,
      unknown_ids: unasked,
      absent_user: unasked,
      email_case: unasked,
      url_length: unasked,
      order: unasked,
      identities: unasked,
      suspended_users: unasked,
      suspend_first: unasked,
      search,
      latency: unasked,
    };
  }
  const known = sample ? knownUsers(sample) : [];
  const ids = known.map(({ userId }) => userId);
  const lookUp = async (asked: readonly string[]) =>
    asked.length === 0 ? undefined : await lookUpInParts(probe, asked);
  const answer = await lookUp(ids);
  const unknownIds = await checkUnknownIds(probe, first, known);
  return {
    known_users: checkKnownUsers(known, answer),
    unknown_ids: unknownIds,
    absent_user: checkAbsentUser(single, unknownIds),
    email_case: await checkEmailCase(probe, known),
    url_length: await checkUrlLength(probe),
    order: checkOrder(known, answer, await lookUp(ids.toReversed())),
    identities: await checkIdentities(probe, known, answer),
    ...(await checkSuspended(probe, suspended, answer)),
    search,
    latency: await checkLatency(probe, known, speed),
  };
}

function nothingChecked(): Findings {
  const names = Object.keys(CHECKS) as CheckName[];
  return Object.fromEntries(names.map((name) => [name, NOT_CHECKED])) as Findings;
}
