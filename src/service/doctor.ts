import { randomBytes } from "node:crypto";
import {
  type FullUser,
  MAX_IDS_LENGTH,
  type PoolProbe,
  type Probed,
  PUBLIC_HOSTS,
  unknownUserId,
} from "../api";
import { type Clock, systemClock } from "../timing";
import { count, MAX_IDS_PER_CALL, UserIdType } from "../users";
import { ask, checkEmailCase, checkLookUps, checkStatus, checkSuspended, isInactive } from "./checks";
import {
  advice,
  DECLARE_USER_IDS,
  describeFailure,
  fine,
  type Finding,
  isDivided,
  isForbidden,
  isRefusal,
  NO_SUSPENSION,
  notKnown,
  stop,
} from "./finding";
import { type Listed, PoolReader } from "./pool-reader";
import type { Answers, ReportedPool } from "./report";

/** Examines a pool with calls that change nothing. A call that fails is a finding, never an error. */
export async function examinePool(
  probe: PoolProbe,
  { tenant_id }: Pick<ReportedPool, "tenant_id">,
  clock: Clock = systemClock,
): Promise<Answers> {
  const first = await probe.lookUp([unknownUserId()], UserIdType.USER_ID);
  const access = checkAccess(first);
  if (access.result === "stop") return { access };
  const reader = new PoolReader(probe, clock, { isPatient: false });
  let users: readonly FullUser[] = [];
  const list = await ask(async () => {
    const listed = await reader.list();
    users = listed?.users ?? [];
    return checkList(listed);
  });
  const inactive = users.filter(isInactive);
  const active = users.filter((user) => !isInactive(user));
  const isHidden = users.length > 0 && users.every(({ status }) => !status);
  return {
    access,
    list,
    tenant: checkTenant(users, tenant_id),
    look_ups: await ask(() => checkLookUps(reader, active)),
    identities: await ask(() => checkIdentities(reader, users)),
    email_case: await ask(() => checkEmailCase(reader, active)),
    url_length: await checkUrlLength(probe),
    suspended:
      inactive.length > 0
        ? await ask(() => checkSuspended(reader, inactive))
        : notKnown("Nobody is suspended."),
    status: isHidden ? STATUS_HIDDEN : checkStatus(inactive),
  };
}

const STATUS_HIDDEN = advice(
  "No user shows a status.",
  "A set with suspend_days suspends nobody: each user who leaves it stays in the set, and the apply fails.",
  NO_SUSPENSION("look-ups do not show the status of users"),
);

/**
 * A difference that is no reason to act, in seconds: the header is exact to a second, and answers take time.
 */
const SMALL_DIFFERENCE_S = 30;

/**
 * Whether GenAuth accepts the key, the signature and its date.
 *
 * @param first the answer to a call that named no user of the pool, so that its message may be shown
 */
export function checkAccess(first: Probed<unknown>): Finding {
  const { serverAheadMs = 0 } = first;
  const seconds = Math.round(Math.abs(serverAheadMs) / 1000);
  const size = seconds < 120 ? `${seconds} s` : count(Math.round(seconds / 60), "minute");
  const clock = `This machine's clock is ${size} ${serverAheadMs > 0 ? "behind" : "ahead of"} GenAuth's`;
  const remedy = "Set the clock of this machine, for example with NTP.";
  if (!first.ok && first.cause === "clock_skew")
    return stop(`${clock}, and GenAuth refuses the date of the signature.`, remedy);
  if (!first.ok && !isRefusal(first) && !isForbidden(first) && first.cause !== "unknown_form")
    return stop(first.failure.message, "No call of the provider would be carried out.");
  return seconds > SMALL_DIFFERENCE_S
    ? advice(`${clock}.`, `GenAuth refuses requests when it is some minutes. ${remedy}`)
    : fine("GenAuth accepts them.");
}

/** Whether users can be listed. An empty pool is more often a wrong one than a new one. */
function checkList(listed: Listed | undefined): Finding {
  if (!listed)
    return advice(
      "The key may not call list-users, or GenAuth refuses it.",
      "export, drift --undeclared and the data source genauth_users fail. Sets are not affected, because the provider looks users up. Grant the call.",
    );
  const { users, total } = listed;
  if (total === 0 && users.length === 0)
    return advice(
      "The pool shows no user.",
      `Check the host, the access key id and the tenant if it should hold some. Authing's host is ${PUBLIC_HOSTS.authing}. Most questions need a user.`,
    );
  return fine(`It holds ${count(total, "user")}.`);
}

/** Whether the calls stay within the tenant that is configured. */
function checkTenant(users: readonly FullUser[], tenantId: string | undefined): Finding {
  if (tenantId === undefined) return fine("None is set.");
  const tenants = users.flatMap(({ tenantId: own }) => (typeof own === "string" && own !== "" ? [own] : []));
  const others = tenants.filter((tenant) => tenant !== tenantId).length;
  if (others > 0)
    return stop(
      `${count(others, "user")} of another tenant ${others === 1 ? "is" : "are"} shown, although a tenant is set.`,
      "A set could delete users of another tenant. Ask GenAuth's support, or use the key of the tenant.",
    );
  return tenants.length === 0
    ? notKnown("One is set, but no user shows its tenant.")
    : fine("Only its users are shown.");
}

/** Whether look-ups show the identities of users, by which the provider matches them. */
async function checkIdentities(reader: PoolReader, users: readonly FullUser[]): Promise<Finding> {
  const listed = users.find(hasIdentity);
  if (!listed) return notKnown("No user shows an identity. Perhaps none has one.");
  const shown = await reader.find([listed.userId], UserIdType.USER_ID);
  const reason = "look-ups do not show identities";
  return shown.some(hasIdentity)
    ? fine("Look-ups show them.")
    : advice(
        "The list shows identities, but look-ups do not.",
        "In a set, each id of the types identity and sync_relation takes a call of its own. In protected_users, they protect nobody who is declared by another id.",
        { setting: "user_id_type", value: 'neither "identity" nor "sync_relation"', reason },
        { setting: "protected_users", value: 'no ids of the types "identity" and "sync_relation"', reason },
      );
}

function hasIdentity({ identities }: FullUser): boolean {
  return Array.isArray(identities) && identities.length > 0;
}

/** `userIds[]=` in a URL, with the `&` before it, in characters. */
const NAME_LENGTH = 15;

/** Whether the longest URL that the provider sends passes everything on the way. */
async function checkUrlLength(probe: PoolProbe): Promise<Finding> {
  const each = Math.floor(MAX_IDS_LENGTH / MAX_IDS_PER_CALL) - NAME_LENGTH;
  const ids = Array.from({ length: MAX_IDS_PER_CALL }, () =>
    randomBytes(each).toString("hex").slice(0, each),
  );
  const answer = await probe.lookUp(ids, UserIdType.EXTERNAL_ID);
  const size = `A URL with ${MAX_IDS_LENGTH} characters of ids`;
  const isTooLong = !answer.ok && [413, 414, 431].includes(answer.failure.statusCode ?? 0);
  if (answer.ok || (isRefusal(answer) && !isTooLong)) return fine(`${size} passes.`);
  if (isForbidden(answer)) return notKnown("The key may not look users up.");
  const remedy = `${isDivided(answer) ? "The provider divides such look-ups, which costs further calls" : "Plans with many long ids fail"}. Let the gateway or proxy accept request lines of 8 KiB, or use short ids.`;
  return (isDivided(answer) ? advice : stop)(
    `${size} does not pass. ${describeFailure(answer)}`,
    remedy,
    DECLARE_USER_IDS("long URLs do not pass"),
  );
}
