/** How often to look whether the parent is still there, in milliseconds. */
const CHECK_INTERVAL_MS = 500;

/**
 * Watches the process that started this one. An engine that is killed closes nothing and says nothing; the one sign is
 * that another process has become the parent. The watch does not keep this process alive.
 *
 * @param onGone called once, when the parent is gone
 * @returns ends the watch
 */
export function watchParent(onGone: () => void): () => void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    onGone();
  }, CHECK_INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
