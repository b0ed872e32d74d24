/** Waiting longer than this for one call is no use to anybody; in milliseconds. */
const MAX_RETRY_AFTER_MS = 60_000;

/** What a `Retry-After` header asks for, in milliseconds from now: seconds, or a date. At most a minute is granted. */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  const wait = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), MAX_RETRY_AFTER_MS);
}

/** How far this machine's clock is from the server's, as the answer's `date` header shows it. */
export function clockDifference(date: string | undefined, now: number): string {
  const seconds = date === undefined ? NaN : Math.round((now - Date.parse(date)) / 1000);
  if (Number.isNaN(seconds)) return "this machine's clock differs from GenAuth's";
  return `this machine's clock is ${duration(Math.abs(seconds))} ${seconds < 0 ? "behind" : "ahead of"} GenAuth's`;
}

function duration(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} minutes`;
}
