/**
 * Loaded into every Node.js process of a run by `NODE_OPTIONS`: at its end, each appends a line with what it used to the
 * file that BENCH_USAGE_FILE names.
 */
const { appendFileSync } = module.require("node:fs");
const { setInterval } = module.require("node:timers");

/** Between two looks at the memory, in milliseconds. */
const INTERVAL = 50;

const over = [];
setInterval(() => over.push({ at: Date.now(), resident: process.memoryUsage.rss() }), INTERVAL).unref();

process.on("exit", () => {
  const { user, system } = process.cpuUsage();
  const peak = process.resourceUsage().maxRSS * 1024;
  const usage = { cpuMs: (user + system) / 1000, peak, over };
  appendFileSync(process.env.BENCH_USAGE_FILE, `${JSON.stringify(usage)}\n`);
});
