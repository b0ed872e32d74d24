import { type Cause, type PoolProbe, type Probed, PUBLIC_HOSTS } from "../api";
import { count, UserIdType } from "../users";
import {
  advice,
  callFailed,
  describeFailure,
  type Failed,
  fine,
  type Finding,
  isForbidden,
  isRefusal,
  notKnown,
  stop,
} from "../findings";
import type { Sample } from "./sample";

/** Why no later call would be answered better. */
const NOT_ACCEPTED: readonly Cause[] = ["unauthorized", "bad_signature", "unknown_pool"];

/**
 * Whether GenAuth accepts the key and the signature.
 *
 * @param first the answer to the first call, which named no user of the pool, so that its message may be shown
 */
export function checkKey(first: Probed<unknown>): Finding {
  if (first.ok || isRefusal(first) || isForbidden(first) || first.cause === "unknown_form")
    return fine("GenAuth accepts the key and the signature.");
  const { message } = first.failure;
  if (first.cause === "clock_skew")
    return notKnown("GenAuth refuses the date of the signature before it checks the rest.");
  const isKey = first.cause !== undefined && NOT_ACCEPTED.includes(first.cause);
  return stop(
    message,
    isKey ? "No call of the provider would be carried out." : "Nothing else can be checked.",
  );
}

/** A difference that is no reason to act, in seconds: the header is exact to a second, and answers take time. */
const SMALL_DIFFERENCE_S = 30;

/** How far the clocks are apart, by the `Date` header of an answer. */
export function checkClock(first: Probed<unknown>): Finding {
  const { serverAheadMs } = first;
  const isRefused = !first.ok && first.cause === "clock_skew";
  if (serverAheadMs === undefined) {
    if (isRefused)
      return stop("GenAuth refuses the date of the signature, and its answer has no Date header.", SET_CLOCK);
    return notKnown(isAnswered(first) ? "The answer has no Date header." : "There is no answer.");
  }
  const seconds = Math.round(Math.abs(serverAheadMs) / 1000);
  const size = seconds < 120 ? `${seconds} s` : count(Math.round(seconds / 60), "minute");
  const difference = `This machine's clock is ${size} ${serverAheadMs > 0 ? "behind" : "ahead of"} GenAuth's`;
  if (isRefused) return stop(`${difference}, and GenAuth refuses the date of the signature.`, SET_CLOCK);
  if (seconds > SMALL_DIFFERENCE_S)
    return advice(`${difference}.`, `GenAuth refuses requests when it is some minutes. ${SET_CLOCK}`);
  return fine(`This machine's clock and GenAuth's differ by less than ${seconds + 1} s.`);
}

function isAnswered(probed: Probed<unknown>): boolean {
  return probed.ok || probed.failure.statusCode !== undefined;
}

const SET_CLOCK = "Set the clock of this machine, for example with NTP.";

/** Whether there is anybody. An empty pool is more often a wrong one than a new one. */
export function checkPool(sample: Sample): Finding {
  if (sample.total > 0) return fine(`It holds ${count(sample.total, "user")}.`);
  return advice(
    "It shows no user.",
    `Check the host, the access key id and the tenant if it should hold some. Authing's host is ${PUBLIC_HOSTS.authing}. Most checks need a user, so run doctor again when there are some.`,
  );
}

/** Whether the calls stay within the tenant that is configured. */
export function checkTenant({ users }: Sample, tenantId: string | undefined): Finding {
  const tenants = users.flatMap((user) => (user.tenantId ? [user.tenantId] : []));
  if (tenantId === undefined) {
    const different = new Set(tenants).size;
    if (different === 0) return fine("None is set, and no user shows one.");
    return fine(
      `None is set, and the users belong to ${count(different, "tenant")}.`,
      "The provider finds the users of all of them. Set tenant_id if the sets are meant for one.",
    );
  }
  const others = tenants.filter((tenant) => tenant !== tenantId).length;
  if (others > 0)
    return stop(
      `${count(others, "user")} of another tenant ${others === 1 ? "is" : "are"} shown, although a tenant is set.`,
      "GenAuth does not keep the tenants of this key apart, so a set could delete users of another one. Ask GenAuth's support, or use the key of the tenant.",
    );
  if (tenants.length === 0)
    return notKnown(
      "One is set, but no user shows its tenant.",
      "Check in the console that the number of users is that of the tenant.",
    );
  return fine("One is set, and only its users are shown.");
}

/** The right to look up: `get-user-batch`, which everything needs, and `get-user`, which settles doubts. */
export function checkRightToLookUp(batch: Probed<unknown>, single: Probed<unknown>): Finding {
  if (!batch.ok && isForbidden(batch))
    return stop(
      `The key may not call get-user-batch. ${describeFailure(batch)}`,
      "The provider cannot find out who is in the pool. Grant the call to the key.",
    );
  if (!single.ok && isForbidden(single))
    return advice(
      `The key may call get-user-batch, but not get-user. ${describeFailure(single)}`,
      "Where a look-up of many users leaves doubt, the users are kept. Grant the call to the key.",
    );
  return fine("The key may look users up.");
}

/** The right to list users. The provider does without it; doctor learns about the pool from it. */
export function checkRightToList(sample: Sample | Failed): Finding {
  if (!("ok" in sample)) return fine("The key may list users.");
  if (sample.failure.transient) return callFailed(sample);
  const what = isForbidden(sample) ? "The key may not call list-users." : "list-users cannot be used.";
  return advice(
    `${what} ${describeFailure(sample)}`,
    "The provider works without it. export, drift --undeclared and most checks of doctor do not: run doctor with a key that has the right.",
  );
}

/** The right to list archived users, whether that list can start at a given time, and whether its users are gone. */
export async function checkArchive(
  probe: PoolProbe,
  now: number,
): Promise<{ readonly right: Finding; readonly archive: Finding }> {
  const all = await probe.listArchived(0);
  if (!all.ok) {
    if (all.failure.transient) return { right: callFailed(all), archive: notKnown(NEEDS_ARCHIVE) };
    const what = isForbidden(all)
      ? "The key may not call list-archived-users."
      : "list-archived-users cannot be used.";
    return {
      right: advice(`${what} ${describeFailure(all)}`, NOBODY_SAYS),
      archive: notKnown(NEEDS_ARCHIVE),
    };
  }
  const right = fine("The key may list archived users.");
  const { totalCount, list } = all.value;
  if (totalCount === 0)
    return {
      right,
      archive: notKnown(
        "Nobody was archived, so the list does not show whether it can start at a given time, and whether look-ups still find archived users.",
      ),
    };
  // In seconds. A server that reads it as milliseconds, or not at all, lists everybody.
  const future = await probe.listArchived(Math.floor(now / 1000) + 24 * 3600);
  if (!future.ok) return { right, archive: callFailed(future) };
  const shown = await probe.lookUp(
    list.map(({ userId }) => userId),
    UserIdType.USER_ID,
  );
  const archive = evaluateArchive({
    total: totalCount,
    startsAtTime: future.value.totalCount === 0,
    asked: list.length,
    // A server that refuses unknown ids refuses archived ones too.
    shown: shown.ok ? shown.value.length : isRefusal(shown) ? 0 : shown,
  });
  return { right, archive };
}

interface SeenArchive {
  readonly total: number;
  readonly startsAtTime: boolean;
  /** How many of the archived users were looked up, and how many of them the look-up found. */
  readonly asked: number;
  readonly shown: number | Failed;
}

function evaluateArchive({ total, startsAtTime, asked, shown }: SeenArchive): Finding {
  if (typeof shown !== "number")
    return isForbidden(shown) ? notKnown("The key may not look users up.") : callFailed(shown);
  const known = `The list holds ${count(total, "user")}`;
  if (shown > 0)
    return advice(
      `${known}, and a look-up still finds ${shown} of ${asked}.`,
      "Unless they were restored, look-ups never confirm a deletion, and the provider reports deleted users as still there. Try it with a test user before you declare others.",
    );
  if (!startsAtTime) return advice(`${known}, whatever start is asked for.`, NOBODY_SAYS);
  return fine(
    `${known}, can start at a given time, and look-ups do not find these users.`,
    "Whether deletions of the provider appear in the list shows only after one.",
  );
}

/** The only use of the list. */
const NOBODY_SAYS =
  "If an id passes to somebody else before its deletion, the provider cannot say who was deleted.";

const NEEDS_ARCHIVE = "Archived users cannot be listed.";
