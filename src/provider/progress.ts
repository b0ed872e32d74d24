import type { Logger } from "../plugin";
import { ProgressWatch } from "../users";

/**
 * Tells the log how far long work is, at INFO.
 *
 * @param now milliseconds since some moment in the past
 */
export function logProgress(logger: Pick<Logger, "info">, now?: () => number): ProgressWatch {
  return new ProgressWatch(
    ({ doing, done, total, ...fields }) => logger.info(`${doing}: ${done} of ${total}`, fields),
    now,
  );
}
