import type { Logger } from "../plugin";

/** Not more often than this, in milliseconds: the log of a long run stays readable. */
const INTERVAL_MS = 5000;

/** How far some work is, in ids. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/**
 * Tells the log how far long work is, at INFO and at most every 5 s; work that is done before that is not mentioned.
 *
 * @param doing what is being done, such as `deleting users`
 * @param now milliseconds since some moment in the past
 */
export function logProgress(
  logger: Pick<Logger, "info">,
  doing: string,
  now: () => number = () => performance.now(),
): (progress: Progress) => void {
  const begun = now();
  let lastTold = begun;
  return ({ done, total }) => {
    const moment = now();
    if (moment - lastTold < INTERVAL_MS) return;
    lastTold = moment;
    const perSecond = (done * 1000) / (moment - begun);
    logger.info(`${doing}: ${done} of ${total}`, {
      perSecond: Math.round(perSecond),
      ...(done > 0 && { secondsLeft: Math.ceil((total - done) / perSecond) }),
    });
  };
}
