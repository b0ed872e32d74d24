import { randomBytes } from "node:crypto";
import { MAX_IDS_LENGTH, type PoolProbe, type Probed, type ProbedUser } from "../api";
import { MAX_IDS_PER_CALL, UserIdType } from "../users";
import {
  advice,
  callFailed,
  describeFailure,
  type Failed,
  fine,
  type Finding,
  isDivided,
  isForbidden,
  isRefusal,
  isTooLong,
  notKnown,
  stop,
} from "../findings";

/** What 50 system user ids take. A shorter limit concerns every look-up of so many users. */
const SHORT = 2000;

/** How much of a URL the ids take, in characters: the longest that the client writes, and shorter ones after it. */
const LENGTHS = [MAX_IDS_LENGTH, 4000, SHORT, 1000];

/** `userIds[]=` in a URL, with the `&` before it. */
const NAME_LENGTH = 15;

/** How long a URL may be before something on the way to GenAuth refuses it. */
export async function checkUrlLength(probe: PoolProbe): Promise<Finding> {
  let longest: { readonly length: number; readonly failed: Failed } | undefined;
  for (const length of LENGTHS) {
    const answer = await probe.lookUp(unknownIds(length), UserIdType.EXTERNAL_ID);
    if (!answer.ok && isForbidden(answer)) return notKnown("The key may not look users up.");
    if (answer.ok || (isRefusal(answer) && !isTooLong(answer)))
      return longest
        ? limited(length, longest)
        : fine(`${words(length)} passes, which is the most that the provider sends.`);
    longest ??= { length, failed: answer };
  }
  return longest ? callFailed(longest.failed) : notKnown("No look-up was made.");
}

function limited(
  passes: number,
  { length, failed }: { readonly length: number; readonly failed: Failed },
): Finding {
  const finding = `${words(passes)} passes, and one with ${length} does not. ${describeFailure(failed)}`;
  const remedy = `Let the gateway or proxy accept request lines of 8 KiB${passes < SHORT ? "" : ", or use short ids, such as user_id"}.`;
  if (isDivided(failed))
    return advice(
      finding,
      `The provider divides look-ups that are refused, which costs further calls. ${remedy}`,
    );
  const taken = failed.failure.transient ? "an outage" : "a failure of every call";
  return stop(finding, `The provider takes this for ${taken}, so plans with many long ids fail. ${remedy}`);
}

function words(length: number): string {
  return `A URL with ${length} characters of ids`;
}

/** Looks up users by their system user ids, in parts if the URL is too long, as the provider does. */
export async function lookUpInParts(
  probe: PoolProbe,
  ids: readonly string[],
): Promise<Probed<readonly ProbedUser[]>> {
  const answer = await probe.lookUp(ids, UserIdType.USER_ID);
  if (answer.ok || ids.length === 1 || !isTooLong(answer)) return answer;
  const middle = Math.ceil(ids.length / 2);
  const first = await lookUpInParts(probe, ids.slice(0, middle));
  if (!first.ok) return first;
  const second = await lookUpInParts(probe, ids.slice(middle));
  return second.ok ? { ...second, value: [...first.value, ...second.value] } : second;
}

/** Ids that name nobody, and take this many characters of a URL. */
function unknownIds(length: number): string[] {
  const ids = Math.min(MAX_IDS_PER_CALL, Math.floor(length / 40));
  const each = Math.floor(length / ids) - NAME_LENGTH;
  return Array.from({ length: ids }, () => randomBytes(each).toString("hex").slice(0, each));
}
