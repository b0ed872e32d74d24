/**
 * Loaded into every Node.js process of a run by `NODE_OPTIONS`, and into every executable by `BUN_OPTIONS`. On exit, each
 * process appends a line with its usage to the file in BENCH_USAGE_FILE.
 */
const { appendFileSync, readFileSync } = require("node:fs");
const { setInterval } = require("node:timers");

/** How often to sample the memory, in milliseconds. */
const INTERVAL = 50;

const over = [];
setInterval(() => over.push({ at: Date.now(), resident: process.memoryUsage.rss() }), INTERVAL).unref();

/**
 * The peak resident memory, in bytes. Avoids `getrusage` on Linux, where it includes the memory of the parent process at the
 * start, and an engine uses much.
 */
function mostResident() {
  if (process.platform !== "linux") return process.resourceUsage().maxRSS * 1024;
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
  return Number(kibibytes) * 1024;
}

process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  const usage = { cpuMs: (user + system) / 1000, peak: mostResident(), over };
  appendFileSync(process.env.BENCH_USAGE_FILE, `${JSON.stringify(usage)}\n`);
});
