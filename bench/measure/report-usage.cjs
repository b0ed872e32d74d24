/**
 * Loaded into every Node.js process of a run by `NODE_OPTIONS`: at its end, each appends a line with what it used to the
 * file that BENCH_USAGE_FILE names.
 */
const { appendFileSync, readFileSync } = module.require("node:fs");
const { setInterval } = module.require("node:timers");

/** Between two looks at the memory, in milliseconds. */
const INTERVAL = 50;

const over = [];
setInterval(() => over.push({ at: Date.now(), resident: process.memoryUsage.rss() }), INTERVAL).unref();

/**
 * The most resident memory, in bytes. Not what `getrusage` says where there is another way: Linux counts in it what the
 * process that started this one held at that moment, and an engine holds much.
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
