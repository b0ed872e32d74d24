/** How often to check whether the parent still exists, in milliseconds. */
const CHECK_INTERVAL_MS = 500;

/**
 * Watches the process that started this one. An engine that is killed sends no signal and may leave its pipes
 * open; the only sign is that another process becomes the parent. The watch does not keep this process alive.
 *
 * @param onGone called once, when the parent is gone
 * @returns a function that ends the watch
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
