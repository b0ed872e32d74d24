import type { PoolProbe, Probed } from "../api";
import { describeFailure, isForbidden } from "../findings";
import { count } from "../users";
import { findUsers } from "./find";

/** What is known of a pool before anybody is created. */
export interface Survey {
  /** The number of its users. */
  readonly total: number;
  /** System user ids of at most 50 of them, whom a look-up shows. */
  readonly bystanders: readonly string[];
  /** What a creation, a change or a deletion would set off, as sentences. */
  readonly sideEffects: readonly string[];
  /** The lists of such things that could not be read, as sentences. */
  readonly unread: readonly string[];
}

/** Looks at a pool, with calls that only read. @throws Error if users cannot be listed or looked up */
export async function surveyPool(probe: PoolProbe): Promise<Survey> {
  const page = await probe.listPage({}, 1);
  if (!page.ok)
    throw new Error(
      `A rehearsal must know how many users the pool holds, and they cannot be listed. ${describeFailure(page)}${isForbidden(page) ? " Grant list-users to the key." : ""}`,
    );
  const listed = page.value.list.map(({ userId }) => userId);
  const bystanders = (await findUsers(probe, listed, "user_id"))
    .map(({ userId }) => userId)
    .filter((userId) => listed.includes(userId));
  const webhooks = await probe.listWebhooks();
  const syncTasks = await probe.listSyncTasks();
  const functions = await probe.listPipelineFunctions();
  const some = <T>(
    probed: Probed<readonly T[]>,
    isMeant: (entry: T) => boolean,
    sentence: (number: number) => string,
  ) => {
    const number = probed.ok ? probed.value.filter(isMeant).length : 0;
    return number > 0 ? [sentence(number)] : [];
  };
  return {
    total: page.value.totalCount,
    bystanders,
    sideEffects: [
      ...some(
        webhooks,
        ({ enabled, events }) => enabled && (events ?? []).some((event) => /^(user:|register$)/.test(event)),
        (number) => `${count(number, "webhook")} would report test users to other systems.`,
      ),
      ...some(
        syncTasks,
        ({ syncFlow, syncTrigger }) => syncFlow === "downstream" && syncTrigger === "automatic",
        (number) =>
          `${count(number, "automatic synchronisation")} would copy test users to another directory, and they may stay there.`,
      ),
      ...some(
        functions,
        ({ enabled, scene }) => enabled && /^(PRE|POST)_REGISTER$/.test(scene),
        (number) => `${count(number, "function")} of the pool may run for each test user.`,
      ),
    ],
    unread: [
      ...unreadOf("list-webhooks", webhooks),
      ...unreadOf("list-sync-tasks", syncTasks),
      ...unreadOf("list-pipeline-functions", functions),
    ],
  };
}

function unreadOf(call: string, probed: Probed<unknown>): string[] {
  return probed.ok ? [] : [`${call} cannot be read. ${describeFailure(probed)}`];
}
